//! Binary values: bytes in memory, base64 strings in JSON.

use core::fmt;

use base64ct::{Base64, Encoding as _};
use bytes::Bytes;

use super::serde_facade;
use crate::json::{CorrectionKind, FromJson, Reader, ToJson, Writer};

/// Binary data (the model's `blob`), such as an image, a document or redacted reasoning. Clones share the bytes.
///
/// ```
/// # use barerock_converse::types::Blob;
/// let blob = Blob::from(&b"\x89PNG"[..]);
/// assert_eq!(serde_json::to_string(&blob)?, r#""iVBORw==""#); // base64 in JSON only
/// assert_eq!(blob.as_bytes(), b"\x89PNG");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Blob {
    bytes: Bytes,
    /// True if the bytes are text that is not base64.
    is_text: bool,
}

impl Blob {
    /// The bytes. If the JSON string was not valid base64, the bytes of the string itself.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The original JSON string if it is not valid base64; it is written back unchanged.
    #[must_use]
    pub fn invalid_base64(&self) -> Option<&str> {
        core::str::from_utf8(&self.bytes).ok().filter(|_| self.is_text)
    }

    /// Converts the blob into its bytes without copying.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.bytes
    }

    /// Concatenates blobs. If one of them is invalid base64, the result is too.
    pub(crate) fn concat(pieces: &[Self]) -> Self {
        if pieces.iter().any(|piece| piece.is_text) {
            let texts = pieces.iter().map(|piece| match piece.invalid_base64() {
                Some(text) => text.to_owned(),
                None => Base64::encode_string(&piece.bytes),
            });
            return Self { bytes: texts.collect::<String>().into(), is_text: true };
        }
        match pieces {
            [only] => only.clone(),
            pieces => pieces.iter().flat_map(|piece| piece.as_bytes()).copied().collect::<Bytes>().into(),
        }
    }
}

impl<T: Into<Bytes>> From<T> for Blob {
    fn from(bytes: T) -> Self {
        Self { bytes: bytes.into(), is_text: false }
    }
}

/// Shows only the length: a blob is binary and often several megabytes.
impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_text { "Invalid base64" } else { "Blob" };
        write!(f, "{kind}({} bytes)", self.bytes.len())
    }
}

serde_facade!(Blob);

impl ToJson for Blob {
    fn to_json(&self, out: &mut Writer) {
        match self.invalid_base64() {
            Some(text) => out.string(text),
            // spec: restjson1#blob "JSON string value that is base64 encoded."
            None => out.base64(&self.bytes),
        }
    }
}

impl<'a> FromJson<'a> for Blob {
    fn empty() -> Self {
        Bytes::new().into()
    }

    #[inline(never)]
    fn read_json(&mut self, reader: &mut Reader<'a>) {
        let text = reader.text();
        *self = match Base64::decode_vec(&text) {
            Ok(bytes) => bytes.into(),
            Err(_) => {
                reader.note(CorrectionKind::InvalidBase64);
                Self { bytes: text.into_string().into(), is_text: true }
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // spec-test: restjson1#blob
    #[test]
    fn is_base64_in_json() {
        let blob = Blob::from(&b"\x00\xffpng"[..]);
        assert_eq!(serde_json::to_string(&blob).unwrap(), r#""AP9wbmc=""#);
        assert_eq!(serde_json::from_str::<Blob>(r#""AP9wbmc=""#).unwrap(), blob);
        assert_eq!(format!("{blob:?}"), "Blob(5 bytes)");
    }

    #[test]
    fn invalid_base64_is_kept() {
        for text in ["AP9wbmc", "AP9wbmd=", "AP9wbmc=AAAA", "AP9w bmc", "AP9wbmc==", "?"] {
            let json = format!("[{{\"redactedContent\":\"{text}\"}}]");
            let blocks: Vec<crate::types::ReasoningContentBlock> = serde_json::from_str(&json).unwrap();
            assert_eq!(serde_json::to_string(&blocks).unwrap(), json);
            let [crate::types::ReasoningContentBlock::RedactedContent(blob)] = &blocks[..] else { panic!() };
            assert_eq!(blob.invalid_base64(), Some(text));
        }
        let pieces = [Blob::from(&b"ab"[..]), Blob { bytes: "?".into(), is_text: true }];
        assert_eq!(Blob::concat(&pieces).invalid_base64(), Some("YWI=?"));
        assert_eq!(Blob::concat(&pieces[..1]), pieces[0]);
        assert_eq!(Blob::concat(&[pieces[0].clone(), b"c"[..].into()]).as_bytes(), b"abc");
    }
}
