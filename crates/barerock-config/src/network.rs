//! Which proxy the environment has for an endpoint.

use barerock::Endpoint;

use super::config::Config;
use super::lookup::Search;
use super::source::{PassedOver, Resolved, Source};
use barerock::transport::proxy::{ALL_PROXY, HTTP_PROXY, HTTPS_PROXY, NO_PROXY, REQUEST_METHOD};
use barerock::transport::{ProxyDecision, ProxyError, ProxyRules};

impl Config {
    /// The proxy for an endpoint by the [`ProxyRules`] of the environment, user name and password redacted.
    ///
    /// # Errors
    /// As [`ProxyRules::from_environment`]'s.
    pub fn proxy(&self, endpoint: &Endpoint) -> Result<Resolved<Option<String>>, ProxyError> {
        let environment = &self.environment;
        let rules = ProxyRules::from_environment(environment)?;
        let is_cgi = environment.get(REQUEST_METHOD).is_some();
        let cgi = is_cgi.then(|| format!("ignored, for {REQUEST_METHOD} is set: a CGI program"));
        let search = match endpoint.is_https() {
            true => Search::default().variables(environment, &HTTPS_PROXY, None),
            false => Search::default().variables(environment, &HTTP_PROXY, cgi.as_deref()),
        };
        let mut proxy = search.variables(environment, &ALL_PROXY, None).end();
        let (value, unused) = match rules.decide(&endpoint.as_str().parse().unwrap_or_default()) {
            ProxyDecision::Proxy(proxy) => (Some(proxy.to_string()), None),
            ProxyDecision::Local => {
                (None, Some((Source::Default, "set, but this machine is asked directly".to_owned())))
            }
            ProxyDecision::Exception(entry) => {
                let name = environment.first(&NO_PROXY).map_or(NO_PROXY[0], |(name, _)| name);
                (None, Some((Source::Variable(name), format!("set, but {name} names {entry}"))))
            }
            _ => (None, None),
        };
        if let Some((source, why)) = unused {
            let place = core::mem::replace(&mut proxy.source, source);
            proxy.passed_over.push(PassedOver::new(place.to_string(), why));
        }
        proxy.value = value;
        Ok(proxy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Profiles, Why};

    fn proxy(variables: &[(&str, &str)], url: &str) -> (Option<String>, String, Vec<PassedOver>) {
        let environment = variables.iter().copied().collect();
        let config = Config::loader().environment(environment).resolve(Profiles::default()).unwrap();
        let proxy = config.proxy(&Endpoint::custom(url).unwrap()).unwrap();
        (proxy.value, proxy.source.to_string(), proxy.passed_over)
    }

    #[test]
    fn by_scheme_and_spelling() {
        let all = [
            ("https_proxy", "http://low:1"),
            ("HTTPS_PROXY", "http://me:secret@up:1"),
            ("HTTP_PROXY", "http://plain:1"),
            ("ALL_PROXY", "http://all:1"),
        ];
        let (value, source, passed_over) = proxy(&all, "https://a.example");
        assert_eq!(value.as_deref(), Some("http://**redacted**@up:1"));
        assert_eq!(source, "HTTPS_PROXY");
        assert_eq!(
            passed_over,
            [
                PassedOver::new("https_proxy", Why::After(Source::Variable("HTTPS_PROXY"))),
                PassedOver::new("ALL_PROXY", Why::After(Source::Variable("HTTPS_PROXY")))
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
        let (value, source, passed_over) = proxy(&[("HTTPS_PROXY", "p:1")], "https://localhost:1");
        assert_eq!((value, &*source, passed_over.len()), (None, "default", 1));
    }

    #[test]
    fn an_invalid_url_is_an_error_that_names_the_variable() {
        let environment = [("HTTPS_PROXY", "http://me:SQUIRREL@a:b")].into_iter().collect();
        let config = Config::loader().environment(environment).resolve(Profiles::default()).unwrap();
        let error = config.proxy(&Endpoint::custom("https://a.example").unwrap()).unwrap_err();
        assert_eq!(error.name(), "HTTPS_PROXY");
    }
}
