//! `barerock replay`: a local Bedrock.

use core::sync::atomic::{AtomicU64, Ordering};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

use barerock::credentials::EnvironmentProvider;
use barerock::{Environment, ProvideCredentials as _};
use barerock_audit::ReplacementFile;
use barerock_replay::{Fixtures, MatchMode, ReceivedRequest, ReplayServer, Tls, Verify};

use serde_json::json;

use crate::args::{self, LogFormat, Match};
use crate::exit::Failure;
use crate::render::{counted, safe, safe_json};

pub(crate) async fn run(arguments: args::Replay) -> Result<(), Failure> {
    let fixtures = fixtures(&arguments.fixtures)?;
    let count = fixtures.len();
    let mode = match arguments.r#match {
        Match::Exact => MatchMode::Exact,
        Match::Model => MatchMode::Model,
        Match::Any => MatchMode::Any,
        Match::InOrder => MatchMode::InOrder,
    };
    let mut server = ReplayServer::builder().fixtures(fixtures);
    if arguments.verify {
        server = server.verify(verify(arguments.region).await?);
    }
    let tls = arguments.tls.then(Tls::generate).transpose().map_err(Failure::other)?.map(Tls::with_http2);
    if let Some(tls) = &tls {
        server = server.tls(tls.clone());
    }
    let server = server
        .match_mode(mode)
        .faults(arguments.faults)
        .chunking(arguments.chunk)
        .pace(arguments.pace.unwrap_or_default())
        .on_request(log(arguments.log)?)
        .bind(&arguments.listen)
        .await
        .map_err(|error| Failure::usage(error.to_string()))?;
    let authority = match (&tls, &arguments.tls_ca) {
        (Some(tls), Some(path)) => {
            write_whole(path, tls.ca_pem())
                .map_err(|error| Failure::io(format!("{} cannot be written", path.display()), error))?;
            ""
        }
        (Some(tls), None) => tls.ca_pem(),
        (None, _) => "",
    };
    // The first line is a contract: callers read the port from it.
    let mut out = std::io::stdout();
    write!(out, "listening on {}\n{authority}", server.url())
        .and_then(|()| out.flush())
        .map_err(|error| Failure::io("standard output cannot be written", error))?;
    tell!("{}; Ctrl-C ends", counted(u64::try_from(count).unwrap_or(u64::MAX), "fixture"));
    end_requested().await.map_err(|error| Failure::io("Ctrl-C cannot be waited for", error))?;
    server.shutdown().await;
    Ok(())
}

/// Waits for Ctrl-C or SIGTERM.
pub(crate) async fn end_requested() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

/// The fixtures of all these paths; the built-in ones if there is no path.
pub(crate) fn fixtures(paths: &[PathBuf]) -> Result<Fixtures, Failure> {
    if paths.is_empty() {
        return Ok(Fixtures::builtin());
    }
    paths.iter().try_fold(Fixtures::default(), |all, path| {
        Fixtures::load(path).map(|more| all.and(more)).map_err(|error| Failure::usage(error.to_string()))
    })
}

fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let mut file = ReplacementFile::create(path)?;
    file.write_all(text.as_bytes())?;
    file.keep()
}

/// What requests must be signed with: what the environment holds.
async fn verify(region: Option<String>) -> Result<Verify, Failure> {
    let environment = Environment::of_process();
    environment.require_utf8().map_err(|error| Failure::unusable_credentials(error.to_string()))?;
    let region = region.or_else(|| environment.region().map(str::to_owned));
    let region = region.ok_or_else(|| {
        Failure::unusable_credentials(
            "no region to check signatures for: set AWS_REGION, or give --region; without --verify nothing is checked",
        )
    })?;
    let mut verify = Verify::for_region(region);
    if let Some(key) = environment.bearer_token() {
        verify = verify.with_bearer_key(key);
    }
    match EnvironmentProvider::new(environment.clone()).provide().await {
        Ok(provided) => Ok(verify.with_credentials(provided.credentials)),
        Err(_) if environment.bearer_token().is_some() => Ok(verify),
        Err(error) => {
            Err(Failure::unusable_credentials(format!("{error}; without --verify nothing is checked")))
        }
    }
}

/// How many lines may wait for standard error.
const WAITING_LINES: usize = 1024;

/// Prints a line for each request. A thread of its own writes them, so that an unread standard error does not stop the
/// server; lines that find no room are counted.
pub(crate) fn log(format: LogFormat) -> Result<impl Fn(&ReceivedRequest) + Send + Sync + 'static, Failure> {
    let (sender, lines) = mpsc::sync_channel::<String>(WAITING_LINES);
    let dropped = Arc::new(AtomicU64::new(0));
    let not_printed = Arc::clone(&dropped);
    // Ends with the program, or when the server has gone.
    let printer = move || {
        for line in lines {
            tell!("{line}");
            match not_printed.swap(0, Ordering::Relaxed) {
                0 => {}
                number => tell!("({} not shown)", counted(number, "line")),
            }
        }
    };
    let thread = std::thread::Builder::new().spawn(printer);
    thread.map_err(|error| Failure::io("cannot start a thread for the log", error))?;
    Ok(move |received: &ReceivedRequest| {
        let line = match format {
            LogFormat::Text => text_line(received),
            LogFormat::Json => json_line(received),
        };
        if sender.try_send(line).is_err() {
            dropped.fetch_add(1, Ordering::Relaxed);
        }
    })
}

fn text_line(received: &ReceivedRequest) -> String {
    let status = received.status.map_or("no response".to_owned(), |status| status.as_u16().to_string());
    let by = received.fixture.as_deref().map(|name| format!(" by {name}")).unwrap_or_default();
    let note = received.note.as_deref().map(|note| format!(" ({note})")).unwrap_or_default();
    safe(&format!("{} {} -> {status}{by}{note}", received.method, path(received)))
}

fn json_line(received: &ReceivedRequest) -> String {
    let line = json!({
        "number": received.number,
        "method": received.method.as_str(),
        "path": path(received),
        "body_bytes": received.body.len(),
        "status": received.status.map(|status| status.as_u16()),
        "fixture": received.fixture,
        "note": received.note,
    });
    safe_json(&line.to_string())
}

/// The path without the query, which may be a credential.
fn path(received: &ReceivedRequest) -> &str {
    received.path.split('?').next().unwrap_or_default()
}
