//! The URL of one proxy.

use core::fmt;
use core::net::Ipv6Addr;
use core::str::FromStr;

use barerock_sigv4::REDACTED;
use base64ct::{Base64, Encoding as _};
use http::{HeaderValue, Uri};

use super::error::{ProxyError, ProxyErrorReason};
use crate::percent::percent_decode;

/// The protocol that is spoken to a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProxyScheme {
    /// HTTP without TLS: `http://`, or no scheme. The default port is 80.
    Http,
    /// HTTP over TLS: `https://`. The default port is 443.
    Https,
    /// SOCKS 4, names resolved locally: `socks4://`. The default port of every SOCKS scheme is 1080.
    Socks4,
    /// SOCKS 4a, names resolved by the proxy: `socks4a://`.
    Socks4a,
    /// SOCKS 5, names resolved locally: `socks5://`.
    Socks5,
    /// SOCKS 5, names resolved by the proxy: `socks5h://`.
    Socks5h,
}

impl ProxyScheme {
    const ALL: [Self; 6] =
        [Self::Http, Self::Https, Self::Socks4, Self::Socks4a, Self::Socks5, Self::Socks5h];

    /// The scheme as it is written in a URL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Socks4 => "socks4",
            Self::Socks4a => "socks4a",
            Self::Socks5 => "socks5",
            Self::Socks5h => "socks5h",
        }
    }

    /// The port of a URL that names none.
    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
            Self::Socks4 | Self::Socks4a | Self::Socks5 | Self::Socks5h => 1080,
        }
    }
}

/// The URL of a proxy: `http://[USER:PASSWORD@]HOST[:PORT]`.
///
/// The scheme may be missing, as curl and botocore accept it, and is then `http`. User name and password may be
/// percent-encoded. A trailing path is ignored. `Display` and `Debug` replace user name and password by `**redacted**`.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl {
    scheme: ProxyScheme,
    /// An IPv6 address in its brackets.
    host: Box<str>,
    port: Option<u16>,
    user: Option<User>,
}

/// User name and password, percent-decoded.
#[derive(Clone, PartialEq, Eq)]
struct User {
    name: Vec<u8>,
    password: Vec<u8>,
}

impl ProxyUrl {
    /// The protocol that is spoken to the proxy.
    #[must_use]
    pub fn scheme(&self) -> ProxyScheme {
        self.scheme
    }

    /// The host: a name, an IPv4 address, or an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, or the scheme's default.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or_else(|| self.scheme.default_port())
    }

    /// `HOST:PORT`, as errors name the proxy.
    #[must_use]
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port())
    }

    /// User name and password, percent-decoded.
    #[must_use]
    pub fn user(&self) -> Option<(&[u8], &[u8])> {
        self.user.as_ref().map(|user| (&*user.name, &*user.password))
    }

    /// The value of `Proxy-Authorization` (RFC 7617), marked sensitive; `None` without a user name.
    #[must_use]
    pub fn basic_auth(&self) -> Option<HeaderValue> {
        let user = self.user.as_ref()?;
        let pair = [&*user.name, b":", &*user.password].concat();
        let mut value =
            HeaderValue::from_maybe_shared(format!("Basic {}", Base64::encode_string(&pair))).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// The URL with user name and password, both percent-encoded: for HTTP stacks that take a proxy as a URL. It must not
    /// be shown.
    #[must_use]
    pub fn with_password(&self) -> String {
        let Some(user) = &self.user else { return self.to_string() };
        let mut url = format!("{}://", self.scheme.as_str());
        encode(&user.name, &mut url);
        url.push(':');
        encode(&user.password, &mut url);
        url.push('@');
        url.push_str(&self.authority());
        url
    }
}

/// Percent-encodes all but unreserved characters (RFC 3986, section 2.3).
fn encode(bytes: &[u8], into: &mut String) {
    for byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                into.push(char::from(*byte))
            }
            byte => into.push_str(&format!("%{byte:02X}")),
        }
    }
}

impl FromStr for ProxyUrl {
    type Err = ProxyError;

    fn from_str(url: &str) -> Result<Self, ProxyError> {
        parse(url.trim_ascii()).map_err(|reason| ProxyError::new("proxy URL", reason))
    }
}

fn parse(url: &str) -> Result<ProxyUrl, ProxyErrorReason> {
    let (scheme, rest) = match url.split_once("://") {
        Some((name, rest)) => {
            let known = ProxyScheme::ALL.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(name));
            (known.ok_or(ProxyErrorReason::Scheme)?, rest)
        }
        None => (ProxyScheme::Http, url),
    };
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    // `http:/user:password@host`, or a password with a character that must be percent-encoded.
    if path.contains('@') {
        return Err(ProxyErrorReason::Path);
    }
    let (user, address) = match authority.rsplit_once('@') {
        Some((user, address)) => (Some(user), address),
        None => (None, authority),
    };
    let (host, port) = host_and_port(address)?;
    Ok(ProxyUrl {
        scheme,
        host: host.into(),
        port,
        user: user.filter(|user| !user.is_empty()).map(User::new),
    })
}

impl User {
    fn new(text: &str) -> Self {
        let (name, password) = text.split_once(':').unwrap_or((text, ""));
        Self { name: percent_decode(name), password: percent_decode(password) }
    }
}

fn host_and_port(address: &str) -> Result<(&str, Option<u16>), ProxyErrorReason> {
    let end = match address.strip_prefix('[') {
        Some(rest) => rest.find(']').map(|end| end + 2).ok_or(ProxyErrorReason::Host)?,
        None => address.find(':').unwrap_or(address.len()),
    };
    let (host, port) = address.split_at(end);
    if host.is_empty() {
        return Err(ProxyErrorReason::MissingHost);
    }
    let is_valid = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => {
            host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
                && host.parse::<Uri>().is_ok()
        }
    };
    if !is_valid {
        return Err(ProxyErrorReason::Host);
    }
    match port.strip_prefix(':') {
        None if port.is_empty() => Ok((host, None)),
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => match digits.parse() {
            Ok(port) if port > 0 => Ok((host, Some(port))),
            _ => Err(ProxyErrorReason::Port),
        },
        _ => Err(ProxyErrorReason::Port),
    }
}

impl fmt::Display for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.scheme.as_str())?;
        if self.user.is_some() {
            write!(f, "{REDACTED}@")?;
        }
        f.write_str(&self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProxyUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_a_url() {
        for (url, shown, authority) in [
            ("http://p:3128", "http://p:3128", "p:3128"),
            ("http://p", "http://p", "p:80"),
            ("HTTP://p/", "http://p", "p:80"),
            (" p:3128\n", "http://p:3128", "p:3128"),
            ("p", "http://p", "p:80"),
            ("https://p", "https://p", "p:443"),
            ("socks5h://p", "socks5h://p", "p:1080"),
            ("http://10.0.0.1:1/proxy.pac", "http://10.0.0.1:1", "10.0.0.1:1"),
            ("http://[::1]:1", "http://[::1]:1", "[::1]:1"),
            ("[fd00::1]", "http://[fd00::1]", "[fd00::1]:80"),
            ("http://me:SQUIRREL@p:1", "http://**redacted**@p:1", "p:1"),
            ("me:SQUIRREL@p", "http://**redacted**@p", "p:80"),
            ("http://@p:1", "http://p:1", "p:1"),
        ] {
            let proxy: ProxyUrl = url.parse().unwrap_or_else(|error| panic!("{url}: {error}"));
            assert_eq!((&*proxy.to_string(), &*proxy.authority()), (shown, authority), "{url}");
            assert!(!format!("{proxy:?}").contains("SQUIRREL"), "{proxy:?}");
        }
    }

    #[test]
    fn an_invalid_url_is_refused_and_not_shown() {
        for (url, reason) in [
            ("http://a:b", "invalid port"),
            ("a:b", "invalid port"),
            ("http://p:", "invalid port"),
            ("http://p:0", "invalid port"),
            ("http://p:+1", "invalid port"),
            ("http://p:65536", "invalid port"),
            ("http://me:SQUIRREL@p:port", "invalid port"),
            ("http://[::1]x", "invalid port"),
            ("::1", "missing host"),
            ("", "missing host"),
            ("http://", "missing host"),
            ("http://:3128", "missing host"),
            ("http://me:SQUIRREL@", "missing host"),
            ("http://me:SQUIRREL p", "invalid port"),
            ("http://p q", "invalid host"),
            ("http://[::1", "invalid host"),
            ("http://[p]:1", "invalid host"),
            ("http://bücher.example", "invalid host"),
            ("ftp://me:SQUIRREL@p", "unsupported scheme"),
            ("me:SQUIRREL://p", "unsupported scheme"),
            ("http:/me:SQUIRREL@p", "unexpected path"),
            ("http:\\me:SQUIRREL@p", "unexpected path"),
            ("/me:SQUIRREL@p", "unexpected path"),
            ("http://me:SQUI/RREL@p", "unexpected path"),
            ("http:/p:3128", "invalid port"),
        ] {
            let error = url.parse::<ProxyUrl>().unwrap_err();
            let expected = format!("proxy URL: {reason}; expected http://[USER:PASSWORD@]HOST[:PORT]");
            assert_eq!(error.to_string(), expected, "{url}");
            assert!(!format!("{error:?}").contains("SQUI"), "{error:?}");
        }
    }

    #[test]
    fn user_name_and_password() {
        for (url, name, password, basic, encoded) in [
            ("http://me:SQUIRREL@p:1", "me", "SQUIRREL", "bWU6U1FVSVJSRUw=", "http://me:SQUIRREL@p:1"),
            ("http://me@p:1", "me", "", "bWU6", "http://me:@p:1"),
            ("http://me:a%20b@p:1", "me", "a b", "bWU6YSBi", "http://me:a%20b@p:1"),
            ("http://me:a@b:c%@p:1", "me", "a@b:c%", "bWU6YUBiOmMl", "http://me:a%40b%3Ac%25@p:1"),
        ] {
            let proxy: ProxyUrl = url.parse().unwrap();
            assert_eq!(proxy.user(), Some((name.as_bytes(), password.as_bytes())));
            let header = proxy.basic_auth().unwrap();
            assert_eq!(header, format!("Basic {basic}"));
            assert!(header.is_sensitive());
            assert_eq!(proxy.with_password(), encoded);
            assert_eq!(encoded.parse::<ProxyUrl>().unwrap(), proxy);
        }
        let none: ProxyUrl = "p:1".parse().unwrap();
        assert_eq!((none.user(), none.basic_auth(), &*none.with_password()), (None, None, "http://p:1"));
    }
}
