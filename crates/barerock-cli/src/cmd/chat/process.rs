//! Runs a shell command with input, within limits.

use core::pin::pin;
use core::time::Duration;
use std::io;
use std::process::Stdio;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// Longest output that is read, in bytes.
const MAX_OUTPUT: usize = 256 * 1024;

/// Time for the output to end after the command has, when a process it left running holds it open.
const LINGER: Duration = Duration::from_secs(1);

/// Environment variables with credentials. The access key id is no secret, but without its secret it is an error to other AWS
/// tools.
const CREDENTIALS: [&str; 6] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
];

/// Output and exit code of a command.
#[derive(Debug)]
pub(super) struct Ended {
    /// `None` if a signal terminated it.
    pub(super) code: Option<i32>,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
}

/// Runs a line in the shell, with this input. A command that prints more than [`MAX_OUTPUT`] or exceeds the time limit is killed, on
/// Unix with its process group, and so is one that runs when the program is interrupted. Processes it leaves running when it
/// exits are not killed.
pub(super) async fn run(
    line: &str,
    input: &[u8],
    limit: Option<Duration>,
    inherits_credentials: bool,
) -> io::Result<Ended> {
    let mut command = shell(line);
    if !inherits_credentials {
        for name in CREDENTIALS {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let (mut child, mut family) = Family::spawn(&mut command)?;
    let ended = converse(&mut child, input);
    let ended = match limit {
        None => ended.await,
        Some(limit) => timeout(limit, ended).await.unwrap_or_else(|_| {
            Err(io::Error::new(io::ErrorKind::TimedOut, format!("timed out after {limit:?}")))
        }),
    };
    if ended.is_ok() {
        family.leave();
    }
    ended
}

async fn converse(child: &mut Child, input: &[u8]) -> io::Result<Ended> {
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(mut stdin), Some(out), Some(err)) = pipes else {
        return Err(io::Error::other("no pipes"));
    };
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let status = {
        let feed = async {
            // A command need not read its input.
            let _unread = stdin.write_all(input).await;
            drop(stdin);
            Ok(())
        };
        let talk = async { tokio::try_join!(feed, read(out, &mut stdout), read(err, &mut stderr)) };
        let mut talk = pin!(talk);
        tokio::select! {
            said = &mut talk => {
                said?;
                child.wait().await?
            }
            status = child.wait() => {
                // Its own output is in the pipes by now; only processes it left running can add to it.
                if let Ok(said) = timeout(LINGER, talk).await {
                    said?;
                }
                status?
            }
        }
    };
    Ok(Ended { code: status.code(), stdout, stderr })
}

async fn read(from: impl AsyncRead + Unpin, into: &mut Vec<u8>) -> io::Result<()> {
    let limit = u64::try_from(MAX_OUTPUT).unwrap_or(u64::MAX);
    from.take(limit.saturating_add(1)).read_to_end(into).await?;
    if into.len() > MAX_OUTPUT {
        return Err(io::Error::other(format!("output exceeds {MAX_OUTPUT} bytes")));
    }
    Ok(())
}

/// The process group of a command, killed when this is dropped or the program is interrupted.
#[cfg(unix)]
struct Family {
    group: Group,
    _on_interrupt: crate::interrupt::OnInterrupt,
}

/// Id of the process group to kill.
#[cfg(unix)]
type Group = std::sync::Arc<std::sync::Mutex<Option<rustix::process::Pid>>>;

#[cfg(unix)]
impl Family {
    fn spawn(command: &mut Command) -> io::Result<(Child, Self)> {
        let group = Group::default();
        let on_interrupt = crate::interrupt::OnInterrupt::new({
            let group = Group::clone(&group);
            move || kill(&group)
        });
        command.process_group(0);
        let child = {
            // Holds an interruption back until the group is known.
            let mut group = group.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let child = command.spawn()?;
            let id = child.id().and_then(|id| i32::try_from(id).ok());
            *group = id.and_then(rustix::process::Pid::from_raw);
            child
        };
        Ok((child, Self { group, _on_interrupt: on_interrupt }))
    }

    /// Lets the processes run on.
    fn leave(&mut self) {
        *self.group.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = None;
    }
}

#[cfg(unix)]
impl Drop for Family {
    fn drop(&mut self) {
        kill(&self.group);
    }
}

#[cfg(unix)]
fn kill(group: &Group) {
    if let Some(group) = *group.lock().unwrap_or_else(std::sync::PoisonError::into_inner) {
        // It may have ended already.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

/// Elsewhere `kill_on_drop` kills the command alone.
#[cfg(not(unix))]
struct Family;

#[cfg(not(unix))]
impl Family {
    fn spawn(command: &mut Command) -> io::Result<(Child, Self)> {
        Ok((command.spawn()?, Self))
    }

    fn leave(&mut self) {}
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
        let ended = run("cat; echo to you; echo aside >&2; exit 3", b"in ", None, false).await.unwrap();
        assert_eq!(
            (ended.code, &*ended.stdout, &*ended.stderr),
            (Some(3), &b"in to you\n"[..], &b"aside\n"[..])
        );
        assert_eq!(run("kill -9 $$", b"", None, false).await.unwrap().code, None);
        let deaf = run("exit 0", &vec![b'x'; 1 << 20], None, false).await.unwrap();
        assert_eq!(deaf.code, Some(0), "what it does not read does no harm");
    }

    #[tokio::test]
    async fn it_is_bounded() {
        let error = run("sleep 60", b"", Some(Duration::from_millis(200)), false).await.unwrap_err();
        assert_eq!(error.to_string(), "timed out after 200ms");
        for line in ["yes", "yes >&2"] {
            let error = run(line, b"", None, false).await.unwrap_err();
            assert_eq!(error.to_string(), "output exceeds 262144 bytes");
        }
    }

    #[tokio::test]
    async fn what_it_started_ends_with_it_where_it_is_killed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("beats");
        let beats = || std::fs::metadata(&file).map_or(0, |file| file.len());
        let line = format!("(while :; do echo x >> '{}'; sleep 0.02; done) & wait", file.display());
        let has_run = async {
            while beats() == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            ended = run(&line, b"", None, false) => panic!("{ended:?}"),
            () = has_run => {}
        }
        let there = beats();
        tokio::time::sleep(Duration::from_millis(300)).await;
        // One that was under way when it was killed may just have been written.
        assert!(beats() <= there + 2, "and does so no more");
    }

    #[tokio::test]
    async fn what_it_leaves_running_is_not_waited_for() {
        let ended = run("echo there; sleep 5 & exit 0", b"", None, false).await.unwrap();
        assert_eq!((ended.code, &*ended.stdout), (Some(0), &b"there\n"[..]));
    }
}
