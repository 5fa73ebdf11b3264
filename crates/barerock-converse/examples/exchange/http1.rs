//! The part of HTTP/1.1 (RFC 9112) that one exchange with Bedrock needs.

use std::io::{self, BufRead, Read as _, Write};

use barerock_converse::ResponseHead;

/// Maximum length of a response head, and of a line of a chunked body, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// Error text for a response that is not HTTP.
const MALFORMED: &str = "the response is not HTTP/1.1";

/// Error text for a truncated response.
const CUT: &str = "the connection was closed before the response was complete";

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, MALFORMED)
}

/// Writes a POST of `body` to `target`.
pub(crate) fn write(
    out: &mut impl Write,
    target: &str,
    headers: &[(&str, &[u8])],
    body: &[u8],
) -> io::Result<()> {
    let length = body.len().to_string();
    let mut request = ["POST ", target, " HTTP/1.1\r\n"].concat().into_bytes();
    let own = [("content-length", length.as_bytes()), ("connection", b"close")];
    for (name, value) in headers.iter().chain(&own) {
        for part in [name.as_bytes(), b": ", value, b"\r\n"] {
            request.extend_from_slice(part);
        }
    }
    request.extend_from_slice(b"\r\n");
    request.extend_from_slice(body);
    out.write_all(&request)?;
    out.flush()
}

/// Reads the text of a response head, up to the body. Interim (1xx) responses are skipped.
pub(crate) fn read_head(input: &mut impl BufRead) -> io::Result<String> {
    loop {
        let mut head = String::new();
        while !(head.ends_with("\n\r\n") || head.ends_with("\n\n")) {
            line(input, &mut head)?;
        }
        if status(&head)? >= 200 {
            return Ok(head);
        }
    }
}

/// Parses the status in the first line of a head.
fn status(head: &str) -> io::Result<u16> {
    let rest = head.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5));
    rest.and_then(|code| code.parse().ok()).ok_or_else(malformed)
}

/// Parses a head into the fields that are read and the length of the body.
pub(crate) fn parse_head(head: &str) -> io::Result<(ResponseHead<'_>, Length)> {
    let mut parsed = ResponseHead::new(status(head)?);
    let mut length = Length::UntilClose;
    for line in head.lines().skip(1).filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').ok_or_else(malformed)?;
        let value = value.trim_ascii();
        parsed.header(name, value);
        // RFC 9112, section 6.3: "Transfer-Encoding overrides the Content-Length."
        if name.eq_ignore_ascii_case("transfer-encoding") {
            length = Length::Chunked;
        } else if name.eq_ignore_ascii_case("content-length") && !matches!(length, Length::Chunked) {
            length = Length::Bytes(value.parse().map_err(|_| malformed())?);
        }
    }
    Ok((parsed, length))
}

/// Appends a line, including its end, to `read`, up to the maximum length of a head.
fn line(input: &mut impl BufRead, read: &mut String) -> io::Result<()> {
    let room = MAX_HEAD.saturating_sub(read.len());
    let mut limited = input.take(u64::try_from(room).unwrap_or_default());
    limited.read_line(read)?;
    match read.len() {
        _ if read.ends_with('\n') => Ok(()),
        length if length < MAX_HEAD => Err(io::Error::new(io::ErrorKind::UnexpectedEof, CUT)),
        _ => Err(malformed()),
    }
}

/// Length of a body.
pub(crate) enum Length {
    Chunked,
    Bytes(u64),
    UntilClose,
}

/// Body of a response.
pub(crate) struct Body<'i, R> {
    input: &'i mut R,
    length: Length,
    /// Remaining bytes of the chunk, or of the whole body.
    left: u64,
    /// Bytes of the input's buffer that were returned last.
    taken: usize,
    begun: bool,
}

impl<'i, R: BufRead> Body<'i, R> {
    pub(crate) fn new(input: &'i mut R, length: Length) -> Self {
        Self { input, length, left: 0, taken: 0, begun: false }
    }

    /// Returns the next bytes, or `None` at the end. A truncated body is not an error here; the decoder reports it.
    pub(crate) fn next_piece(&mut self) -> io::Result<Option<&[u8]>> {
        self.input.consume(core::mem::take(&mut self.taken));
        if self.left == 0 {
            self.left = match self.length {
                Length::UntilClose => u64::MAX,
                Length::Bytes(_) if self.begun => 0,
                Length::Bytes(length) => length,
                Length::Chunked => self.chunk()?,
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

    /// Reads the size of the next chunk.
    fn chunk(&mut self) -> io::Result<u64> {
        let mut size = String::new();
        // The line end after the previous chunk.
        if self.begun {
            line(self.input, &mut size)?;
            if !size.trim_ascii().is_empty() {
                return Err(malformed());
            }
        }
        size.clear();
        line(self.input, &mut size)?;
        // Chunk extensions may follow the digits.
        let digits = size.bytes().take_while(u8::is_ascii_hexdigit).count();
        u64::from_str_radix(size.get(..digits).unwrap_or_default(), 16).map_err(|_| malformed())
    }
}
