//! Macros that define the shapes of the service model: string enums, structures and unions.
//!
//! A shape is declared in a few lines, and unknown values are handled the same way in all of them.

/// Defines a string enum that AWS may extend: an unknown value is kept and written back.
macro_rules! string_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$vmeta])* #[doc = concat!("`", $text, "` on the wire.")] $variant,)+
            /// A value this crate does not know; empty if it was missing.
            Unknown(String),
        }

        impl $name {
            /// The value on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Unknown(text) => text,
                }
            }
        }

        impl $name {
            /// The known values, as [`index_of`](crate::json::index_of) takes them.
            const VALUES: &str = concat!($($text, "|",)+);

            fn of(value: $crate::json::OpenValue) -> Self {
                // Declaration order is the order of `VALUES`.
                #[derive(Clone, Copy)]
                enum Known { $($variant,)+ }
                const KNOWN: &[Known] = &[$(Known::$variant,)+];
                match KNOWN.get(value.index) {
                    $(Some(Known::$variant) => Self::$variant,)+
                    None => Self::Unknown(value.unknown),
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::of($crate::json::OpenValue::of(text, Self::VALUES))
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        $crate::types::serde_facade!($name);

        impl $crate::json::ToJson for $name {
            fn to_json(&self, out: &mut $crate::json::Writer) {
                out.string(self.as_str());
            }
        }

        impl<'a> $crate::json::FromJson<'a> for $name {
            fn from_json(reader: &mut $crate::json::Reader<'a>) -> Self {
                Self::of($crate::json::OpenValue::read(Self::VALUES, reader))
            }
        }
    };
}

/// Implements serde's traits with this crate's reader and writer.
macro_rules! serde_facade {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::json::facade::serialize(self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::json::facade::deserialize(deserializer)
            }
        }
    };
    // The deserialized value is owned, so that it can be part of any container.
    ($name:ident < $life:lifetime >) => {
        impl<$life> serde::Serialize for $name<$life> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::json::facade::serialize(self, serializer)
            }
        }

        impl<'de, $life> serde::Deserialize<'de> for $name<$life> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let json = $crate::json::facade::json(deserializer)?;
                $crate::json::facade::parse::<$name<'_>, D::Error>(&json).map($name::into_owned)
            }
        }
    };
}

/// Defines a structure. `required` members are arguments of `new`; each `optional` member has a setter of the same name
/// and is omitted from the JSON while unset. `path` members are required, are sent in the path instead of the body, and
/// mark the structure as a request, in which a member set by `extra` replaces the typed member of the same name.
/// `unless_empty` members are lists that are omitted while empty; `lists` are required by the model but omitted by the
/// service; `adders` are optional members with a hand-written setter. A `received` structure is a response and keeps
/// the text it was read from.
macro_rules! structure {
    (
        $(#[$meta:meta])*
        $name:ident $(<$life:lifetime>)? {
            $(path { $($(#[$pmeta:meta])* $path:ident: $ptype:ty,)* })?
            $(unless_empty { $(#[$emeta:meta])* $nonempty:ident: $etype:ty, })?
            required { $($(#[$rmeta:meta])* $required:ident: $rtype:ty,)* }
            $(lists { $($(#[$lmeta:meta])* $list:ident: $ltype:ty,)* })?
            $(adders { $($(#[$ameta:meta])* $adder:ident: $atype:ty,)* })?
            optional { $($(#[$ometa:meta])* $optional:ident: $otype:ty,)* }
            $($received:ident)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub struct $name $(<$life>)? {
            $($($(#[$pmeta])* pub $path: $ptype,)*)?
            $($(#[$emeta])* pub $nonempty: $etype,)?
            $($(#[$rmeta])* pub $required: $rtype,)*
            $($($(#[$lmeta])* pub $list: $ltype,)*)?
            $($($(#[$ameta])* pub $adder: Option<$atype>,)*)?
            $($(#[$ometa])* pub $optional: Option<$otype>,)*
            extra: $crate::types::Extra,
            $($received: $crate::json::Received,)?
        }

        #[allow(clippy::new_without_default, reason = "`Default` would promise more than a structure with no required member keeps")]
        impl $(<$life>)? $name $(<$life>)? {
            #[doc = concat!("A `", stringify!($name), "` of its required members; the optional ones are unset.")]
            pub fn new($($($path: impl Into<$ptype>,)*)? $($nonempty: impl Into<$etype>,)? $($required: impl Into<$rtype>,)* $($($list: impl Into<$ltype>,)*)?) -> Self {
                Self {
                    $($($path: $path.into(),)*)?
                    $($nonempty: $nonempty.into(),)?
                    $($required: $required.into(),)*
                    $($($list: $list.into(),)*)?
                    $($($adder: None,)*)?
                    $($optional: None,)*
                    extra: $crate::types::Extra::default(),
                    $($received: $crate::json::Received::default(),)?
                }
            }

            $crate::types::setters! {
                $(#[doc = concat!("Sets `", stringify!($optional), "`.")] $optional: $otype,)*
            }

            /// Sets a member this crate does not know, replacing an earlier one of the same name.
            #[must_use]
            pub fn extra(mut self, name: impl Into<String>, value: impl Into<$crate::types::Document>) -> Self {
                self.extra.set($crate::types::UnknownMember::new(name, value));
                self
            }

            /// The members this crate does not know, in the order they were read.
            pub fn extra_members(&self) -> &[$crate::types::UnknownMember] {
                self.extra.as_slice()
            }

            $(
                /// The JSON the response was read from; `None` if it was not read from an HTTP response.
                pub fn raw(&self) -> Option<&str> {
                    self.$received.raw()
                }

                /// Corrections made while the response was read.
                pub fn corrections(&self) -> &[$crate::Correction] {
                    self.$received.corrections()
                }

                /// The JSON the response was read from, with members in their original order and without null members,
                /// which count as absent. For a response built in code, its serialized JSON.
                pub fn to_document(&self) -> $crate::types::Document {
                    match self.$received.compact() {
                        Some(json) => $crate::types::Document::from_checked(&json),
                        None => $crate::types::Document::of(self),
                    }
                }
            )?
        }

        $crate::types::serde_facade!($name $(<$life>)?);

        $(
            impl $crate::response::Response for $name {
                fn received(&mut self) -> &mut $crate::json::Received {
                    &mut self.$received
                }
            }
        )?

        impl $(<$life>)? $crate::json::ToJson for $name $(<$life>)? {
            fn to_json(&self, out: &mut $crate::json::Writer) {
                // Only typed members of requests may be replaced.
                const IS_REQUEST: bool = false $(|| { $(let _ = stringify!($path);)* true })?;
                #[allow(unused_variables, reason = "some structures have no member, but are objects all the same")]
                let is_replaced = |name| IS_REQUEST && self.extra.has(name);
                out.begin_object();
                $(if !self.$nonempty.is_empty() && !is_replaced($crate::json::name!($nonempty)) {
                    out.key($crate::json::name!($nonempty));
                    self.$nonempty.to_json(out);
                })?
                $(if !is_replaced($crate::json::name!($required)) {
                    out.key($crate::json::name!($required));
                    self.$required.to_json(out);
                })*
                $($(if !is_replaced($crate::json::name!($list)) {
                    out.key($crate::json::name!($list));
                    self.$list.to_json(out);
                })*)?
                $($(if let Some(value) = self.$adder.as_ref().filter(|_| !is_replaced($crate::json::name!($adder))) {
                    out.key($crate::json::name!($adder));
                    value.to_json(out);
                })*)?
                $(if let Some(value) = self.$optional.as_ref().filter(|_| !is_replaced($crate::json::name!($optional))) {
                    out.key($crate::json::name!($optional));
                    value.to_json(out);
                })*
                out.end_structure(&self.extra);
            }
        }

        impl<'json $(: $life, $life)?> $crate::json::FromJson<'json> for $name $(<$life>)? {
            fn from_json(reader: &mut $crate::json::Reader<'json>) -> Self {
                const NAMES: &str = $crate::json::names!(
                    $($($path,)*)? $($nonempty,)? $($required,)* $($($list,)*)? $($($adder,)*)? $($optional,)*
                );
                // Declaration order is the order of the names.
                #[allow(non_camel_case_types, reason = "they are the members' names")]
                #[derive(Clone, Copy)]
                enum Known { $($($path,)*)? $($nonempty,)? $($required,)* $($($list,)*)? $($($adder,)*)? $($optional,)* }
                const KNOWN: &[Known] = &[
                    $($(Known::$path,)*)? $(Known::$nonempty,)? $(Known::$required,)* $($(Known::$list,)*)? $($(Known::$adder,)*)? $(Known::$optional,)*
                ];
                $($(let mut $path = None;)*)?
                $(let mut $nonempty = None;)?
                $(let mut $required = None;)*
                $($(let mut $list = None;)*)?
                $($(let mut $adder = None;)*)?
                $(let mut $optional = None;)*
                let mut extra = $crate::types::Extra::default();
                let mut members = $crate::json::Members::open(reader);
                while let Some(index) = members.next(NAMES, &mut extra, reader) {
                    match KNOWN.get(index) {
                        $($(Some(Known::$path) => $path = Some($crate::json::FromJson::from_json(reader)),)*)?
                        $(Some(Known::$nonempty) => $nonempty = Some($crate::json::FromJson::from_json(reader)),)?
                        $(Some(Known::$required) => $required = Some($crate::json::FromJson::from_json(reader)),)*
                        $($(Some(Known::$list) => $list = Some($crate::json::FromJson::from_json(reader)),)*)?
                        $($(Some(Known::$adder) => $adder = Some($crate::json::FromJson::from_json(reader)),)*)?
                        $(Some(Known::$optional) => $optional = Some($crate::json::FromJson::from_json(reader)),)*
                        _ => break,
                    }
                }
                Self {
                    $($($path: $path.unwrap_or_default(),)*)?
                    $($nonempty: $nonempty.unwrap_or_default(),)?
                    $($required: members.required($required, NAMES, Known::$required as usize, reader),)*
                    $($($list: $list.unwrap_or_default(),)*)?
                    $($($adder,)*)?
                    $($optional,)*
                    extra,
                    $($received: $crate::json::Received::default(),)?
                }
            }
        }
    };
}

/// Defines the setters of optional members, each named like its member.
macro_rules! setters {
    ($($(#[$meta:meta])* $member:ident: $type:ty,)*) => {$(
        $(#[$meta])*
        #[must_use]
        pub fn $member(mut self, value: impl Into<$type>) -> Self {
            self.$member = Some(value.into());
            self
        }
    )*};
}

/// Defines a union: a JSON object with exactly one member. An unknown member is kept as
/// [`UnknownMember`](crate::types::UnknownMember) and written back.
macro_rules! union {
    ($(#[$meta:meta])* $name:ident $(<$life:lifetime>)? { $($(#[$vmeta:meta])* $variant:ident($type:ty) = $key:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $name $(<$life>)? {
            $($(#[$vmeta])* $variant($type),)+
            /// A member this crate does not know; with an empty name, a whole value that is not an object with exactly
            /// one member.
            Unknown($crate::types::UnknownMember),
        }

        impl $(<$life>)? $name $(<$life>)? {
            /// Names of the members this crate knows.
            pub const MEMBERS: &'static [&'static str] = &[$($key),+];
        }

        $crate::types::serde_facade!($name $(<$life>)?);

        impl $(<$life>)? $crate::json::ToJson for $name $(<$life>)? {
            fn to_json(&self, out: &mut $crate::json::Writer) {
                match self {
                    $(Self::$variant(value) => { out.begin_union($key); value.to_json(out); })+
                    Self::Unknown(member) => return out.unknown(member),
                }
                out.end_object();
            }
        }

        impl<'json $(: $life, $life)?> $crate::json::FromJson<'json> for $name $(<$life>)? {
            fn from_json(reader: &mut $crate::json::Reader<'json>) -> Self {
                // Declaration order is the order of the names.
                #[derive(Clone, Copy)]
                enum Known { $($variant,)+ }
                const KNOWN: &[Known] = &[$(Known::$variant,)+];
                let mut union = $crate::json::Union::open(reader);
                let mut value = Self::Unknown($crate::types::UnknownMember::nothing());
                while let Some(index) = union.next(concat!($($key, "|",)+), reader) {
                    value = match KNOWN.get(index) {
                        $(Some(Known::$variant) => Self::$variant($crate::json::FromJson::from_json(reader)),)+
                        None => break,
                    };
                }
                match union.end(reader) {
                    Some(unknown) => Self::Unknown(unknown),
                    None => value,
                }
            }

            fn missing(reader: &mut $crate::json::Reader<'json>, why: $crate::json::CorrectionKind) -> Self {
                reader.note_union(why);
                reader.empty()
            }
        }
    };
}

pub(crate) use {serde_facade, setters, string_enum, structure, union};
