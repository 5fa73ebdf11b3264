//! Running a command that may say too much, die, or never end.

use core::time::Duration;
use std::io::{self, IsTerminal, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Instant;

use super::detached::Abandoned;
use super::{MAX_ANSWER, ProcessOutput, too_long};

/// How often it is looked whether the command has ended.
const POLL: Duration = Duration::from_millis(10);

/// How long the output is waited for once the command has ended, when something it left running holds it open.
const LINGER: Duration = Duration::from_secs(1);

/// Whether the command gets a process group of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    /// It does, and what it starts is stopped with it.
    Own,
    /// It stays with us: on a terminal, where Ctrl-C then stops it with us, and where it may ask a person.
    Ours,
}

impl Group {
    /// What suits where we run.
    pub(super) fn suitable() -> Self {
        let at_a_terminal = io::stdin().is_terminal() || io::stderr().is_terminal();
        if at_a_terminal { Self::Ours } else { Self::Own }
    }
}

/// Runs a command line as the AWS SDKs do, but botocore, which splits it into words itself: `sh -c`, on Windows `cmd /C`.
///
/// Its standard error goes nowhere: tools that fail like to print what they were given, keys included.
pub(super) fn run(
    command: &str,
    limit: Duration,
    group: Group,
    abandoned: &Abandoned<ProcessOutput>,
) -> io::Result<ProcessOutput> {
    let mut command = shell(command);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    #[cfg(unix)]
    if group == Group::Own {
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
    }
    let mut child = command.spawn()?;
    let output = read_aside(&mut child)?;
    let ended = collect(&mut child, &output, limit, abandoned);
    if ended.is_err() {
        stop(&mut child, group);
    }
    ended
}

/// Ends a command and, in a group of its own, all that it started.
fn stop(child: &mut Child, group: Group) {
    // Until its end is asked for, its id is nobody else's, and neither is the group's, which is the same.
    if cfg!(unix) && group == Group::Own && matches!(child.try_wait(), Ok(None)) {
        let mut kill = shell(&format!("kill -s KILL -- -{}", child.id()));
        // The shell's own `kill`: without `unsafe` the standard library cannot, and a crate for it would be linked by all.
        let _ = kill.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
    // It may have ended by itself meanwhile; either way there is nothing more to do.
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(not(windows))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]);
    shell
}

/// `cmd.exe` takes the rest of its command line as it stands, less one pair of quotes around it: escaping it as an
/// argument would change it.
#[cfg(windows)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd.exe");
    std::os::windows::process::CommandExt::raw_arg(&mut shell, format!("/S /C \"{command}\""));
    shell
}

/// Reads the output on a thread of its own: something the command left running may hold it open for ever.
fn read_aside(child: &mut Child) -> io::Result<Receiver<io::Result<Vec<u8>>>> {
    let stdout = child.stdout.take().ok_or_else(|| io::Error::other("it has no standard output"))?;
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new().name("barerock-output".to_owned()).spawn(move || {
        let mut output = Vec::new();
        let limit = u64::try_from(MAX_ANSWER).unwrap_or(u64::MAX).saturating_add(1);
        let read = stdout.take(limit).read_to_end(&mut output).map(|_length| output);
        // If nobody listens any more, nobody needs it.
        let _ = sender.send(read);
    })?;
    Ok(receiver)
}

fn collect(
    child: &mut Child,
    output: &Receiver<io::Result<Vec<u8>>>,
    limit: Duration,
    abandoned: &Abandoned<ProcessOutput>,
) -> io::Result<ProcessOutput> {
    #[expect(clippy::disallowed_methods, reason = "the real world's time, for a process of it")]
    let started = Instant::now();
    let mut read = None;
    loop {
        match output.recv_timeout(POLL) {
            Ok(result) => {
                let result = result?;
                if result.len() > MAX_ANSWER {
                    return Err(too_long(MAX_ANSWER));
                }
                read = Some(result);
            }
            Err(RecvTimeoutError::Timeout) => {}
            // The output has been read, or its reader has died: only the end of the command is waited for.
            Err(RecvTimeoutError::Disconnected) => thread::sleep(POLL),
        }
        if let Some(status) = child.try_wait()? {
            let stdout = match read {
                Some(stdout) => stdout,
                None => output.recv_timeout(LINGER).map_err(|_| {
                    io::Error::other("it has ended, but something it started still holds its output")
                })??,
            };
            if stdout.len() > MAX_ANSWER {
                return Err(too_long(MAX_ANSWER));
            }
            return Ok(ProcessOutput::new(status.code(), stdout));
        }
        if abandoned.is_set() {
            return Err(io::Error::other("nobody waits for it any more"));
        }
        if started.elapsed() >= limit {
            return Err(io::Error::new(io::ErrorKind::TimedOut, format!("it did not end within {limit:?}")));
        }
    }
}
