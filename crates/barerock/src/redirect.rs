//! Redirects. None is followed: a signature holds for one host only, and Bedrock sends none.

use core::fmt;

use http::header::LOCATION;
use http::response::Parts;
use http::{HeaderMap, StatusCode, Uri};

use crate::transport::ThroughProxy;

/// The most that is shown of a redirect's target, in bytes.
const SHOWN: usize = 200;

/// A response of a status from 300 to 399.
#[derive(Debug)]
pub(crate) struct Redirect {
    status: StatusCode,
    /// Scheme, host and path of the target; the rest of a URL can be secret.
    to: Option<String>,
    /// The proxy that may have written it.
    proxy: Option<ThroughProxy>,
}

impl Redirect {
    /// The target, for redaction.
    pub(crate) fn target_mut(&mut self) -> Option<&mut String> {
        self.to.as_mut()
    }

    /// The redirect in a response's head, if it is one.
    pub(crate) fn of(head: &Parts) -> Option<Self> {
        head.status.is_redirection().then(|| Self {
            status: head.status,
            to: target(&head.headers),
            proxy: head.extensions.get().cloned(),
        })
    }
}

fn target(headers: &HeaderMap) -> Option<String> {
    let uri: Uri = headers.get(&LOCATION)?.to_str().ok()?.parse().ok()?;
    let scheme = uri.scheme_str().map_or_else(String::new, |scheme| format!("{scheme}://"));
    // The authority, for it has the brackets of an IPv6 address, and the port.
    let host = uri.authority().map_or("", |authority| authority.as_str());
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let mut shown = format!("{scheme}{host}{}", uri.path());
    if shown.len() > SHOWN {
        let end = (0..=SHOWN).rev().find(|end| shown.is_char_boundary(*end));
        shown.truncate(end.unwrap_or_default());
        shown.push('…');
    }
    Some(shown)
}

impl fmt::Display for Redirect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}", self.status.as_u16())?;
        if let Some(to) = &self.to {
            write!(f, " points to {to}")?;
        }
        if let Some(proxy) = &self.proxy {
            write!(f, ", through proxy {proxy}")?;
        }
        f.write_str(", and no redirect is followed: a signature holds for one host only")
    }
}

impl core::error::Error for Redirect {}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, location: Option<&[u8]>) -> Option<String> {
        let mut answer = http::Response::builder().status(status);
        if let Some(location) = location {
            answer = answer.header(LOCATION, location);
        }
        let (head, ()) = answer.body(()).unwrap().into_parts();
        Redirect::of(&head).map(|redirect| redirect.to_string())
    }

    #[test]
    fn it_says_where_it_points_and_no_secret() {
        let long = format!("https://a.example/{}", "x".repeat(5_000));
        for (location, expected) in [
            ("https://portal.example/login", " points to https://portal.example/login,"),
            ("https://me:SQUIRREL@a.example:8443/b?token=SQUIRREL", " points to https://a.example:8443/b,"),
            ("http://[::1]:80/", " points to http://[::1]:80/,"),
            ("/there?token=SQUIRREL", " points to /there,"),
            ("not a URL", ", and"),
            (&long, "x…, and"),
        ] {
            let said = said(307, Some(location.as_bytes())).unwrap();
            assert!(said.starts_with("status 307") && said.contains(expected), "{said}");
            assert!(!said.contains("SQUIRREL") && said.len() < 450, "{said}");
        }
        assert!(said(302, Some(b"\xff\xfe")).unwrap().starts_with("status 302, and no redirect"));
        assert!(said(304, None).unwrap().starts_with("status 304, and no redirect"));
        assert_eq!((said(200, None), said(400, None)), (None, None));
    }

    #[test]
    fn it_names_the_proxy_that_may_have_written_it() {
        let proxy = ThroughProxy::new(&"http://me:SQUIRREL@p:1".parse().unwrap());
        let response = http::Response::builder().status(302).extension(proxy).body(()).unwrap();
        let redirect = Redirect::of(&response.into_parts().0).unwrap().to_string();
        assert!(redirect.starts_with("status 302, through proxy p:1, and no redirect"), "{redirect}");
    }
}
