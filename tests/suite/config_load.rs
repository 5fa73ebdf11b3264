//! Tests of loading the shared files from disk.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use barerock::Environment;
use barerock_config::providers::SystemIo;
use barerock_config::{Config, ConfigError};
use barerock_hyper::HyperTransport;

/// Disables instance metadata, which may be available where the tests run.
const NO_INSTANCE: (&str, &str) = ("AWS_EC2_METADATA_DISABLED", "true");

async fn load(home: &Path, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let home = ("HOME", home.to_str().unwrap());
    let environment: Environment = variables.iter().copied().chain([home, NO_INSTANCE]).collect();
    let io = SystemIo::new(Arc::new(HyperTransport::new()));
    Config::loader().environment(environment).load(Arc::new(io)).await
}

#[tokio::test]
async fn files_are_found_where_the_environment_says() {
    let home = tempfile::tempdir().unwrap();
    let config = load(home.path(), &[]).await.unwrap();
    assert_eq!((config.region().value.as_deref(), config.profiles().files().count()), (None, 0));

    fs::create_dir(home.path().join(".aws")).unwrap();
    fs::write(home.path().join(".aws/config"), "[default]\nregion = eu-west-1\n").unwrap();
    let config = load(home.path(), &[]).await.unwrap();
    assert_eq!(config.region().value.as_deref(), Some("eu-west-1"));
    assert_eq!(config.region().source.to_string(), "region of profile default at ~/.aws/config line 2");

    fs::write(home.path().join("mine"), "[default]\nregion = eu-west-2\n").unwrap();
    let config = load(home.path(), &[("AWS_SHARED_CREDENTIALS_FILE", "~/mine")]).await.unwrap();
    assert_eq!(config.region().source.to_string(), "region of profile default at ~/mine line 2");
    assert_eq!(config.profiles().files().collect::<Vec<_>>(), ["~/.aws/config", "~/mine"]);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_named() {
    let home = tempfile::tempdir().unwrap();
    let refused =
        async |name: &str| load(home.path(), &[("AWS_CONFIG_FILE", name)]).await.unwrap_err().to_string();
    // A directory can be opened but not read.
    fs::create_dir(home.path().join("folder")).unwrap();
    let error = refused("~/folder").await;
    assert!(error.starts_with("~/folder, which AWS_CONFIG_FILE names, cannot be read: "), "{error}");
    fs::write(home.path().join("long"), vec![b'#'; 17 * 1024 * 1024]).unwrap();
    assert_eq!(
        refused("~/long").await,
        "~/long, which AWS_CONFIG_FILE names, cannot be read: it is longer than 16777216 bytes"
    );
    fs::write(home.path().join("binary"), b"[default]\nregion = \xff\n").unwrap();
    assert_eq!(
        refused("~/binary").await,
        "~/binary, which AWS_CONFIG_FILE names, cannot be read: it is not UTF-8 from offset 19"
    );
    fs::write(home.path().join("bad"), "[default\n").unwrap();
    assert_eq!(refused("~/bad").await, "~/bad line 1: the section's header has no ]");
}
