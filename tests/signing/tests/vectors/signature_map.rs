//! Tests of the origin of every byte of a signature's stages.

use barerock_audit::{Origin, Piece, RawRequest, SignatureMap, StageName};
use barerock_signing_tests::{ACCESS_KEY_ID, SECRET_ACCESS_KEY};
use barerock_sigv4::{
    CredentialsRef, PayloadSigning, SessionTokenSigning, SigningContext, SigningSettings, Timestamp,
    UriEncoding,
};
use proptest::prelude::*;

/// What stands in a canonical request without an origin.
const OF_THE_FORM: [&str; 14] = [
    "\n",
    ":",
    ",",
    ";",
    "&",
    "=",
    "/",
    "%3B",
    "%2F",
    "aws4_request",
    "AWS4-HMAC-SHA256",
    "UNSIGNED-PAYLOAD",
    "STREAMING-AWS4-HMAC-SHA256-EVENTS",
    "x-amz-",
];

/// Checks the maps of both forms of a signature.
pub fn check(request: &RawRequest, expires_seconds: u64, context: &SigningContext<'_>) {
    let map = SignatureMap::of_header(request, context).expect("signs");
    let signed = request.sign(context).expect("signs");
    check_map(&map, request, signed.canonical_request(), signed.string_to_sign());
    let map = SignatureMap::of_query(request, expires_seconds, context).expect("signs");
    let (presigned, _) = request.presign(expires_seconds, context).expect("signs");
    check_map(&map, request, presigned.canonical_request(), presigned.string_to_sign());
}

fn check_map(map: &SignatureMap, request: &RawRequest, canonical: &str, string_to_sign: &str) {
    let bytes = |name| map.stage(name).bytes();
    assert_eq!(bytes(StageName::CanonicalRequest), canonical.as_bytes());
    assert_eq!(bytes(StageName::StringToSign), string_to_sign.as_bytes());
    assert_eq!(bytes(StageName::Request), request.to_bytes());
    for stage in map.stages() {
        let mut at = 0;
        for piece in stage.pieces() {
            assert_eq!(piece.bytes().start, at, "{} has a gap", stage.name());
            at = piece.bytes().end;
            check_piece(map, stage.name(), piece);
        }
        assert_eq!(at, stage.bytes().len(), "{} ends early", stage.name());
    }
    // A byte of the request is signed exactly if the canonical request has it as an origin.
    let canonical = map.stage(StageName::CanonicalRequest);
    let origins: Vec<&Origin> = canonical
        .pieces()
        .iter()
        .flat_map(Piece::origins)
        .filter(|origin| origin.stage == StageName::Request)
        .collect();
    for piece in map.stage(StageName::Request).pieces() {
        for at in piece.bytes() {
            let is_origin = origins.iter().any(|origin| origin.bytes.contains(&at));
            assert_eq!(is_origin, piece.is_signed(), "byte {at} of the request: {}", piece.rule());
        }
        assert_eq!(piece.rule().starts_with("Not signed"), !piece.is_signed(), "{}", piece.rule());
    }
}

fn check_piece(map: &SignatureMap, stage: StageName, piece: &Piece) {
    let bytes = |stage, range: core::ops::Range<usize>| &map.stage(stage).bytes()[range];
    let own = bytes(stage, piece.bytes());
    let shown = String::from_utf8_lossy(own);
    assert!(!piece.rule().starts_with("Made of"), "{stage}: {shown:?} was not followed: {}", piece.rule());
    for origin in piece.origins() {
        assert!(origin.bytes.end <= map.stage(origin.stage).bytes().len(), "{origin:?}");
    }
    let [origin] = piece.origins() else {
        if piece.origins().is_empty() && stage == StageName::CanonicalRequest {
            let is_form = OF_THE_FORM.iter().any(|form| shown == *form)
                || shown.starts_with("x-amz-")
                || shown.starts_with("X-Amz-");
            assert!(is_form, "{shown:?} has no origin");
        }
        return;
    };
    let from = bytes(origin.stage, origin.bytes.clone());
    if piece.is_verbatim() {
        assert!(own.eq_ignore_ascii_case(from), "{stage}: {shown:?} of {:?}", String::from_utf8_lossy(from));
    } else if stage == StageName::CanonicalRequest && origin.stage == StageName::Request {
        let is_hash = own.len() == 64 && own.iter().all(u8::is_ascii_hexdigit);
        let is_blank = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_whitespace);
        // Encoded once more, or decoded and encoded; a run of blanks; the end of a path.
        let is_encoded = decoded(own, false) == from || decoded(own, false) == decoded(from, true);
        let is_end = own == b"/" && (from.starts_with(b"/") || from.is_empty());
        assert!(
            is_hash || is_encoded || is_blank(own) && is_blank(from) || is_end,
            "{shown:?} of {:?}",
            String::from_utf8_lossy(from)
        );
    }
}

/// Bytes without percent-encoding.
fn decoded(bytes: &[u8], plus_is_space: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        rest = after;
        let digits = after.get(..2).and_then(|digits| core::str::from_utf8(digits).ok());
        let escaped = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match (first, escaped.map(|digits| u8::from_str_radix(digits, 16).expect("digits"))) {
            (b'%', Some(byte)) => {
                out.push(byte);
                rest = &after[2..];
            }
            (b'+', _) if plus_is_space => out.push(b' '),
            (byte, _) => out.push(*byte),
        }
    }
    out
}

fn text(of: &'static str, most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(of.chars().collect::<Vec<_>>()), 0..most)
        .prop_map(|characters| characters.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_byte_of_odd_requests_has_an_origin(
        path in text("/..a:%3Aሴ é+", 14),
        query in text("&&==ab%2fF+~ሴX", 24),
        earlier in prop::sample::select(vec!["", "&X-Amz-Signature=abc&X-Amz-Date=20150830T123600Z", "&x-amz-date=1"]),
        values in prop::collection::vec(text(" \ta,\"é", 8), 0..4),
        names in prop::collection::vec(prop::sample::select(vec!["A", "a", "My-Header", "User-Agent", "X-Amz-Date", "x_y", "X-Amz-Security-Token"]), 4),
        fold in any::<bool>(),
        body in prop::collection::vec(any::<u8>(), 0..20),
        flags in any::<[bool; 5]>(),
    ) {
        let end = if flags[0] { "\r\n" } else { "\n" };
        let mut raw = format!("PUT /{path}?{query}{earlier} HTTP/1.1{end}Host:example.com{end}");
        for (name, value) in names.iter().zip(&values) {
            raw += &format!("{name}:{value}{end}");
            if fold {
                raw += &format!("  x {end}");
            }
        }
        raw += end;
        let request = RawRequest::parse(&[raw.as_bytes(), &body].concat()).expect("a request");
        let mut settings = SigningSettings::default()
            .with_normalize_path(flags[1])
            .with_content_sha256_header(flags[2]);
        if flags[3] {
            settings = settings.with_uri_encoding(UriEncoding::Single).with_payload(PayloadSigning::Unsigned);
        }
        if flags[4] {
            settings = settings.with_session_token(SessionTokenSigning::AddedAfter);
        }
        let timestamp = Timestamp::parse("20150830T123600Z").expect("a time");
        let token = flags[0].then_some("TOKEN/of+the=session");
        let credentials = CredentialsRef::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, token);
        let service = if flags[1] { "bedrock" } else { "bedrock-mantle" };
        let context = SigningContext::new(credentials, &timestamp, "us-east-1", service, settings).expect("valid");
        check(&request, 60, &context);
    }
}
