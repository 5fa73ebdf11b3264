//! Headers: names and values of ten types.

pub(crate) mod wire_type {
    //! "The following table shows the available types and their indicators." (Headers Format.)
    pub(crate) const TRUE: u8 = 0;
    pub(crate) const FALSE: u8 = 1;
    pub(crate) const BYTE: u8 = 2;
    pub(crate) const SHORT: u8 = 3;
    pub(crate) const INTEGER: u8 = 4;
    pub(crate) const LONG: u8 = 5;
    pub(crate) const BYTES: u8 = 6;
    pub(crate) const STRING: u8 = 7;
    pub(crate) const TIMESTAMP: u8 = 8;
    pub(crate) const UUID: u8 = 9;

    /// Bytes of a value of this type; `None` for the two types that say their length, and for no type.
    #[inline]
    pub(crate) const fn fixed_length(value_type: u8) -> Option<usize> {
        match value_type {
            TRUE | FALSE => Some(0),
            BYTE => Some(1),
            SHORT => Some(2),
            INTEGER => Some(4),
            LONG | TIMESTAMP => Some(8),
            UUID => Some(16),
            _ => None,
        }
    }
}

/// A header's value. "The set of types is fixed and not open to extension."
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the specification closes the set")]
pub enum HeaderValue<'a> {
    /// Types 0 (true) and 1 (false): no value bytes.
    Bool(bool),
    /// Type 2, one signed byte.
    Byte(i8),
    /// Type 3, two bytes, signed.
    Short(i16),
    /// Type 4, four bytes, signed.
    Integer(i32),
    /// Type 5, eight bytes, signed.
    Long(i64),
    /// Type 6, at most 32,767 bytes.
    Bytes(&'a [u8]),
    /// Type 7, at most 32,767 bytes of UTF-8.
    String(&'a str),
    /// Type 8, milliseconds (not seconds) since 1970-01-01T00:00:00Z.
    Timestamp(i64),
    /// Type 9, sixteen bytes.
    Uuid([u8; 16]),
}

impl<'a> HeaderValue<'a> {
    /// The text of a [`HeaderValue::String`].
    #[must_use]
    pub const fn as_str(&self) -> Option<&'a str> {
        match *self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The type's name: `true`, `false`, `byte`, `short`, `integer`, `long`, `bytes`, `string`,
    /// `timestamp` or `uuid`.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
            Self::Byte(_) => "byte",
            Self::Short(_) => "short",
            Self::Integer(_) => "integer",
            Self::Long(_) => "long",
            Self::Bytes(_) => "bytes",
            Self::String(_) => "string",
            Self::Timestamp(_) => "timestamp",
            Self::Uuid(_) => "uuid",
        }
    }
}

impl From<bool> for HeaderValue<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i8> for HeaderValue<'_> {
    fn from(value: i8) -> Self {
        Self::Byte(value)
    }
}

impl From<i16> for HeaderValue<'_> {
    fn from(value: i16) -> Self {
        Self::Short(value)
    }
}

impl From<i32> for HeaderValue<'_> {
    fn from(value: i32) -> Self {
        Self::Integer(value)
    }
}

impl From<i64> for HeaderValue<'_> {
    fn from(value: i64) -> Self {
        Self::Long(value)
    }
}

impl<'a> From<&'a [u8]> for HeaderValue<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Bytes(value)
    }
}

impl<'a> From<&'a str> for HeaderValue<'a> {
    fn from(value: &'a str) -> Self {
        Self::String(value)
    }
}

/// A header: "key-value pairs where the key is a UTF-8 string and the value is one of several possible
/// data types".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a name and a value are all a header can be")]
pub struct Header<'a> {
    /// 1 to 255 bytes.
    pub name: &'a str,
    /// The value.
    pub value: HeaderValue<'a>,
}

impl<'a> Header<'a> {
    /// A header of this name and value; `Header::new(":event-type", "messageStart")` is a string header.
    pub fn new(name: &'a str, value: impl Into<HeaderValue<'a>>) -> Self {
        Self { name, value: value.into() }
    }
}
