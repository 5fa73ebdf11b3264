//! Headers: names, and values of ten types.

/// Type bytes of header values (Amazon Event Stream Specification, Headers Format).
pub mod header_type {
    /// The boolean true, without value bytes.
    pub const TRUE: u8 = 0;
    /// The boolean false, without value bytes.
    pub const FALSE: u8 = 1;
    /// One signed byte.
    pub const BYTE: u8 = 2;
    /// Two bytes, signed.
    pub const SHORT: u8 = 3;
    /// Four bytes, signed.
    pub const INTEGER: u8 = 4;
    /// Eight bytes, signed.
    pub const LONG: u8 = 5;
    /// A byte array, preceded by its length in two bytes.
    pub const BYTES: u8 = 6;
    /// UTF-8, preceded by its length in two bytes.
    pub const STRING: u8 = 7;
    /// Eight bytes: milliseconds since 1970-01-01T00:00:00Z, signed.
    pub const TIMESTAMP: u8 = 8;
    /// Sixteen bytes.
    pub const UUID: u8 = 9;

    /// Returns the length in bytes of a value of this type; `None` for byte arrays and strings, which are preceded by their
    /// length, and for unknown types.
    #[inline]
    #[must_use]
    pub const fn fixed_length(value_type: u8) -> Option<usize> {
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

    /// Returns the type's name: `true`, `false`, `byte`, `short`, `integer`, `long`, `bytes`, `string`, `timestamp` or `uuid`;
    /// `None` for unknown types.
    #[must_use]
    pub const fn name(value_type: u8) -> Option<&'static str> {
        Some(match value_type {
            TRUE => "true",
            FALSE => "false",
            BYTE => "byte",
            SHORT => "short",
            INTEGER => "integer",
            LONG => "long",
            BYTES => "bytes",
            STRING => "string",
            TIMESTAMP => "timestamp",
            UUID => "uuid",
            _ => return None,
        })
    }
}

/// Value of a header. "The set of types is fixed and not open to extension."
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
    /// Returns the text of a [`HeaderValue::String`].
    #[must_use]
    pub const fn as_str(&self) -> Option<&'a str> {
        match *self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Decodes bytes as a value of this type; `None` for an unknown type or invalid bytes.
    #[inline]
    #[must_use]
    pub fn decode(value_type: u8, bytes: &'a [u8]) -> Option<Self> {
        Some(match value_type {
            header_type::TRUE if bytes.is_empty() => Self::Bool(true),
            header_type::FALSE if bytes.is_empty() => Self::Bool(false),
            header_type::BYTE => Self::Byte(i8::from_be_bytes(bytes.try_into().ok()?)),
            header_type::SHORT => Self::Short(i16::from_be_bytes(bytes.try_into().ok()?)),
            header_type::INTEGER => Self::Integer(i32::from_be_bytes(bytes.try_into().ok()?)),
            header_type::LONG => Self::Long(i64::from_be_bytes(bytes.try_into().ok()?)),
            header_type::BYTES => Self::Bytes(bytes),
            header_type::STRING => Self::String(core::str::from_utf8(bytes).ok()?),
            header_type::TIMESTAMP => Self::Timestamp(i64::from_be_bytes(bytes.try_into().ok()?)),
            header_type::UUID => Self::Uuid(bytes.try_into().ok()?),
            _ => return None,
        })
    }

    /// Returns the type byte, one of [`header_type`]'s.
    #[must_use]
    pub const fn value_type(&self) -> u8 {
        match self {
            Self::Bool(true) => header_type::TRUE,
            Self::Bool(false) => header_type::FALSE,
            Self::Byte(_) => header_type::BYTE,
            Self::Short(_) => header_type::SHORT,
            Self::Integer(_) => header_type::INTEGER,
            Self::Long(_) => header_type::LONG,
            Self::Bytes(_) => header_type::BYTES,
            Self::String(_) => header_type::STRING,
            Self::Timestamp(_) => header_type::TIMESTAMP,
            Self::Uuid(_) => header_type::UUID,
        }
    }

    /// Returns the type's name, as [`header_type::name`] does.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match header_type::name(self.value_type()) {
            Some(name) => name,
            None => "",
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

/// Header of a frame: "key-value pairs where the key is a UTF-8 string and the value is one of several possible data
/// types".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a header has a name and a value, by the specification")]
pub struct Header<'a> {
    /// The name, 1 to 255 bytes.
    pub name: &'a str,
    /// The value.
    pub value: HeaderValue<'a>,
}

impl<'a> Header<'a> {
    /// Creates a header; `Header::new(":event-type", "messageStart")` is a string header.
    pub fn new(name: &'a str, value: impl Into<HeaderValue<'a>>) -> Self {
        Self { name, value: value.into() }
    }
}
