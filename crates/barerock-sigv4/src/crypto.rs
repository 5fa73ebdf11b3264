//! SHA-256 and HMAC-SHA-256 of the library that the features select: RustCrypto, ring or aws-lc-rs.

#[cfg(feature = "aws-lc-rs")]
#[path = "crypto/ring.rs"]
mod library;
#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
#[path = "crypto/ring.rs"]
mod library;
#[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
#[path = "crypto/rustcrypto.rs"]
mod library;

pub(crate) use self::library::{HmacSha256, Sha256};
use crate::payload::SHA256_LENGTH;

/// Incremental hash: [`Sha256`], and [`HmacSha256`] with its key.
pub(crate) trait Hash: Clone {
    fn update(&mut self, bytes: &[u8]);

    fn finish(self) -> [u8; SHA256_LENGTH];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex::HexText;

    fn hex(bytes: [u8; SHA256_LENGTH]) -> std::string::String {
        HexText::new(&bytes).as_str().into()
    }

    /// FIPS 180-2, appendix B.1 and B.2, and the empty message.
    #[test]
    fn sha256_of_published_messages() {
        for (message, digest) in [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            ),
        ] {
            let mut hash = Sha256::new();
            let half = message.len() / 2;
            hash.update(&message.as_bytes()[..half]);
            let mut copy = hash.clone();
            for hash in [&mut hash, &mut copy] {
                hash.update(&message.as_bytes()[half..]);
            }
            assert_eq!(hex(hash.finish()), digest);
            assert_eq!(hex(copy.finish()), digest, "a copy goes on from where it was made");
        }
    }

    /// RFC 4231, cases 1, 2, 6 and 7: keys shorter and longer than a block.
    #[test]
    fn hmac_of_published_messages() {
        let long = [0xaa; 131];
        for (key, message, tag) in [
            (&[0x0b; 20][..], "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &long,
                "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
            (
                &long,
                "This is a test using a larger than block-size key and a larger than block-size data. The key needs to \
                 be hashed before being used by the HMAC algorithm.",
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            ),
        ] {
            let mut hmac = HmacSha256::new(key);
            for piece in message.as_bytes().chunks(7) {
                hmac.update(piece);
            }
            assert_eq!(hex(hmac.finish()), tag, "{message}");
        }
    }
}
