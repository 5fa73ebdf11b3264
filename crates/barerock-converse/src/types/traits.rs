//! Macros that implement traits of shapes and texts.

/// Compares a type that is `AsRef<str>` with strings, in both directions.
macro_rules! str_eq {
    ($name:ty) => {
        $crate::types::str_eq!($name, str, &str, String);
    };
    ($name:ty, $($other:ty),+) => {$(
        impl PartialEq<$other> for $name {
            fn eq(&self, other: &$other) -> bool {
                *AsRef::<str>::as_ref(self) == *AsRef::<str>::as_ref(other)
            }
        }

        impl PartialEq<$name> for $other {
            fn eq(&self, other: &$name) -> bool {
                other == self
            }
        }
    )+};
}

/// Asserts in tests that a shape can be shared between threads.
macro_rules! assert_shared {
    ($name:ident $(<$life:lifetime>)?) => {
        #[cfg(test)]
        const _: () = {
            const fn is_shared<T: Send + Sync>() {}
            #[allow(dead_code, reason = "compiling it is the assertion")]
            fn assert $(<$life>)? (_: &$name $(<$life>)?) { is_shared::<$name $(<$life>)?>() }
        };
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

pub(crate) use {assert_shared, serde_facade, str_eq};
