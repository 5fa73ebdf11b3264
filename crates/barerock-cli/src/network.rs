//! The transport a command calls with: whom it trusts, and which way it goes.

use core::time::Duration;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use barerock::transport::ProxyRules;
use barerock_config::{Config, Source};
use barerock_hyper::HyperTransport;

use crate::exit::Failure;

/// The option that names the file of certificates to trust.
pub(crate) const CA_BUNDLE: &str = "--ca-bundle";

/// The longest file of certificates that is read, in bytes. The usual ones have 250 KB.
const MAX_CA_BUNDLE: u64 = 16 * 1024 * 1024;

/// The transport that options, environment and profile ask for: `--ca-bundle`, `AWS_CA_BUNDLE` or `ca_bundle`,
/// `HTTPS_PROXY` and its like, `SSLKEYLOGFILE`.
pub(crate) fn transport(
    config: &Config,
    connect_timeout: Option<Duration>,
) -> Result<HyperTransport, Failure> {
    let bundle = config.ca_bundle();
    let transport = match bundle.value {
        None => HyperTransport::builder(),
        Some(path) => {
            let name = match bundle.source {
                Source::Code => CA_BUNDLE.to_owned(),
                source => source.to_string(),
            };
            let wrong = |why: &dyn core::fmt::Display| Failure::usage(format!("{name}: {path}: {why}"));
            let pem = read(Path::new(&path)).map_err(|error| wrong(&error))?;
            HyperTransport::with_ca_bundle(&pem).map_err(|error| wrong(&error))?
        }
    };
    let proxies = ProxyRules::from_environment(config.environment()).map_err(Failure::input)?;
    let transport = transport.connect_timeout(connect_timeout).proxy(proxies).map_err(Failure::input)?;
    Ok(transport.key_log_file().build())
}

/// A transport that trusts whom it was built to trust, and goes no detour.
pub(crate) fn plain(connect_timeout: Option<Duration>) -> HyperTransport {
    HyperTransport::builder().connect_timeout(connect_timeout).build()
}

/// A file that is not endless.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    #[expect(clippy::disallowed_methods, reason = "the user named the file")]
    let file = File::open(path)?;
    let mut bytes = Vec::new();
    let length = file.take(MAX_CA_BUNDLE.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(length).is_ok_and(|length| length <= MAX_CA_BUNDLE) {
        return Ok(bytes);
    }
    let words = format!("it is longer than {MAX_CA_BUNDLE} bytes, which no list of certificates is");
    Err(io::Error::new(io::ErrorKind::FileTooLarge, words))
}
