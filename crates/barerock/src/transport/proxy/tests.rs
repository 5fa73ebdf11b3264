use super::*;

fn rules(variables: &[(&str, &str)]) -> Result<ProxyRules, ProxyError> {
    ProxyRules::from_environment(&variables.iter().copied().collect())
}

fn proxy_for(variables: &[(&str, &str)], uri: &str) -> Option<String> {
    rules(variables).unwrap().proxy_for(&uri.parse().unwrap()).map(ProxyUrl::authority)
}

#[test]
fn by_scheme_and_spelling() {
    let all = [
        ("https_proxy", "http://low:1"),
        ("HTTPS_PROXY", "up:2"),
        ("HTTP_PROXY", "http://plain:3"),
        ("ALL_PROXY", "http://all:4"),
    ];
    assert_eq!(proxy_for(&all, "https://a.example").unwrap(), "up:2");
    assert_eq!(proxy_for(&all[..1], "https://a.example").unwrap(), "low:1");
    assert_eq!(proxy_for(&all, "http://a.example").unwrap(), "plain:3");
    assert_eq!(proxy_for(&all[3..], "http://a.example").unwrap(), "all:4");
    assert_eq!(proxy_for(&[("all_proxy", "x")], "https://a.example").unwrap(), "x:80");
    assert_eq!(proxy_for(&all[..2], "http://a.example"), None);
    assert!(rules(&[]).unwrap().is_empty());
    for blank in ["", " ", "\t\n"] {
        assert!(rules(&[("HTTPS_PROXY", blank)]).unwrap().is_empty(), "{blank:?}");
        let lower = [("HTTPS_PROXY", blank), ("https_proxy", "low:1")];
        assert_eq!(proxy_for(&lower, "https://a.example").unwrap(), "low:1");
    }
}

#[test]
fn a_cgi_program_ignores_http_proxy_alone() {
    let cgi = [("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "a:b"), ("HTTPS_PROXY", "secure:1")];
    assert_eq!(proxy_for(&cgi, "http://a.example"), None);
    assert_eq!(proxy_for(&cgi, "https://a.example").unwrap(), "secure:1");
    let lower = [("REQUEST_METHOD", "GET"), ("http_proxy", "plain:1"), ("ALL_PROXY", "all:1")];
    assert_eq!(proxy_for(&lower, "http://a.example").unwrap(), "all:1");
}

#[test]
fn the_decision_says_why() {
    let with = |no_proxy| [("ALL_PROXY", "http://p:1"), ("NO_PROXY", no_proxy)];
    for (no_proxy, uri, expected) in [
        ("", "https://a.example", "p:1"),
        ("a.example", "https://a.example", "a.example"),
        ("b.example *.amazonaws.com", "https://bedrock-runtime.us-east-1.amazonaws.com", "*.amazonaws.com"),
        ("a.example:443", "https://a.example", "a.example:443"),
        ("a.example:443", "http://a.example", "p:1"),
        ("a.example:80", "http://a.example", "a.example:80"),
        ("a.example:443", "https://a.example:8443", "p:1"),
        ("", "http://127.0.0.1:80", "local"),
        ("", "https://[::1]:443", "local"),
        ("*", "https://localhost", "local"),
        ("", "http://169.254.169.254", "local"),
        ("", "http://[fd00:ec2::254]", "local"),
        ("", "/relative", "none"),
    ] {
        let rules = rules(&with(no_proxy)).unwrap();
        let uri: Uri = uri.parse().unwrap();
        let decided = match rules.decide(&uri) {
            ProxyDecision::NoProxy => "none".to_owned(),
            ProxyDecision::Local => "local".to_owned(),
            ProxyDecision::Exception(entry) => entry.to_owned(),
            ProxyDecision::Proxy(proxy) => proxy.authority(),
        };
        assert_eq!(decided, expected, "{no_proxy} {uri}");
    }
    let upper_first = [("HTTPS_PROXY", "p"), ("no_proxy", "*"), ("NO_PROXY", "b.example")];
    assert!(proxy_for(&upper_first, "https://a.example").is_some());
}

#[test]
fn an_invalid_variable_is_named_if_it_counts() {
    for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        for url in ["http://a:b", "http:/me:SQUIRREL@p", "ftp://me:SQUIRREL@p"] {
            let error = rules(&[(name, url)]).unwrap_err();
            assert!(error.to_string().starts_with(&format!("{name}: ")), "{error}");
            assert!(!format!("{error} {error:?}").contains("SQUIRREL"), "{error:?}");
        }
    }
    // As desktop proxies set them: the third does not count.
    let all = [("HTTPS_PROXY", "p:1"), ("HTTP_PROXY", "p:1"), ("ALL_PROXY", "a:b")];
    assert_eq!(proxy_for(&all, "https://a.example").unwrap(), "p:1");
    assert!(rules(&all[1..]).is_err());
}

#[test]
fn a_transport_refuses_schemes_it_does_not_support() {
    let socks = rules(&[("HTTPS_PROXY", "socks5://me:SQUIRREL@p"), ("HTTP_PROXY", "p")]).unwrap();
    assert_eq!(socks.require_schemes(&[ProxyScheme::Http, ProxyScheme::Socks5]), Ok(()));
    let error = socks.require_schemes(&[ProxyScheme::Http]).unwrap_err().to_string();
    assert_eq!(error, "HTTPS_PROXY: unsupported scheme; expected http://[USER:PASSWORD@]HOST[:PORT]");
    assert!(!format!("{socks:?}").contains("SQUIRREL"), "{socks:?}");
}

#[test]
fn rules_in_code() {
    let proxy = |url: &str| url.parse::<ProxyUrl>().unwrap();
    let rules = ProxyRules::default().https(proxy("secure:1")).no_proxy("a.example");
    assert_eq!(rules.decide(&"http://b.example".parse().unwrap()), ProxyDecision::NoProxy);
    assert_eq!(rules.proxy_for(&"https://b.example".parse().unwrap()), Some(&proxy("secure:1")));
    assert_eq!(rules.proxy_for(&"https://a.example".parse().unwrap()), None);
    assert_eq!(ProxyRules::all(proxy("p")).proxy_for(&"http://a".parse().unwrap()), Some(&proxy("p")));
}
