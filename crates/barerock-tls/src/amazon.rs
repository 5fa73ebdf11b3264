//! The roots of Amazon's certificate authorities.

use rustls::RootCertStore;
use rustls::pki_types::{Der, TrustAnchor};

/// Subject of the Amazon root with this number: country, organization and common name, in DER.
macro_rules! amazon {
    ($number:literal) => {
        concat!(
            "1\x0b0\t\x06\x03U\x04\x06\x13\x02US",
            "1\x0f0\r\x06\x03U\x04\n\x13\x06Amazon",
            "1\x190\x17\x06\x03U\x04\x03\x13\x10Amazon Root CA ",
            $number
        )
    };
}

/// Subject of Starfield's root: country, state, locality, organization and common name, in DER.
const STARFIELD: &str = concat!(
    "1\x0b0\t\x06\x03U\x04\x06\x13\x02US",
    "1\x100\x0e\x06\x03U\x04\x08\x13\x07Arizona",
    "1\x130\x11\x06\x03U\x04\x07\x13\nScottsdale",
    "1%0#\x06\x03U\x04\n\x13\x1cStarfield Technologies, Inc.",
    "1;09\x06\x03U\x04\x03\x132Starfield Services Root Certificate Authority - G2"
);

/// Subjects and public keys: the contents of `Name` and of `SubjectPublicKeyInfo` (RFC 5280, section 4.1) without the tags and lengths.
const ROOTS: [(&str, &[u8]); 5] = [
    (amazon!(1), &KEY_1),
    (amazon!(2), &KEY_2),
    (amazon!(3), &KEY_3),
    (amazon!(4), &KEY_4),
    (STARFIELD, &KEY_STARFIELD),
];

/// Returns the five roots of Amazon Trust Services, which issues the certificates of AWS's endpoints. They are built into the program:
/// 2,000 bytes of data. Other servers are rejected: gateways, proxies that decrypt TLS, and everything else that is not AWS.
///
/// Amazon recommends all five for a trust store of one's own, but no pinning to certificates below them
/// (<https://www.amazontrust.com/repository/>). Endpoints of the European Sovereign Cloud have roots of their own, which are signed by
/// three of these. Isolated partitions have others.
#[must_use]
pub fn amazon_roots() -> RootCertStore {
    let root = |(subject, key): (&'static str, &'static [u8])| TrustAnchor {
        subject: Der::from_slice(subject.as_bytes()),
        subject_public_key_info: Der::from_slice(key),
        name_constraints: None,
    };
    RootCertStore { roots: ROOTS.map(root).into() }
}

/// Decodes hexadecimal digits when the program is compiled.
const fn hex<const N: usize>(text: &str) -> [u8; N] {
    const fn digit(character: u8) -> u8 {
        match character {
            b'0'..=b'9' => character - b'0',
            b'a'..=b'f' => character - b'a' + 10,
            _ => panic!("no hexadecimal digit"),
        }
    }
    let (text, mut bytes, mut index) = (text.as_bytes(), [0; N], 0);
    assert!(text.len() == 2 * N, "as many digits as the key has");
    while index < N {
        bytes[index] = digit(text[2 * index]) << 4 | digit(text[2 * index + 1]);
        index += 1;
    }
    bytes
}

const KEY_1: [u8; 290] = hex(
    "300d06092a864886f70d01010105000382010f003082010a0282010100b2788071ca78d5e371af478050747d6ed8d78876f49968f7582160f974\
     84012fac022d86d3a0437a4eb2a4d036ba01be8ddb48c80717364cf4ee8823c73eeb37f5b519f84968b0ded7b976381d619ea4fe8236a5e54a56\
     e445e1f9fdb416fa74da9c9b35392ffab02050066c7ad080b2a6f9afec47198f503807dca2873958f8bad5a9f948673096ee94785e6f89a351c0\
     308666a14566ba54eba3c391f948dcffd1e8302d7d2d747035d78824f79ec4596ebb738717f2324628b843fab71daacab4f29f240e2d4bf7715c\
     5e69ffea9502cb388aae50386fdbfb2d621bc5c71e54e177e067c80f9c8723d63f40207f2080c4804c3e3b24268e04ae6c9ac8aa0d0203010001",
);

const KEY_2: [u8; 546] = hex(
    "300d06092a864886f70d01010105000382020f003082020a0282020100ad969f2d9c4a4c4a81795199ec8acb6b605113bc4d6d06fcb0088ddd19\
     106ac7260c35d8c06f2084e994b19b8503c35bdb4ae8c8f89076d95b4fe34ce806364dcc9aac3d0c902b92d4061960ac374479858182ad5a37e0\
     0dcc9da64c5276ea439db704d150f655e0d5d2a64985e937e9ca7eae5c954d489a3fae205a6d8895d934b8521a4390b0bf6c05b9b678b7ead0e4\
     3a3c125362ff4af27bbe3505a91234e3f36474622c3d00495a28fe3244bb87dd652702713bda4af71fdacdf72155904f0fecae82e19f6bd945d3\
     bbf05f87ed3c2c3986da3fdeec7255eb79a3addbdd7cb0ba1ccefcde4f3576cf0ff8781f6a36514627615be99ecff0a2557d7c258a6f2fb4c5cf\
     842e2bfd0d51106cfb5f1bbc1b7ec5ae3b98013192ff0b57f49ab2b957e9abef0d76d1f0eef4ce86a7e06ee9b469a1df69f633c6692e97139ea5\
     87b057108137c953b3bb7ff692d19cd018f4926eda834fa663994ca5fb5eef21647a205f6c648515cb37e9620c0b2a16dc012e32da3e4bf59e3a\
     f6174094ef9e910886fabe63a85a33eccb744395f96c695236c7296ffc55035c1ffb9fbd47ebe74947950b4e89220949e0f5611ef1bf2e8a726e\
     8059ff573af97532a34e5feced2862d94d73f2cc811760edcdebdcdba7cac57e02bdf2540854fdb42d092c17544a98d154e1516708d2ed6e7e6f\
     3fd22d81592966cb903995111e7427feddebaf0203010001",
);

const KEY_3: [u8; 89] = hex(
    "301306072a8648ce3d020106082a8648ce3d030107034200042997a7c6417fc00d9be8011b56c6f252a5ba2db212e8d22ed7fac9c5d8aa6d1f73\
     813b3b986b397c33a5c54e868e8017686245577d44581db337e56708eb66de",
);

const KEY_4: [u8; 118] = hex(
    "301006072a8648ce3d020106052b8104002203620004d2ab8a374fa3530dfec18a7b4ba87b464b63b062f62d1bdb087121d200e863bd9a27fbf0\
     396e5dea3da5c981aaa35b2098455d16dbfde8106de39ce0e3bd5f8462f3706433a0cb242f70ba88a12aa075f881ae6206c481db396e29b01efa\
     2e5c",
);

const KEY_STARFIELD: [u8; 290] = hex(
    "300d06092a864886f70d01010105000382010f003082010a0282010100d50c3ac42af94ee2f5be19975f8e8853b11f3fcbcf9f20136d293ac80f\
     7d3cf76b763863d93660a89b5e5c0080b22f597ff687f9254386e7691b529a90e171e3d82d0d4e6ff6c849d9b6f31a56ae2bb67414ebcffb26e3\
     1aba1d962e6a3b5894894756ff25a093705383da847414c3679e04683adf8e405a1d4a4ecf43913be756d60070cb52ee7b7dae3ae7bc31f945f6\
     c260cf1359022b80cc3447dfb9de90656d02cf2c91a6a6e7de8518497c664ea33a6da9b5ee342eba0d03b833df47ebb16b8d25d99bce81d14546\
     32967087de020e494385b66c73bb64ea6141acc9d454df872fc722b226cc9f5954689ffcbe2a2fc4551c75406017850255398b7f050203010001",
);

#[cfg(test)]
mod tests {
    use super::*;

    /// The roots are those that Mozilla trusts.
    #[cfg(feature = "webpki-roots")]
    #[test]
    fn mozilla_has_the_same() {
        let ours = amazon_roots().roots;
        let theirs = crate::webpki_roots().roots.into_iter().filter(|root| {
            let subject = String::from_utf8_lossy(&root.subject).into_owned();
            ["Amazon Root CA", "Starfield Services Root"].iter().any(|name| subject.contains(name))
        });
        let theirs: Vec<TrustAnchor<'_>> = theirs.collect();
        assert_eq!(theirs.len(), ours.len());
        assert!(theirs.iter().all(|root| ours.contains(root)), "{theirs:?}");
    }
}
