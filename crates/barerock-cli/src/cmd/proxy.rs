//! `barerock proxy`: an endpoint that passes requests on and records them.

mod body;
mod upstream;

use std::io::Write as _;
use std::sync::Arc;

use barerock::ProvideCredentials;
use barerock::converse::Endpoint;
use barerock_config::providers::SystemIo;
use barerock_config::{AuthScheme, Config};
use barerock_hyper::HyperTransport;
use barerock_replay::{Fixtures, MatchMode, ReplayServer};
use barerock_sigv4::Signer;

use self::upstream::{Authentication, Upstream};
use super::replay::{end_requested, fixtures, log};
use crate::args::Proxy;
use crate::exit::Failure;
use crate::{network, offline};

/// The service that requests are signed for.
const SERVICE: &str = "bedrock";

pub(crate) async fn run(arguments: Proxy) -> Result<(), Failure> {
    let recorder = arguments.record.recorder()?.map(Arc::new);
    let mut offline = None;
    let (transport, endpoint, authentication, whose) = if arguments.offline {
        let server = serve_fixtures(fixtures(&arguments.fixtures)?).await?;
        let endpoint = Endpoint::custom(&server.url()).map_err(Failure::input)?;
        offline = Some(server);
        let credentials = offline::credentials();
        let authentication = signature(Arc::new(credentials), offline::REGION)?;
        let whose = "example credentials; no model is called".to_owned();
        (network::plain(arguments.connect_timeout()), endpoint, authentication, whose)
    } else {
        connect(&arguments).await?
    };
    let target = endpoint.as_str().to_owned();
    let path = arguments.record.record.clone();
    let limit = arguments.read_timeout();
    let upstream = Upstream::new(transport, endpoint, authentication, limit, recorder.clone(), path.clone());
    let mut server = ReplayServer::builder().forward(upstream).on_request(log(arguments.log)?);
    if arguments.allow_other_machines {
        server = server.allow_other_machines();
    }
    let server = server.bind(&arguments.listen).await.map_err(|error| Failure::usage(error.to_string()))?;
    // The first line is a contract: callers read the port from it.
    let mut out = std::io::stdout();
    writeln!(out, "listening on {}", server.url())
        .and_then(|()| out.flush())
        .map_err(Failure::standard_output)?;
    tell!("forwarding requests to {target}, signed again with {whose}");
    tell!("credentials of callers are dropped; none is stored or recorded; Ctrl-C ends");
    end_requested().await.map_err(|error| Failure::io("Ctrl-C cannot be waited for", error))?;
    server.shutdown().await;
    drop(offline);
    if let (Some(recorder), Some(path)) = (recorder, path) {
        crate::record::report(&path, recorder.finish());
    }
    Ok(())
}

/// The Bedrock of `--offline`.
async fn serve_fixtures(fixtures: Fixtures) -> Result<ReplayServer, Failure> {
    let server = ReplayServer::builder().fixtures(fixtures).match_mode(MatchMode::Any);
    server.bind("127.0.0.1:0").await.map_err(Failure::other)
}

/// The endpoint of the options, environment and profile, and how requests to it are authenticated.
async fn connect(arguments: &Proxy) -> Result<(HyperTransport, Endpoint, Authentication, String), Failure> {
    let limit = arguments.connect_timeout();
    let io = SystemIo::new(Arc::new(network::plain(limit)));
    let config = arguments.target.loader().load(Arc::new(io)).await?;
    let endpoint = config.endpoint()?.value;
    let is_allowed = |host: &String| host.eq_ignore_ascii_case(endpoint.host());
    if !endpoint.is_https() && !endpoint.is_loopback() && !arguments.allow_plaintext_to.iter().any(is_allowed)
    {
        return Err(Failure::usage(format!(
            "refusing to send credentials to {} over plain HTTP",
            endpoint.as_str()
        ))
        .with_hint(Some("Use https, or allow this host with --allow-plaintext-to.")));
    }
    let transport = network::transport(&config, limit).await?;
    let (authentication, whose) = authentication(&config, &transport).await?;
    Ok((transport, endpoint, authentication, whose))
}

/// How the configuration authenticates, and whose credentials these are. They are fetched once now, so that a caller is not
/// the first to hear that there are none.
async fn authentication(
    config: &Config,
    transport: &HyperTransport,
) -> Result<(Authentication, String), Failure> {
    if let (AuthScheme::Bearer, Some(key)) = (config.auth_scheme().value, config.environment().bearer_token())
    {
        let authentication = Authentication::bearer(key).map_err(Failure::input)?;
        return Ok((authentication, "the Bedrock API key of AWS_BEARER_TOKEN_BEDROCK".to_owned()));
    }
    let region = config.region().value.clone().ok_or_else(|| {
        Failure::unusable_credentials("no region: give --region, or set AWS_REGION or AWS_DEFAULT_REGION")
    })?;
    let provider = config.credentials(Arc::new(SystemIo::new(Arc::new(transport.clone()))));
    let provided = provider.provide().await.map_err(Failure::credentials)?;
    let whose = format!("access key {} from {}", provided.credentials.access_key_id(), provided.provider);
    Ok((signature(provider, &region)?, whose))
}

fn signature(provider: Arc<dyn ProvideCredentials>, region: &str) -> Result<Authentication, Failure> {
    let signer = Signer::new(region, SERVICE).map_err(Failure::input)?;
    Ok(Authentication::Signature { provider, signer: Box::new(signer.into()) })
}
