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

        const _: () = {
            // Declaration order is the order of `VALUES`.
            #[derive(Clone, Copy)]
            enum Known { $($variant,)+ }
            const KNOWN: &[Known] = &[$(Known::$variant,)+];

            impl $name {
                /// The known values, as [`index_of`](crate::json::index_of) takes them.
                const VALUES: &str = concat!($($text, "|",)+);

                /// The value on the wire.
                pub fn as_str(&self) -> &str {
                    let index = match self {
                        $(Self::$variant => Known::$variant as usize,)+
                        Self::Unknown(_) => KNOWN.len(),
                    };
                    match self {
                        Self::Unknown(text) => text,
                        _ => $crate::json::nth(Self::VALUES, index),
                    }
                }

                fn of(value: $crate::json::OpenValue) -> Self {
                    match KNOWN.get(value.index) {
                        $(Some(Known::$variant) => Self::$variant,)+
                        None => Self::Unknown(value.unknown),
                    }
                }
            }
        };

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

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        $crate::types::str_eq!($name);

        $crate::types::serde_facade!($name);
        $crate::types::assert_shared!($name);

        impl $crate::json::ToJson for $name {
            fn to_json(&self, out: &mut $crate::json::Writer) {
                out.string(self.as_str());
            }
        }

        impl<'a> $crate::json::FromJson<'a> for $name {
            fn empty() -> Self {
                Self::Unknown(String::new())
            }

            fn read_json(&mut self, reader: &mut $crate::json::Reader<'a>) {
                *self = Self::of($crate::json::OpenValue::read(Self::VALUES, reader));
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
            /// The names of the members, as [`index_of`](crate::json::index_of) takes them.
            const NAMES: &'static str = $crate::json::names!(
                $($($path,)*)? $($nonempty,)? $($required,)* $($($list,)*)? $($($adder,)*)? $($optional,)*
            );

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

                $crate::types::call_accessors!($received);

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
        $crate::types::assert_shared!($name $(<$life>)?);

        $(
            impl $crate::response::Response for $name {
                fn received(&mut self) -> &mut $crate::json::Received {
                    &mut self.$received
                }
            }
        )?

        impl $(<$life>)? $crate::json::ToJson for $name $(<$life>)? {
            fn to_json(&self, out: &mut $crate::json::Writer) {
                #[allow(unused_mut, reason = "some structures have no member, but are objects all the same")]
                let mut members = $crate::types::open_members!(self, out $(, $($path)*)?);
                $(members.unless_empty(&self.$nonempty);)?
                $(members.required(&self.$required);)*
                $($(members.required(&self.$list);)*)?
                $($(members.optional(&self.$adder);)*)?
                $(members.optional(&self.$optional);)*
                members.end(&self.extra);
            }
        }

        impl<'json $(: $life, $life: 'json)?> $crate::json::FromJson<'json> for $name $(<$life>)? {
            fn empty() -> Self {
                Self {
                    $($($path: $crate::json::FromJson::empty(),)*)?
                    $($nonempty: $crate::json::FromJson::empty(),)?
                    $($required: $crate::json::FromJson::empty(),)*
                    $($($list: $crate::json::FromJson::empty(),)*)?
                    $($($adder: None,)*)?
                    $($optional: None,)*
                    extra: $crate::types::Extra::default(),
                    $($received: $crate::json::Received::default(),)?
                }
            }

            fn read_json(&mut self, reader: &mut $crate::json::Reader<'json>) {
                // Declaration order is the order of the names.
                #[allow(non_camel_case_types, dead_code, reason = "they are the members' names, and some structures have none")]
                enum Known { $($($path,)*)? $($nonempty,)? $($required,)* $($($list,)*)? $($($adder,)*)? $($optional,)* }
                let required = const {
                    $crate::json::Required::new(&[
                        $((Known::$required as u32, <$rtype as $crate::json::FromJson<'json>>::NULL),)*
                    ])
                };
                let mut members = $crate::json::Members::open(Self::NAMES, required, reader);
                while let Some(index) = members.next(&mut self.extra, reader) {
                    match index {
                        $($(index if index == Known::$path as usize => members.read(&mut self.$path, reader),)*)?
                        $(index if index == Known::$nonempty as usize => members.read(&mut self.$nonempty, reader),)?
                        $(index if index == Known::$required as usize => members.read(&mut self.$required, reader),)*
                        $($(index if index == Known::$list as usize => members.read(&mut self.$list, reader),)*)?
                        $($(index if index == Known::$adder as usize => self.$adder.read_json(reader),)*)?
                        $(index if index == Known::$optional as usize => self.$optional.read_json(reader),)*
                        _ => break,
                    }
                }
            }

            fn reset(&mut self) {
                *self = $crate::json::FromJson::empty();
            }
        }
    };
}

/// Begins to write a structure: a request if it has members in the path, even if they are zero.
macro_rules! open_members {
    ($structure:ident, $out:ident) => {
        $crate::json::structure::open(Self::NAMES, $out)
    };
    ($structure:ident, $out:ident, $($path:ident)*) => {{
        const PATH: &[&str] = &[$(stringify!($path)),*];
        $crate::json::structure::open_request(Self::NAMES, PATH.len(), &$structure.extra, $out)
    }};
}

/// Defines what a response says of its call.
macro_rules! call_accessors {
    ($received:ident) => {
        /// Request id, attempts and times of the call.
        pub fn call(&self) -> &$crate::CallSummary {
            self.$received.call()
        }

        /// Sets what [`call`](Self::call) returns, as a client does when the response is complete.
        pub fn set_call(&mut self, call: $crate::CallSummary) {
            *self.$received.call_mut() = call;
        }

        /// The id of the request (`x-amzn-requestid`), which AWS Support asks for.
        pub fn request_id(&self) -> Option<&str> {
            self.call().request_id.as_deref()
        }

        /// Attempts of the call, the successful one included; 0 if no client counted them.
        pub fn attempts(&self) -> u32 {
            self.call().attempts
        }

        /// Time from the call to the end of the response; zero if no client measured it.
        pub fn elapsed(&self) -> core::time::Duration {
            self.call().elapsed
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
        $crate::types::assert_shared!($name $(<$life>)?);

        const _: () = {
            // Declaration order is the order of the names.
            enum Known { $($variant,)+ }
            const NAMES: &str = concat!($($key, "|",)+);

            impl $(<$life>)? $crate::json::ToJson for $name $(<$life>)? {
                fn to_json(&self, out: &mut $crate::json::Writer) {
                    let index = match self {
                        $(Self::$variant(_) => Known::$variant as usize,)+
                        Self::Unknown(_) => Self::MEMBERS.len(),
                    };
                    if let Self::Unknown(member) = self {
                        return out.unknown(member);
                    }
                    out.begin_union_at(NAMES, index);
                    match self {
                        $(Self::$variant(value) => value.to_json(out),)+
                        Self::Unknown(_) => {}
                    }
                    out.end_object();
                }
            }

            impl<'json $(: $life, $life: 'json)?> $crate::json::FromJson<'json> for $name $(<$life>)? {
                const NULL: $crate::json::Null = $crate::json::Null::Kept;

                fn empty() -> Self {
                    Self::Unknown($crate::json::FromJson::empty())
                }

                fn read_json(&mut self, reader: &mut $crate::json::Reader<'json>) {
                    let mut union = $crate::json::Union::open(reader);
                    while let Some(index) = union.next(NAMES, reader) {
                        match index {
                            $(index if index == Known::$variant as usize => {
                                *self = Self::$variant($crate::json::FromJson::empty());
                                if let Self::$variant(value) = self {
                                    $crate::json::FromJson::read_json(value, reader);
                                }
                            })+
                            _ => break,
                        }
                    }
                    if let Some(unknown) = union.end(reader) {
                        *self = Self::Unknown(unknown);
                    }
                }
            }
        };
    };
}

pub(crate) use {call_accessors, open_members, setters, string_enum, structure, union};
