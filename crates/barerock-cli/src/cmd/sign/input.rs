//! The files of `barerock sign`.

use std::path::Path;

use barerock_audit::RawRequest;
use barerock_sigv4::SignError;

use super::Sign;
use crate::exit::Failure;
use crate::source::Source;

/// The most bytes that are read: several times what Bedrock takes.
const MAX_INPUT: usize = 256 * 1024 * 1024;

/// All bytes of a file, or of standard input; `unopened` words the failure to open it.
pub(super) fn read(path: &Path, unopened: impl FnOnce(Failure) -> Failure) -> Result<Vec<u8>, Failure> {
    let mut source = Source::open(Some(path)).map_err(unopened)?;
    let mut bytes = Vec::new();
    loop {
        let piece = source.read()?;
        if piece.is_empty() {
            return Ok(bytes);
        }
        if bytes.len().saturating_add(piece.len()) > MAX_INPUT {
            return Err(Failure::usage(format!("the input is longer than {MAX_INPUT} bytes")));
        }
        bytes.extend_from_slice(piece);
    }
}

/// The raw request, as far as it can be signed at all.
pub(super) fn request(path: &Path, arguments: &Sign) -> Result<RawRequest, Failure> {
    let dash = |path: &Path| path.as_os_str() == "-";
    if dash(path) && arguments.explain_mismatch.as_deref().is_some_and(dash) {
        return Err(Failure::usage("standard input can be read only once, but more than one option is -"));
    }
    if path.is_dir() {
        return Err(Failure::usage(format!("--request: {} is a folder, not a file", path.display())));
    }
    let bytes = read(path, |failure| failure)?;
    let request = RawRequest::parse(&bytes).map_err(|error| {
        let before = bytes.get(..error.offset).unwrap_or(&bytes);
        let line = before.iter().filter(|byte| **byte == b'\n').count().saturating_add(1);
        Failure::usage(format!("--request, line {line}: {error}"))
    })?;
    let is_chunked = request
        .header("transfer-encoding")
        .is_some_and(|codings| codings.to_ascii_lowercase().contains("chunked"));
    if is_chunked && !arguments.rules.unsigned_payload {
        return Err(Failure::usage(
            "--request: the body is in chunks, and a signature is of the body before that",
        )
        .with_hint(Some("Give the body whole, without the header transfer-encoding.")));
    }
    Ok(request)
}

/// The error and, where it is about a line of the request, which one, counted from 1.
pub(super) fn with_line(error: &SignError, request: &RawRequest) -> String {
    let line = match *error {
        SignError::InvalidHeaderName { index } => line_of_header(request, index, 0),
        SignError::InvalidHeaderValue { index, offset } => line_of_header(request, index, offset),
        SignError::InvalidTarget { .. }
        | SignError::TooManyQueryParameters { .. }
        | SignError::TooManyPathSegments { .. } => 1,
        SignError::MissingHost | SignError::TooManyHeaders => return format!("--request: {error}"),
        _ => return error.to_string(),
    };
    format!("--request, line {line}: {error}")
}

/// The line of byte `offset` of a header's value. Headers begin at line 2, and folded ones have several.
fn line_of_header(request: &RawRequest, index: usize, offset: usize) -> usize {
    let breaks = |value: &str| value.matches('\n').count();
    let before: usize = request.headers().take(index).map(|(_, value)| 1 + breaks(value)).sum();
    let within = request.headers().nth(index).and_then(|(_, value)| value.get(..offset)).map_or(0, breaks);
    2 + before + within
}
