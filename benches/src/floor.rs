//! Lower bounds: the work that no decoder and no signer can avoid, over prepared bytes.

use barerock_bench_protocol::Items;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

const PRELUDE: usize = 12;
const MESSAGE_CRC: usize = 4;

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

/// Checks both CRCs of each frame with one pass of crc32fast; the items are the payloads.
///
/// # Panics
/// If a CRC does not match.
pub fn crcs(mut stream: &[u8], items: &mut Items) {
    while !stream.is_empty() {
        let length = usize::try_from(word(stream, 0)).expect("a length");
        let (frame, rest) = stream.split_at(length);
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&frame[..8]);
        assert_eq!(hasher.clone().finalize(), word(frame, 8));
        let end = frame.len() - MESSAGE_CRC;
        hasher.update(&frame[8..end]);
        assert_eq!(hasher.finalize(), word(frame, end));
        let headers = usize::try_from(word(frame, 4)).expect("a length");
        items.item(&frame[PRELUDE + headers..end]);
        stream = rest;
    }
}

/// Hashes of one signature: SHA-256 of the body and of the canonical request, and one HMAC with an initialized key.
#[derive(Debug)]
pub struct Hashes {
    body: Vec<u8>,
    canonical_request: String,
    string_to_sign: String,
    key: Hmac<Sha256>,
}

impl Hashes {
    /// Prepares the texts to hash. The key is arbitrary.
    ///
    /// # Panics
    /// Never: HMAC takes keys of every length.
    #[must_use]
    pub fn new(body: &[u8], canonical_request: &str, string_to_sign: &str) -> Self {
        Self {
            body: body.to_vec(),
            canonical_request: canonical_request.to_owned(),
            string_to_sign: string_to_sign.to_owned(),
            key: Hmac::new_from_slice(&[7; 32]).expect("any length"),
        }
    }

    /// Hashes everything once.
    pub fn once(&self, items: &mut Items) {
        let mut hmac = self.key.clone();
        hmac.update(self.string_to_sign.as_bytes());
        std::hint::black_box((Sha256::digest(&self.body), Sha256::digest(&self.canonical_request)));
        items.item(&hmac.finalize().into_bytes());
    }
}
