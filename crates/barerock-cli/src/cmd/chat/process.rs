//! Running a command of the user's with something to read.

use core::time::Duration;
use std::io;
use std::process::Stdio;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

/// The most that is read of an output, in bytes.
pub(super) const MAX_OUTPUT: usize = 256 * 1024;

/// What a command said, and how it ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// `None` where a signal ended it.
    pub(super) code: Option<i32>,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
}

/// Runs a line in the shell, with this input. A command that says more than [`MAX_OUTPUT`] or runs longer than the limit is
/// killed.
pub(super) async fn run(line: &str, input: &[u8], limit: Option<Duration>) -> io::Result<Ended> {
    let mut command = shell(line);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn()?;
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(mut stdin), Some(stdout), Some(stderr)) = pipes else {
        return Err(io::Error::other("it has no pipes"));
    };
    let feed = async {
        // A command need not read what it is given.
        let _unread = stdin.write_all(input).await;
        drop(stdin);
        Ok(())
    };
    let whole = async {
        let ((), stdout, stderr) = tokio::try_join!(feed, read(stdout), read(stderr))?;
        Ok(Ended { code: child.wait().await?.code(), stdout, stderr })
    };
    match limit {
        None => whole.await,
        Some(limit) => tokio::time::timeout(limit, whole).await.unwrap_or_else(|_| {
            Err(io::Error::new(io::ErrorKind::TimedOut, format!("it did not end within {limit:?}")))
        }),
    }
}

async fn read(from: impl AsyncRead + Unpin) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_OUTPUT).unwrap_or(u64::MAX);
    from.take(limit.saturating_add(1)).read_to_end(&mut bytes).await?;
    if bytes.len() > MAX_OUTPUT {
        return Err(io::Error::other(format!("it said more than {MAX_OUTPUT} bytes")));
    }
    Ok(bytes)
}

#[cfg(not(windows))]
fn shell(line: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", line]);
    shell
}

/// `cmd.exe` takes the rest of its command line as it stands, less one pair of quotes around it.
#[cfg(windows)]
fn shell(line: &str) -> Command {
    let mut shell = Command::new("cmd.exe");
    shell.raw_arg(format!("/S /C \"{line}\""));
    shell
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_reads_says_and_ends() {
        let ended = run("cat; echo to you; echo aside >&2; exit 3", b"in ", None).await.unwrap();
        assert_eq!(
            (ended.code, &*ended.stdout, &*ended.stderr),
            (Some(3), &b"in to you\n"[..], &b"aside\n"[..])
        );
        assert_eq!(run("kill -9 $$", b"", None).await.unwrap().code, None);
        let deaf = run("exit 0", &vec![b'x'; 1 << 20], Some(Duration::from_secs(20))).await.unwrap();
        assert_eq!(deaf.code, Some(0), "what it does not read does no harm");
    }

    #[tokio::test]
    async fn it_is_bounded() {
        let limit = Some(Duration::from_millis(200));
        for line in ["sleep 60", "sleep 60 & exit 0"] {
            let error = run(line, b"", limit).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::TimedOut, "{line}");
        }
        let error = run("yes", b"", None).await.unwrap_err();
        assert_eq!(error.to_string(), "it said more than 262144 bytes");
        let error = run("yes >&2", b"", None).await.unwrap_err();
        assert!(error.to_string().contains("more than"), "{error}");
    }
}
