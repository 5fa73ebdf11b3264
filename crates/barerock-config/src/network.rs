//! The network settings of a transport: the CA bundle and the proxies.

use core::fmt;
use std::path::Path;

use barerock::Endpoint;
use barerock::transport::proxy::{ALL_PROXY, HTTP_PROXY, HTTPS_PROXY, NO_PROXY, REQUEST_METHOD};
use barerock::transport::{ProxyDecision, ProxyError, ProxyRules};

use super::config::Config;
use super::error::ConfigError;
use super::lookup::Search;
use super::source::{Resolved, Skipped, Source};
use crate::providers::Io;

/// The settings of a transport.
#[derive(Debug)]
#[non_exhaustive]
pub struct NetworkSettings {
    /// The certificates to trust in place of the transport's own roots, if set.
    pub ca_bundle: Option<CaBundle>,
    /// The proxies and the requests that use them.
    pub proxies: ProxyRules,
}

/// The contents of a CA bundle. The transport parses them.
pub struct CaBundle {
    path: String,
    source: Source,
    pem: Vec<u8>,
}

impl CaBundle {
    /// The contents of the file, expected to be PEM.
    #[must_use]
    pub fn pem(&self) -> &[u8] {
        &self.pem
    }

    /// The error of a bundle that is invalid.
    #[must_use]
    pub fn invalid(&self, reason: impl fmt::Display) -> ConfigError {
        ConfigError::CaBundle {
            source: self.source.clone(),
            path: self.path.clone(),
            reason: reason.to_string(),
        }
    }
}

impl fmt::Debug for CaBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaBundle")
            .field("path", &self.path)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

impl Config {
    /// Reads the CA bundle ([`ca_bundle`](Self::ca_bundle)) and parses the proxies of the environment.
    ///
    /// # Errors
    /// If the bundle cannot be read or a proxy's URL is invalid.
    ///
    /// Cancel safety: dropping the future has no effect.
    pub async fn network_settings(&self, io: &dyn Io) -> Result<NetworkSettings, ConfigError> {
        let Resolved { value, source, .. } = self.ca_bundle();
        let ca_bundle = match value {
            None => None,
            Some(path) => {
                let read = io.read_file(Path::new(&path)).await;
                let mut bundle = CaBundle { path, source, pem: Vec::new() };
                bundle.pem = match read {
                    Ok(Some(pem)) => pem,
                    Ok(None) => return Err(bundle.invalid("no such file")),
                    Err(error) => return Err(bundle.invalid(error)),
                };
                Some(bundle)
            }
        };
        Ok(NetworkSettings { ca_bundle, proxies: ProxyRules::from_environment(&self.environment)? })
    }
}

impl Config {
    /// The proxy for an endpoint by the [`ProxyRules`] of the environment, with user name and password redacted.
    ///
    /// # Errors
    /// As [`ProxyRules::from_environment`].
    pub fn proxy(&self, endpoint: &Endpoint) -> Result<Resolved<Option<String>>, ProxyError> {
        let environment = &self.environment;
        let rules = ProxyRules::from_environment(environment)?;
        let is_cgi = environment.get(REQUEST_METHOD).is_some();
        let cgi = is_cgi.then(|| format!("ignored because {REQUEST_METHOD} is set, as for CGI programs"));
        let search = match endpoint.is_https() {
            true => Search::default().variables(environment, &HTTPS_PROXY, None),
            false => Search::default().variables(environment, &HTTP_PROXY, cgi.as_deref()),
        };
        let mut proxy = search.variables(environment, &ALL_PROXY, None).end();
        let (value, unused) = match rules.decide(&endpoint.as_str().parse().unwrap_or_default()) {
            ProxyDecision::Proxy(proxy) => (Some(proxy.to_string()), None),
            ProxyDecision::Local => {
                (None, Some((Source::Default, "set, but this machine is reached without a proxy".to_owned())))
            }
            ProxyDecision::Exception(entry) => {
                let name = environment.first(&NO_PROXY).map_or(NO_PROXY[0], |(name, _)| name);
                (None, Some((Source::Variable(name), format!("set, but {name} names {entry}"))))
            }
            _ => (None, None),
        };
        if let Some((source, reason)) = unused {
            let location = core::mem::replace(&mut proxy.source, source);
            proxy.skipped.push(Skipped::new(location.to_string(), reason));
        }
        proxy.value = value;
        Ok(proxy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Profiles, Reason};

    fn proxy(variables: &[(&str, &str)], url: &str) -> (Option<String>, String, Vec<Skipped>) {
        let environment = variables.iter().copied().collect();
        let config = Config::loader().environment(environment).resolve(Profiles::default()).unwrap();
        let proxy = config.proxy(&Endpoint::custom(url).unwrap()).unwrap();
        (proxy.value, proxy.source.to_string(), proxy.skipped)
    }

    #[test]
    fn by_scheme_and_spelling() {
        let all = [
            ("https_proxy", "http://low:1"),
            ("HTTPS_PROXY", "http://me:secret@up:1"),
            ("HTTP_PROXY", "http://plain:1"),
            ("ALL_PROXY", "http://all:1"),
        ];
        let (value, source, skipped) = proxy(&all, "https://a.example");
        assert_eq!(value.as_deref(), Some("http://**redacted**@up:1"));
        assert_eq!(source, "HTTPS_PROXY");
        assert_eq!(
            skipped,
            [
                Skipped::new("https_proxy", Reason::After(Source::Variable("HTTPS_PROXY"))),
                Skipped::new("ALL_PROXY", Reason::After(Source::Variable("HTTPS_PROXY")))
            ]
        );
        assert_eq!(proxy(&all, "http://a.example").0.as_deref(), Some("http://plain:1"));
        assert_eq!(proxy(&all[3..], "http://a.example").0.as_deref(), Some("http://all:1"));
        assert_eq!(proxy(&[], "http://a.example").1, "default");
        let cgi = [all[2], ("REQUEST_METHOD", "GET")];
        assert_eq!(proxy(&cgi, "http://a.example").0, None);
    }

    #[test]
    fn an_exception_is_named() {
        for (list, url, is_exempt) in [
            ("b.example, *.A.example", "https://a.example", true),
            ("10.0.0.0/8", "https://10.1.2.3:80", true),
            ("a.example:443", "https://a.example", true),
            ("a.example:80", "https://a.example", false),
        ] {
            let (value, source, _) = proxy(&[("HTTPS_PROXY", "p:1"), ("NO_PROXY", list)], url);
            assert_eq!((value.is_none(), source == "NO_PROXY"), (is_exempt, is_exempt), "{list} {url}");
        }
        let (value, source, skipped) = proxy(&[("HTTPS_PROXY", "p:1")], "https://localhost:1");
        assert_eq!((value, &*source, skipped.len()), (None, "default", 1));
    }

    #[test]
    fn an_invalid_url_is_an_error_that_names_the_variable() {
        let environment = [("HTTPS_PROXY", "http://me:SQUIRREL@a:b")].into_iter().collect();
        let config = Config::loader().environment(environment).resolve(Profiles::default()).unwrap();
        let error = config.proxy(&Endpoint::custom("https://a.example").unwrap()).unwrap_err();
        assert_eq!(error.name(), "HTTPS_PROXY");
    }

    #[tokio::test]
    async fn the_bundle_is_read_and_its_errors_name_what_sets_it() {
        let io = crate::providers::SystemIo::without_http();
        let settings = async |variables: &[(&str, &str)]| {
            let environment = variables.iter().copied().collect();
            let config = Config::loader().environment(environment).resolve(Profiles::default()).unwrap();
            config.network_settings(&io).await
        };
        let none = settings(&[("HTTPS_PROXY", "http://p:1")]).await.unwrap();
        assert!(none.ca_bundle.is_none() && !none.proxies.is_empty());
        let here = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let bundle = settings(&[("AWS_CA_BUNDLE", here)]).await.unwrap().ca_bundle.unwrap();
        assert!(bundle.pem().starts_with(b"[package]"));
        let invalid = bundle.invalid("no certificate").to_string();
        assert_eq!(invalid, format!("AWS_CA_BUNDLE: {here}: no certificate"));
        for (variables, text) in [
            (("AWS_CA_BUNDLE", "/nowhere/ca.pem"), "AWS_CA_BUNDLE: /nowhere/ca.pem: no such file"),
            (("HTTPS_PROXY", "http://a:b"), "HTTPS_PROXY"),
        ] {
            let error = settings(&[variables]).await.unwrap_err().to_string();
            assert!(error.starts_with(text), "{error}");
        }
    }
}
