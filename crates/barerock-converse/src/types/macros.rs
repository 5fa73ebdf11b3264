//! The three shapes of the service model, each written once: open string enums, structures and unions.
//!
//! A shape of the model is then a few lines in the model's own words, and what "unknown" means is the same everywhere.

/// An enum whose values are strings on the wire and which AWS may extend: a value this crate does not know is kept
/// as it came and written back as it came.
macro_rules! string_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$vmeta])* #[doc = concat!("`", $text, "` on the wire.")] $variant,)+
            /// A value this crate does not know, as it came.
            Unknown(String),
        }

        impl $name {
            /// The value as it stands on the wire.
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
                // The values in the order of their names.
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

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <$crate::types::Text<'de> as serde::Deserialize<'de>>::deserialize(deserializer)
                    .map(|text| Self::from(&*text))
            }
        }

        impl $crate::json::ToJson for $name {
            fn to_json(&self, out: &mut $crate::json::Writer) {
                out.string(self.as_str());
            }
        }

        impl<'a> $crate::json::FromJson<'a> for $name {
            fn from_json(json: &'a str, reader: &mut $crate::json::Reader<'a>) -> Self {
                Self::of($crate::json::OpenValue::read(json, Self::VALUES, reader))
            }
        }
    };
}

/// A structure: `required` members make up `new`, each `optional` one has a setter of its own name, and a member
/// that is not set is left out of the JSON. `path` members are required too, but travel in the request's path, not in
/// its body; `lists` are required by the model, but empty if they are missing.
macro_rules! structure {
    (
        $(#[$meta:meta])*
        $name:ident $(<$life:lifetime>)? {
            $(path { $($(#[$pmeta:meta])* $path:ident: $ptype:ty,)* })?
            required { $($(#[$rmeta:meta])* $required:ident: $rtype:ty,)* }
            $(lists { $($(#[$lmeta:meta])* $list:ident: $ltype:ty,)* })?
            optional { $($(#[$ometa:meta])* $optional:ident: $otype:ty,)* }
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub struct $name $(<$life>)? {
            $($($(#[$pmeta])* #[serde(default, skip_serializing)] pub $path: $ptype,)*)?
            $($(#[$rmeta])* pub $required: $rtype,)*
            $($($(#[$lmeta])* #[serde(default)] pub $list: $ltype,)*)?
            $($(#[$ometa])* #[serde(skip_serializing_if = "Option::is_none")] pub $optional: Option<$otype>,)*
        }

        #[allow(clippy::new_without_default, reason = "`Default` would promise more than a structure with no required member keeps")]
        impl $(<$life>)? $name $(<$life>)? {
            #[doc = concat!("A `", stringify!($name), "` of its required members; the optional ones are unset.")]
            pub fn new($($($path: impl Into<$ptype>,)*)? $($required: impl Into<$rtype>,)* $($($list: impl Into<$ltype>,)*)?) -> Self {
                Self { $($($path: $path.into(),)*)? $($required: $required.into(),)* $($($list: $list.into(),)*)? $($optional: None,)* }
            }

            $crate::types::setters! {
                $(#[doc = concat!("Sets `", stringify!($optional), "`.")] $optional: $otype,)*
            }
        }

        impl $(<$life>)? $crate::json::ToJson for $name $(<$life>)? {
            fn to_json(&self, out: &mut $crate::json::Writer) {
                out.begin_object();
                $(out.member(stringify!($required)); self.$required.to_json(out);)*
                $($(out.member(stringify!($list)); self.$list.to_json(out);)*)?
                $(if let Some(value) = &self.$optional { out.member(stringify!($optional)); value.to_json(out); })*
                out.end_object();
            }
        }

        impl<'json $(: $life, $life)?> $crate::json::FromJson<'json> for $name $(<$life>)? {
            fn from_json(json: &'json str, reader: &mut $crate::json::Reader<'json>) -> Self {
                #[allow(unused_variables, reason = "some structures have no member, but are objects all the same")]
                let members = $crate::json::Members::read(json, reader);
                Self {
                    $($($path: members.optional(stringify!($path), reader).unwrap_or_default(),)*)?
                    $($required: members.required(stringify!($required), reader),)*
                    $($($list: members.optional(stringify!($list), reader).unwrap_or_default(),)*)?
                    $($optional: members.optional(stringify!($optional), reader),)*
                }
            }
        }
    };
}

/// Methods that set optional members, each of the member's own name.
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

/// A union: a JSON object with exactly one member. One this crate does not know is kept whole as
/// [`UnknownMember`](crate::types::UnknownMember) and written back as it came.
macro_rules! union {
    ($(#[$meta:meta])* $name:ident $(<$life:lifetime>)? { $($(#[$vmeta:meta])* $variant:ident($type:ty) = $key:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $name $(<$life>)? {
            $($(#[$vmeta])* $variant($type),)+
            /// A member this crate does not know, as it came.
            Unknown($crate::types::UnknownMember),
        }

        impl $(<$life>)? $name $(<$life>)? {
            /// The members this crate knows, as they stand on the wire.
            pub const MEMBERS: &'static [&'static str] = &[$($key),+];
        }

        impl $(<$life>)? serde::Serialize for $name $(<$life>)? {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(Some(1))?;
                match self {
                    $(Self::$variant(value) => map.serialize_entry($key, value)?,)+
                    Self::Unknown(member) => map.serialize_entry(&member.name, &member.value)?,
                }
                map.end()
            }
        }

        impl $(<$life>)? $crate::json::ToJson for $name $(<$life>)? {
            fn to_json(&self, out: &mut $crate::json::Writer) {
                out.begin_object();
                match self {
                    $(Self::$variant(value) => { out.key($key); value.to_json(out); })+
                    Self::Unknown(member) => out.unknown(member),
                }
                out.end_object();
            }
        }

        impl<'json $(: $life, $life)?> $crate::json::FromJson<'json> for $name $(<$life>)? {
            fn from_json(json: &'json str, reader: &mut $crate::json::Reader<'json>) -> Self {
                // The members in the order of their names.
                #[derive(Clone, Copy)]
                enum Known { $($variant,)+ }
                const KNOWN: &[Known] = &[$(Known::$variant,)+];
                let member = $crate::json::UnionMember::read(json, stringify!($name), concat!($($key, "|",)+), reader);
                match KNOWN.get(member.index) {
                    $(Some(Known::$variant) => Self::$variant($crate::json::FromJson::from_json(member.json, reader)),)+
                    None => Self::Unknown(member.into_unknown()),
                }
            }
        }

        impl<'de $(: $life, $life)?> serde::Deserialize<'de> for $name $(<$life>)? {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct OneMember $(<$life>)? ($(core::marker::PhantomData<&$life ()>)?);
                impl<'de $(: $life, $life)?> serde::de::Visitor<'de> for OneMember $(<$life>)? {
                    type Value = $name $(<$life>)?;
                    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                        f.write_str(concat!("an object with one member of the union ", stringify!($name)))
                    }
                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                        let (mut known, mut unknown) = (None, None);
                        while let Some(key) = map.next_key::<$crate::types::Text<'de>>()? {
                            let value = match &*key {
                                $($key => map.next_value::<Option<$type>>()?.map(Self::Value::$variant),)+
                                _ => {
                                    let value = map.next_value()?;
                                    unknown.get_or_insert_with(|| $crate::types::UnknownMember { name: key.into_string(), value });
                                    continue;
                                }
                            };
                            // A null member is an absent one, as in every AWS SDK.
                            if let Some(value) = value {
                                if known.replace(value).is_some() {
                                    return Err(serde::de::Error::custom(concat!("two members of the union ", stringify!($name), ", which has exactly one")));
                                }
                            }
                        }
                        known
                            .or_else(|| unknown.map(Self::Value::Unknown))
                            .ok_or_else(|| serde::de::Error::custom(concat!("no member of the union ", stringify!($name), ", which has exactly one")))
                    }
                }
                deserializer.deserialize_map(OneMember($(core::marker::PhantomData::<&$life ()>)?))
            }
        }
    };
}

pub(crate) use {setters, string_enum, structure, union};
