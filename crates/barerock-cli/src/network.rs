//! The transport a command calls with: whom it trusts, and which way it goes.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use barerock::Environment;
use barerock_hyper::{HyperTransport, Proxy};

use crate::args::Call;
use crate::exit::Failure;

/// The variable that names the file of certificates to trust.
const CA_BUNDLE: &str = "AWS_CA_BUNDLE";

/// The longest file of certificates that is read, in bytes. The usual ones have 250 KB.
const MAX_CA_BUNDLE: u64 = 16 * 1024 * 1024;

/// The transport that options and environment ask for: `--ca-bundle` or `AWS_CA_BUNDLE`, `HTTPS_PROXY` and its like,
/// `SSLKEYLOGFILE`.
pub(crate) fn transport(call: &Call, environment: &Environment) -> Result<HyperTransport, Failure> {
    let mut transport = HyperTransport::builder().connect_timeout(call.connect_timeout());
    // The Bedrock inside the program is asked in the clear, and directly.
    if call.offline {
        return Ok(transport.build());
    }
    let named = call.ca_bundle.as_deref().map(|path| ("--ca-bundle", path));
    let variable = || environment.get(CA_BUNDLE).map(|path| (CA_BUNDLE, Path::new(path)));
    if let Some((name, path)) = named.or_else(variable) {
        let wrong =
            |why: &dyn core::fmt::Display| Failure::usage(format!("{name}: {}: {why}", path.display()));
        let pem = read(path).map_err(|error| wrong(&error))?;
        transport = transport.ca_bundle(&pem).map_err(|error| wrong(&error))?;
    }
    if let Some(proxy) = Proxy::from_environment(environment).map_err(Failure::input)? {
        transport = transport.proxy(proxy);
    }
    Ok(transport.key_log_file().build())
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
