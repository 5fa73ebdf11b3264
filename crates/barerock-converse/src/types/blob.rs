//! Binary values: bytes in memory, base64 in JSON.

use core::fmt;

use base64ct::{Base64, Encoding as _};
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Text;
use crate::json::{FromJson, Reader, ToJson, Writer};

/// The model's `blob`: an image, a document, redacted reasoning. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Blob(Bytes);

impl Blob {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn from_base64(text: &str) -> Result<Self, String> {
        match Base64::decode_vec(text) {
            Ok(bytes) => Ok(Self(bytes.into())),
            Err(_) => Err(match text.trim_end_matches('=').bytes().position(|byte| !is_of_base64(byte)) {
                Some(offset) => format!("not base64: what stands at offset {offset} is no letter of it"),
                None => format!("not base64: it ends wrong after {} letters", text.len()),
            }),
        }
    }

    /// The bytes, without a copy.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.0
    }
}

fn is_of_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/'
}

impl<T: Into<Bytes>> From<T> for Blob {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}

/// Length only: a blob is often megabytes, and never text to read.
impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes)", self.0.len())
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Base64::encode_string(&self.0))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_base64(&Text::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl ToJson for Blob {
    fn to_json(&self, out: &mut Writer) {
        out.base64(&self.0);
    }
}

impl<'a> FromJson<'a> for Blob {
    fn from_json(json: &'a str, reader: &mut Reader<'a>) -> Self {
        Self::from_base64(&Text::from_json(json, reader)).unwrap_or_else(|error| {
            reader.fail(&error);
            Self::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_base64_in_json() {
        let blob = Blob::from(&b"\x00\xffpng"[..]);
        assert_eq!(serde_json::to_string(&blob).unwrap(), r#""AP9wbmc=""#);
        assert_eq!(serde_json::from_str::<Blob>(r#""AP9wbmc=""#).unwrap(), blob);
        assert_eq!(format!("{blob:?}"), "Blob(5 bytes)");
        let error = serde_json::from_str::<Blob>(r#""AP9wbmc""#).unwrap_err();
        assert!(error.to_string().contains("not base64: it ends wrong after 7 letters"), "{error}");
        for odd in [r#""AP9wbmd=""#, r#""AP9wbmc=AAAA""#, r#""AP9w bmc""#, r#""AP9wbmc==""#] {
            assert!(serde_json::from_str::<Blob>(odd).is_err(), "{odd}");
        }
    }
}
