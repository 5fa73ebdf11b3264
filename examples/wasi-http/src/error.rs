//! Errors of `wasi:http` in the client's terms.

use barerock::{TransportError, TransportErrorKind};
use wasip2::http::types::ErrorCode;
use wasip2::io::error::Error as StreamFailure;

/// What to do if the host does not allow the request.
const DENIED: &str =
    "allow outgoing HTTP to the endpoint in the host's settings, such as Spin's allowed_outbound_hosts";
/// What to do if the host does not trust the endpoint.
const TLS: &str = "add the endpoint's root certificate to those of the host, which verifies it: AWS_CA_BUNDLE has no effect on hosts";

/// Kind, text and hint of an error.
fn classify(code: &ErrorCode) -> (TransportErrorKind, String, Option<&'static str>) {
    use TransportErrorKind::{Connect, ConnectTimeout, Io, Timeout};

    let (kind, text, hint) = match code {
        ErrorCode::DnsTimeout => (ConnectTimeout, "name lookup timed out", None),
        ErrorCode::DnsError(payload) => {
            let code = payload.rcode.as_deref().unwrap_or("no code");
            return (Connect, format!("name lookup failed: {code}"), None);
        }
        ErrorCode::DestinationNotFound => (Connect, "destination not found", None),
        ErrorCode::DestinationUnavailable => (Connect, "destination unavailable", None),
        ErrorCode::DestinationIpUnroutable => (Connect, "no route to the destination", None),
        ErrorCode::DestinationIpProhibited => {
            (Connect, "the host prohibits the destination's address", Some(DENIED))
        }
        ErrorCode::HttpRequestDenied => (Connect, "the host denied the request", Some(DENIED)),
        ErrorCode::ConnectionRefused => (Connect, "connection refused", None),
        ErrorCode::ConnectionLimitReached => (Connect, "too many connections", None),
        ErrorCode::ConnectionTimeout => (ConnectTimeout, "connecting timed out", None),
        ErrorCode::TlsProtocolError => (Connect, "TLS protocol error", Some(TLS)),
        ErrorCode::TlsCertificateError => (Connect, "TLS certificate error", Some(TLS)),
        ErrorCode::TlsAlertReceived(payload) => {
            let alert = payload.alert_message.as_deref().unwrap_or("no message");
            return (Connect, format!("TLS alert: {alert}"), Some(TLS));
        }
        ErrorCode::ConnectionReadTimeout => (Timeout, "reading timed out", None),
        ErrorCode::ConnectionWriteTimeout => (Timeout, "writing timed out", None),
        ErrorCode::HttpResponseTimeout => (Timeout, "the response timed out", None),
        ErrorCode::ConnectionTerminated => (Io, "connection terminated", None),
        ErrorCode::HttpResponseIncomplete => (Io, "incomplete response", None),
        ErrorCode::HttpProtocolError => (Io, "HTTP protocol error", None),
        ErrorCode::InternalError(Some(text)) => return (Io, text.clone(), None),
        other => return (Io, format!("{other:?}"), None),
    };
    (kind, text.to_owned(), hint)
}

/// The error of a request without a response.
pub fn before_response(code: ErrorCode) -> TransportError {
    let (kind, text, hint) = classify(&code);
    let error = TransportError::new(kind, text);
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// The error of a response that breaks off: it was connected.
pub fn within_response(code: ErrorCode) -> TransportError {
    let (kind, text, _) = classify(&code);
    let kind = match kind {
        TransportErrorKind::Timeout | TransportErrorKind::ConnectTimeout => TransportErrorKind::Timeout,
        _ => TransportErrorKind::Io,
    };
    TransportError::new(kind, text)
}

/// The error of a response's stream. `http-error-code` is not called: jco's preview2-shim 0.26 traps there.
pub fn broken_stream(failure: &StreamFailure) -> TransportError {
    TransportError::new(TransportErrorKind::Io, failure.to_debug_string())
}

#[cfg(test)]
mod tests {
    use wasip2::http::types::{DnsErrorPayload, TlsAlertReceivedPayload};

    use super::*;

    #[test]
    fn codes_have_kinds_texts_and_hints() {
        let dns = DnsErrorPayload { rcode: Some("NXDOMAIN".to_owned()), info_code: None };
        let alert =
            TlsAlertReceivedPayload { alert_id: Some(48), alert_message: Some("unknown ca".to_owned()) };
        for (code, kind, words, hint) in [
            (ErrorCode::DnsError(dns), TransportErrorKind::Connect, "NXDOMAIN", ""),
            (ErrorCode::DnsTimeout, TransportErrorKind::ConnectTimeout, "name lookup", ""),
            (ErrorCode::ConnectionRefused, TransportErrorKind::Connect, "refused", ""),
            (ErrorCode::ConnectionTimeout, TransportErrorKind::ConnectTimeout, "connecting", ""),
            (
                ErrorCode::TlsAlertReceived(alert),
                TransportErrorKind::Connect,
                "unknown ca",
                "root certificate",
            ),
            (ErrorCode::TlsCertificateError, TransportErrorKind::Connect, "certificate", "root certificate"),
            (ErrorCode::HttpRequestDenied, TransportErrorKind::Connect, "denied", "allow outgoing HTTP"),
            (ErrorCode::HttpResponseTimeout, TransportErrorKind::Timeout, "response", ""),
            (ErrorCode::ConnectionTerminated, TransportErrorKind::Io, "terminated", ""),
            (
                ErrorCode::InternalError(Some("hyper: broken".to_owned())),
                TransportErrorKind::Io,
                "hyper: broken",
                "",
            ),
            (ErrorCode::LoopDetected, TransportErrorKind::Io, "LoopDetected", ""),
        ] {
            let error = before_response(code);
            assert_eq!(error.kind(), kind, "{words}");
            let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            assert!(source.contains(words), "{source}");
            assert!(error.hint().unwrap_or_default().contains(hint), "{words}");
            assert_eq!(error.hint().is_none(), hint.is_empty(), "{words}");
        }
    }

    #[test]
    fn within_a_response_there_was_a_connection() {
        assert_eq!(within_response(ErrorCode::ConnectionTimeout).kind(), TransportErrorKind::Timeout);
        assert_eq!(within_response(ErrorCode::ConnectionRefused).kind(), TransportErrorKind::Io);
        assert_eq!(within_response(ErrorCode::TlsProtocolError).kind(), TransportErrorKind::Io);
    }
}
