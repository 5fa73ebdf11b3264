use super::*;

#[test]
fn region_gives_partition() {
    for (region, url) in [
        ("us-east-1", "https://bedrock-runtime.us-east-1.amazonaws.com"),
        ("us-gov-west-1", "https://bedrock-runtime.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "https://bedrock-runtime.cn-north-1.amazonaws.com.cn"),
        ("eusc-de-east-1", "https://bedrock-runtime.eusc-de-east-1.amazonaws.eu"),
        ("us-iso-east-1", "https://bedrock-runtime.us-iso-east-1.c2s.ic.gov"),
        ("us-isob-east-1", "https://bedrock-runtime.us-isob-east-1.sc2s.sgov.gov"),
        ("eu-isoe-west-1", "https://bedrock-runtime.eu-isoe-west-1.cloud.adc-e.uk"),
        ("us-isof-south-1", "https://bedrock-runtime.us-isof-south-1.csp.hci.ic.gov"),
        ("cn-nowhere", "https://bedrock-runtime.cn-nowhere.amazonaws.com"),
        ("moon-base-1", "https://bedrock-runtime.moon-base-1.amazonaws.com"),
    ] {
        assert_eq!(Endpoint::for_region(region).unwrap().as_str(), url);
    }
    for region in ["", "us east", "us-east-1/x", "evil.example#", "-us"] {
        assert!(Endpoint::for_region(region).is_err(), "{region:?}");
    }
    let error = Endpoint::for_region("").unwrap_err();
    assert_eq!(error.to_string(), "Invalid Configuration: Missing Region");
}

#[test]
fn custom_urls() {
    let endpoint = Endpoint::custom("http://127.0.0.1:8080/gateway/").unwrap();
    assert_eq!(endpoint.as_str(), "http://127.0.0.1:8080/gateway");
    assert!(endpoint.is_loopback() && !endpoint.is_https());
    for (url, host) in [
        ("http://127.0.0.1:8080/a:b", "127.0.0.1"),
        ("https://example.com", "example.com"),
        ("https://[::1]", "[::1]"),
        ("https://[::1]:80/x", "[::1]"),
        ("HTTPS://EXAMPLE.com:/", "EXAMPLE.com"),
    ] {
        assert_eq!(Endpoint::custom(url).unwrap().host(), host);
    }
    assert!(Endpoint::custom("http://[::1]:80").unwrap().is_loopback());
    for host in ["127.0.0.1", "127.255.0.9", "localhost", "LocalHost"] {
        assert!(Endpoint::custom(&format!("http://{host}:1/x")).unwrap().is_loopback(), "{host}");
    }
    for host in [
        "localhost.example",
        "127.0.0.1.example",
        "127.0.0.256",
        "127.0.0",
        "127.0.0.1.2",
        "128.0.0.1",
        "127.0.0.+1",
        "127...1",
    ] {
        assert!(!Endpoint::custom(&format!("http://{host}")).unwrap().is_loopback(), "{host}");
    }
    for (url, why) in [
        ("localhost:8080", "missing scheme"),
        ("ftp://host", "neither http nor https"),
        ("http://host?x=1", "a query"),
        ("http://host/#a", "fragment"),
        ("not a url", "invalid character"),
        ("http://host/{x}", "invalid character"),
        ("http://", "missing host"),
        ("http:///x", "missing host"),
        ("http://:80", "missing host"),
        ("http://[::1", "invalid host"),
        ("http://::1", "invalid host"),
        ("http://[evil]/", "invalid host"),
        ("http://host:65536", "invalid port"),
        ("http://host:+80", "invalid port"),
        ("http://host:x", "invalid port"),
    ] {
        let error = Endpoint::custom(url).unwrap_err().to_string();
        assert!(error.contains(why), "{url}: {error}");
    }
    for url in [
        "http://me:secret@host/",
        "me:secret@host",
        "//me:secret@host",
        "ftp://me:secret@host",
        "https://host/?key=secret",
        "https://host/#secret",
    ] {
        let error = Endpoint::custom(url).unwrap_err();
        assert!(!error.to_string().contains("secret") && !format!("{error:?}").contains("secret"), "{url}");
    }
}

/// Endpoints by botocore 1.44.5's endpoint rule set: plain, dual stack, FIPS, both.
const RUNTIME: [(&str, [&str; 4]); 8] = [
    (
        "us-east-1",
        [
            "https://bedrock-runtime.us-east-1.amazonaws.com",
            "https://bedrock-runtime.us-east-1.api.aws",
            "https://bedrock-runtime-fips.us-east-1.amazonaws.com",
            "https://bedrock-runtime-fips.us-east-1.api.aws",
        ],
    ),
    (
        "cn-north-1",
        [
            "https://bedrock-runtime.cn-north-1.amazonaws.com.cn",
            "https://bedrock-runtime.cn-north-1.api.amazonwebservices.com.cn",
            "https://bedrock-runtime-fips.cn-north-1.amazonaws.com.cn",
            "https://bedrock-runtime-fips.cn-north-1.api.amazonwebservices.com.cn",
        ],
    ),
    (
        "eusc-de-east-1",
        [
            "https://bedrock-runtime.eusc-de-east-1.amazonaws.eu",
            "https://bedrock-runtime.eusc-de-east-1.api.amazonwebservices.eu",
            "https://bedrock-runtime-fips.eusc-de-east-1.amazonaws.eu",
            "https://bedrock-runtime-fips.eusc-de-east-1.api.amazonwebservices.eu",
        ],
    ),
    (
        "us-iso-east-1",
        [
            "https://bedrock-runtime.us-iso-east-1.c2s.ic.gov",
            "https://bedrock-runtime.us-iso-east-1.api.aws.ic.gov",
            "https://bedrock-runtime-fips.us-iso-east-1.c2s.ic.gov",
            "https://bedrock-runtime-fips.us-iso-east-1.api.aws.ic.gov",
        ],
    ),
    (
        "us-isob-east-1",
        [
            "https://bedrock-runtime.us-isob-east-1.sc2s.sgov.gov",
            "https://bedrock-runtime.us-isob-east-1.api.aws.scloud",
            "https://bedrock-runtime-fips.us-isob-east-1.sc2s.sgov.gov",
            "https://bedrock-runtime-fips.us-isob-east-1.api.aws.scloud",
        ],
    ),
    (
        "eu-isoe-west-1",
        [
            "https://bedrock-runtime.eu-isoe-west-1.cloud.adc-e.uk",
            "https://bedrock-runtime.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
            "https://bedrock-runtime-fips.eu-isoe-west-1.cloud.adc-e.uk",
            "https://bedrock-runtime-fips.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
        ],
    ),
    (
        "us-isof-south-1",
        [
            "https://bedrock-runtime.us-isof-south-1.csp.hci.ic.gov",
            "https://bedrock-runtime.us-isof-south-1.api.aws.hci.ic.gov",
            "https://bedrock-runtime-fips.us-isof-south-1.csp.hci.ic.gov",
            "https://bedrock-runtime-fips.us-isof-south-1.api.aws.hci.ic.gov",
        ],
    ),
    (
        "us-gov-west-1",
        [
            "https://bedrock-runtime.us-gov-west-1.amazonaws.com",
            "https://bedrock-runtime.us-gov-west-1.api.aws",
            "https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com",
            "https://bedrock-runtime-fips.us-gov-west-1.api.aws",
        ],
    ),
];

const CREDENTIALS: [(EndpointService, &str, [&str; 4]); 13] = [
    (
        EndpointService::Sts,
        "us-east-1",
        [
            "https://sts.us-east-1.amazonaws.com",
            "https://sts.us-east-1.api.aws",
            "https://sts-fips.us-east-1.amazonaws.com",
            "https://sts-fips.us-east-1.api.aws",
        ],
    ),
    (
        EndpointService::Sts,
        "cn-north-1",
        [
            "https://sts.cn-north-1.amazonaws.com.cn",
            "https://sts.cn-north-1.api.amazonwebservices.com.cn",
            "https://sts-fips.cn-north-1.amazonaws.com.cn",
            "https://sts-fips.cn-north-1.api.amazonwebservices.com.cn",
        ],
    ),
    (
        EndpointService::Sts,
        "us-gov-west-1",
        [
            "https://sts.us-gov-west-1.amazonaws.com",
            "https://sts.us-gov-west-1.api.aws",
            "https://sts.us-gov-west-1.amazonaws.com",
            "https://sts-fips.us-gov-west-1.api.aws",
        ],
    ),
    (
        EndpointService::Sso,
        "us-east-1",
        [
            "https://portal.sso.us-east-1.amazonaws.com",
            "https://portal.sso.us-east-1.api.aws",
            "https://portal.sso-fips.us-east-1.amazonaws.com",
            "https://portal.sso-fips.us-east-1.api.aws",
        ],
    ),
    (
        EndpointService::Sso,
        "cn-north-1",
        [
            "https://portal.sso.cn-north-1.amazonaws.com.cn",
            "https://portal.sso.cn-north-1.api.amazonwebservices.com.cn",
            "https://portal.sso-fips.cn-north-1.amazonaws.com.cn",
            "https://portal.sso-fips.cn-north-1.api.amazonwebservices.com.cn",
        ],
    ),
    (
        EndpointService::Sso,
        "us-gov-west-1",
        [
            "https://portal.sso.us-gov-west-1.amazonaws.com",
            "https://portal.sso.us-gov-west-1.api.aws",
            "https://portal.sso.us-gov-west-1.amazonaws.com",
            "https://portal.sso-fips.us-gov-west-1.api.aws",
        ],
    ),
    (
        EndpointService::SsoOidc,
        "us-east-1",
        [
            "https://oidc.us-east-1.amazonaws.com",
            "https://oidc.us-east-1.api.aws",
            "https://oidc-fips.us-east-1.amazonaws.com",
            "https://oidc-fips.us-east-1.api.aws",
        ],
    ),
    (
        EndpointService::SsoOidc,
        "cn-north-1",
        [
            "https://oidc.cn-north-1.amazonaws.com.cn",
            "https://oidc.cn-north-1.api.amazonwebservices.com.cn",
            "https://oidc-fips.cn-north-1.amazonaws.com.cn",
            "https://oidc-fips.cn-north-1.api.amazonwebservices.com.cn",
        ],
    ),
    (
        EndpointService::SsoOidc,
        "us-gov-west-1",
        [
            "https://oidc.us-gov-west-1.amazonaws.com",
            "https://oidc.us-gov-west-1.api.aws",
            "https://oidc.us-gov-west-1.amazonaws.com",
            "https://oidc-fips.us-gov-west-1.api.aws",
        ],
    ),
    (
        EndpointService::Signin,
        "us-east-1",
        [
            "https://us-east-1.signin.aws.amazon.com",
            "https://signin.us-east-1.api.aws",
            "https://signin-fips.us-east-1.amazonaws.com",
            "https://signin-fips.us-east-1.api.aws",
        ],
    ),
    (
        EndpointService::Signin,
        "cn-north-1",
        [
            "https://cn-north-1.signin.amazonaws.cn",
            "https://signin.cn-north-1.api.amazonwebservices.com.cn",
            "https://signin-fips.cn-north-1.amazonaws.com.cn",
            "https://signin-fips.cn-north-1.api.amazonwebservices.com.cn",
        ],
    ),
    (
        EndpointService::Signin,
        "us-gov-west-1",
        [
            "https://us-gov-west-1.signin.amazonaws-us-gov.com",
            "https://signin.us-gov-west-1.api.aws",
            "https://signin-fips.us-gov-west-1.amazonaws.com",
            "https://signin-fips.us-gov-west-1.api.aws",
        ],
    ),
    (
        EndpointService::Signin,
        "eusc-de-east-1",
        [
            "https://signin.eusc-de-east-1.amazonaws.eu",
            "https://signin.eusc-de-east-1.api.amazonwebservices.eu",
            "https://signin-fips.eusc-de-east-1.amazonaws.eu",
            "https://signin-fips.eusc-de-east-1.api.amazonwebservices.eu",
        ],
    ),
];

fn variants(builder: EndpointBuilder<'_>) -> [String; 4] {
    [(false, false), (false, true), (true, false), (true, true)].map(|(fips, dual_stack)| {
        builder.fips(fips).dual_stack(dual_stack).build().unwrap().as_str().to_owned()
    })
}

#[test]
fn every_partition_with_fips_and_dual_stack() {
    for (region, urls) in RUNTIME {
        assert_eq!(variants(Endpoint::builder().region(region)), urls);
    }
    for (service, region, urls) in CREDENTIALS {
        assert_eq!(variants(Endpoint::builder().service(service).region(region)), urls);
    }
}

#[test]
fn a_url_goes_with_neither_fips_nor_dual_stack() {
    let own = Endpoint::builder().url("https://example.com").region("us-east-1");
    assert_eq!(own.build().unwrap().as_str(), "https://example.com");
    for (builder, words) in [
        (own.fips(true), "Invalid Configuration: FIPS and custom endpoint are not supported"),
        (
            own.fips(true).dual_stack(true),
            "Invalid Configuration: FIPS and custom endpoint are not supported",
        ),
        (own.dual_stack(true), "Invalid Configuration: Dualstack and custom endpoint are not supported"),
        (Endpoint::builder().fips(true), "Invalid Configuration: Missing Region"),
    ] {
        assert_eq!(builder.build().unwrap_err().to_string(), words);
    }
}
