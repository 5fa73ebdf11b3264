//! The lines of a raw request's head, and its target.

use super::RawRequestError;

/// A target, which may be a whole URL: "GET http://example.com/path HTTP/1.1".
pub(super) struct Target<'a> {
    pub(super) scheme: Option<&'static str>,
    /// With its port, where it has one.
    pub(super) host: Option<&'a str>,
    /// The path and query.
    pub(super) origin_form: &'a str,
}

impl<'a> Target<'a> {
    pub(super) fn parse(target: &'a str) -> Option<Self> {
        let with_scheme = |scheme| Some((scheme, target.strip_prefix(scheme)?.strip_prefix("://")?));
        let Some((scheme, rest)) = ["http", "https"].into_iter().find_map(with_scheme) else {
            let origin_form = Some(target).filter(|target| target.starts_with('/'))?;
            return Some(Self { scheme: None, host: None, origin_form });
        };
        let (authority, origin_form) = rest.split_at_checked(rest.find('/')?)?;
        // RFC 9112, section 3.2: the host "excluding any userinfo subcomponent and its "@" delimiter".
        Some(Self { scheme: Some(scheme), host: authority.rsplit('@').next(), origin_form })
    }
}

/// The lines of a head, and what follows them.
pub(super) struct Lines<'a> {
    pub(super) rest: &'a [u8],
    /// Bytes from the start of the request to `rest`.
    pub(super) offset: usize,
}

pub(super) struct HeadLine<'a> {
    pub(super) text: &'a str,
    /// What ends it.
    pub(super) end: &'static str,
    /// Bytes from the start of the request.
    pub(super) offset: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, offset: 0 }
    }

    pub(super) fn next(&mut self) -> Result<Option<HeadLine<'a>>, RawRequestError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let length = self.rest.iter().position(|byte| *byte == b'\n').unwrap_or(self.rest.len());
        let (line, after) = self.rest.split_at_checked(length).unwrap_or((self.rest, &[]));
        let (line, end) = line.strip_suffix(b"\r").map_or((line, "\n"), |line| (line, "\r\n"));
        let text = core::str::from_utf8(line).map_err(|error| RawRequestError {
            offset: self.offset.saturating_add(error.valid_up_to()),
            what: "invalid UTF-8 in the head",
        })?;
        let line = HeadLine { text, end, offset: self.offset };
        self.offset = self.offset.saturating_add(length).saturating_add(1);
        self.rest = after.get(1..).unwrap_or_default();
        Ok(Some(line))
    }
}
