//! Signed parts of an `http::Request`, except its body.

use alloc::vec::Vec;

use ::http::header::{HOST, HeaderMap};
use ::http::uri::Uri;

use crate::canonical::{Path, RequestParts};
use crate::headers::HeaderLine;

/// Maximum number of header lines that are kept on the stack; most requests have fewer.
pub(super) const FEW: usize = 12;

/// Signed parts of a request, except its body.
pub(super) struct Head<'r> {
    pub(super) parts: RequestParts<'r>,
    /// The lines, if they are few.
    few: [HeaderLine<'r>; FEW],
    count: usize,
    /// The lines, if they are many.
    many: Vec<HeaderLine<'r>>,
    /// Value of the `host` header, if the request has none.
    pub(super) new_host: Option<&'r str>,
}

impl<'r> Head<'r> {
    /// Creates a head without headers, which [`Head::read_headers`] adds in place.
    pub(super) fn new(method: &'r str, uri: &'r Uri) -> Self {
        let parts =
            RequestParts { method, path: Path::Sent(uri.path()), query: uri.query().unwrap_or_default() };
        Self { parts, few: [("", b""); FEW], count: 0, many: Vec::new(), new_host: None }
    }

    /// Adds the headers, and a `host` header if the request lacks one.
    pub(super) fn read_headers(&mut self, uri: &'r Uri, headers: &'r HeaderMap) {
        let is_many = headers.len() >= FEW;
        let mut has_host = false;
        for (name, value) in headers {
            has_host |= *name == HOST;
            // Not `as_str`, which would be compiled again here: 1 KB.
            self.push((name.as_ref(), value.as_bytes()), is_many);
        }
        if !has_host {
            self.new_host = host_of(uri);
        }
        if let Some(host) = self.new_host {
            self.push(("host", host.as_bytes()), is_many);
        }
    }

    fn push(&mut self, line: HeaderLine<'r>, is_many: bool) {
        if is_many {
            self.many.push(line);
        } else if let Some(slot) = self.few.get_mut(self.count) {
            *slot = line;
            self.count = self.count.saturating_add(1);
        }
    }

    pub(super) fn lines(&self) -> &[HeaderLine<'r>] {
        if self.many.is_empty() { self.few.get(..self.count).unwrap_or_default() } else { &self.many }
    }
}

/// Returns the authority as HTTP libraries send it: without user information and the scheme's default port.
pub(crate) fn host_of(uri: &Uri) -> Option<&str> {
    let authority = uri.authority()?.as_str();
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_user, host)| host);
    let default_port = match uri.scheme_str() {
        Some("https") => ":443",
        Some("http") => ":80",
        _ => ":",
    };
    let host = host_and_port.strip_suffix(default_port).or_else(|| host_and_port.strip_suffix(':'));
    Some(host.unwrap_or(host_and_port)).filter(|host| !host.is_empty())
}
