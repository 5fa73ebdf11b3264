//! The contenders `aws-smithy-eventstream` and `aws-sigv4`: `TASK FILE ITERATIONS`.

use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
    SigningParams, SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use barerock_bench_protocol::{Items, Task, main as contender};
use barerock_benches::inputs::CHUNK;
use barerock_benches::sign::{
    ACCESS_KEY_ID, CONTENT_TYPE, EXPIRES_SECONDS, HOST, OBJECT, OBJECT_SERVICE, PATH, REGION,
    SECRET_ACCESS_KEY, SERVICE, SIGNED_AT,
};
use bytes::Bytes;
use bytes_utils::SegmentedBuf;

fn frames(stream: &Bytes, items: &mut Items) {
    let mut decoder = MessageFrameDecoder::new();
    let mut buffer = stream.clone();
    while let DecodedFrame::Complete(message) = decoder.decode_frame(&mut buffer).expect("a frame") {
        items.item(message.payload());
    }
}

/// Decodes chunks without copying them: the buffer takes each chunk as received from a socket.
fn frames_of_chunks(stream: &Bytes, items: &mut Items) {
    let mut decoder = MessageFrameDecoder::new();
    let mut buffer = SegmentedBuf::new();
    for start in (0..stream.len()).step_by(CHUNK) {
        buffer.push(stream.slice(start..stream.len().min(start + CHUNK)));
        while let DecodedFrame::Complete(message) = decoder.decode_frame(&mut buffer).expect("a frame") {
            items.item(message.payload());
        }
    }
}

fn params<'a>(
    identity: &'a aws_smithy_runtime_api::client::identity::Identity,
    service: &'a str,
    settings: SigningSettings,
) -> SigningParams<'a> {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(SIGNED_AT.try_into().expect("after 1970"));
    let params = v4::SigningParams::builder().identity(identity).region(REGION).name(service).time(time);
    params.settings(settings).build().expect("all is given").into()
}

fn sign_once(body: &[u8], params: &SigningParams<'_>, items: &mut Items) {
    let headers = [("content-type", CONTENT_TYPE), ("host", HOST)];
    let uri = format!("https://{HOST}{PATH}");
    let request = SignableRequest::new("POST", uri, headers.into_iter(), SignableBody::Bytes(body));
    let (_, signature) = sign(request.expect("signable"), params).expect("signs").into_parts();
    items.item(signature.as_bytes());
}

fn presign_once(params: &SigningParams<'_>, items: &mut Items) {
    let request = SignableRequest::new("GET", OBJECT, std::iter::empty(), SignableBody::UnsignedPayload);
    let (_, signature) = sign(request.expect("signable"), params).expect("signs").into_parts();
    items.item(signature.as_bytes());
}

fn task(name: &str, input: Vec<u8>) -> Option<Box<dyn Task>> {
    let stream = Bytes::from(input);
    let credentials =
        aws_credential_types::Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None, None, "bench");
    // Leaked once, so that the parameters can borrow it.
    let identity = Box::leak(Box::new(credentials.into()));
    let mut settings = SigningSettings::default();
    Some(match name {
        "frames" => Box::new(move |items: &mut Items| frames(&stream, items)),
        "frames-chunks" => Box::new(move |items: &mut Items| frames_of_chunks(&stream, items)),
        "sign" | "sign-content-sha256" => {
            if name != "sign" {
                settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
            }
            let params = params(identity, SERVICE, settings);
            Box::new(move |items: &mut Items| sign_once(&stream, &params, items))
        }
        "presign" => {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(Duration::from_secs(EXPIRES_SECONDS));
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
            let params = params(identity, OBJECT_SERVICE, settings);
            Box::new(move |items: &mut Items| presign_once(&params, items))
        }
        _ => return None,
    })
}

fn main() -> ExitCode {
    contender(task)
}
