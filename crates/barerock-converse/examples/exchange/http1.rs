//! As much of HTTP/1.1 as one exchange with Bedrock needs: RFC 9112.

use std::io::{self, BufRead, Read as _, Write};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING};
use http::{Request, StatusCode};

/// The longest line of a head or of a chunked body, in bytes.
const MAX_LINE: u64 = 64 * 1024;

/// The headers of an answer that are looked at here, or say what went wrong.
static KNOWN: [HeaderName; 5] = [
    CONTENT_LENGTH,
    CONTENT_TYPE,
    TRANSFER_ENCODING,
    HeaderName::from_static("x-amzn-errortype"),
    HeaderName::from_static("x-amzn-requestid"),
];

/// What is said where the answer is not HTTP.
const MALFORMED: &str = "the answer is no HTTP/1.1 response";

/// What is said where it ends too early.
const CUT: &str = "the connection was closed before the answer was whole";

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, MALFORMED)
}

/// Writes a request that has its host header: signing added it.
pub(crate) fn write(request: &Request<Bytes>, out: &mut impl Write) -> io::Result<()> {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    write!(out, "{} {target} HTTP/1.1\r\n", request.method().as_str())?;
    for (name, value) in request.headers() {
        out.write_all(name.as_str().as_bytes())?;
        out.write_all(b": ")?;
        out.write_all(value.as_bytes())?;
        out.write_all(b"\r\n")?;
    }
    let length = request.body().len();
    write!(out, "content-length: {length}\r\nconnection: close\r\n\r\n")?;
    out.write_all(request.body())?;
    out.flush()
}

/// The head of an answer.
pub(crate) struct Head {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
}

/// Reads a head, and leaves the body to be read.
pub(crate) fn read<R: BufRead>(mut input: R) -> io::Result<(Head, Body<R>)> {
    loop {
        let status = line(&mut input)?;
        let status = status.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5));
        let status =
            status.and_then(|code| StatusCode::from_bytes(code.as_bytes()).ok()).ok_or_else(malformed)?;
        let mut headers = HeaderMap::new();
        loop {
            let line = line(&mut input)?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').ok_or_else(malformed)?;
            // Looked up instead of parsed: the parser knows every header there is, which is 13 KB.
            if let Some(known) = KNOWN.iter().find(|known| known.as_str().eq_ignore_ascii_case(name)) {
                let value = HeaderValue::from_str(value.trim()).map_err(|_| malformed())?;
                headers.insert(known, value);
            }
        }
        // An interim answer: the real one follows.
        if status.is_informational() {
            continue;
        }
        let length = match (headers.get(TRANSFER_ENCODING), headers.get(CONTENT_LENGTH)) {
            (Some(_), _) => Length::Chunked,
            (None, Some(length)) => Length::Bytes(
                length.to_str().ok().and_then(|length| length.parse().ok()).ok_or_else(malformed)?,
            ),
            (None, None) => Length::UntilClose,
        };
        return Ok((Head { status, headers }, Body { input, length, left: 0, taken: 0, begun: false }));
    }
}

/// A line without its end.
fn line(input: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    input.by_ref().take(MAX_LINE).read_line(&mut line)?;
    match line.strip_suffix('\n') {
        Some(text) => Ok(text.strip_suffix('\r').unwrap_or(text).to_owned()),
        None if u64::try_from(line.len()).is_ok_and(|length| length < MAX_LINE) => {
            Err(io::Error::new(io::ErrorKind::UnexpectedEof, CUT))
        }
        None => Err(malformed()),
    }
}

enum Length {
    Chunked,
    Bytes(u64),
    UntilClose,
}

/// The body of an answer.
pub(crate) struct Body<R> {
    input: R,
    length: Length,
    /// What is left of this chunk, or of the whole.
    left: u64,
    /// What of the input's buffer was handed out last.
    taken: usize,
    begun: bool,
}

impl<R: BufRead> Body<R> {
    /// The next bytes as they come, or `None` at the end. A body that is cut ends there: the decoder tells.
    pub(crate) fn next_piece(&mut self) -> io::Result<Option<&[u8]>> {
        self.input.consume(core::mem::take(&mut self.taken));
        if self.left == 0 {
            self.left = match self.length {
                Length::UntilClose => u64::MAX,
                Length::Bytes(_) if self.begun => 0,
                Length::Bytes(length) => length,
                Length::Chunked => {
                    // The line end behind the chunk before.
                    if self.begun && !line(&mut self.input)?.is_empty() {
                        return Err(malformed());
                    }
                    let size = line(&mut self.input)?;
                    let size = size.split_once(';').map_or(&*size, |(size, _)| size);
                    u64::from_str_radix(size.trim(), 16).map_err(|_| malformed())?
                }
            };
            self.begun = true;
            if self.left == 0 {
                return Ok(None);
            }
        }
        let ready = self.input.fill_buf()?;
        let piece = ready.get(..usize::try_from(self.left).unwrap_or(usize::MAX)).unwrap_or(ready);
        self.taken = piece.len();
        self.left = self.left.saturating_sub(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        Ok(if piece.is_empty() { None } else { Some(piece) })
    }
}
