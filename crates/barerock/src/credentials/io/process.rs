//! Running a command that may say too much, die, or never end.

use core::time::Duration;
use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;

use super::detached::Abandoned;
use super::{MAX_ANSWER, ProcessOutput, too_long};

/// How often it is looked whether the command has ended.
const POLL: Duration = Duration::from_millis(10);

/// How long the output is waited for once the command has ended, when something it left running holds it open.
const LINGER: Duration = Duration::from_secs(1);

/// Runs a command line as the AWS SDKs do, but botocore, which splits it into words itself: `sh -c`, on Windows `cmd /C`.
///
/// Its standard error goes nowhere: tools that fail like to print what they were given, keys included.
pub(super) fn run(
    command: &str,
    limit: Duration,
    abandoned: &Abandoned<ProcessOutput>,
) -> io::Result<ProcessOutput> {
    let (shell, flag) = if cfg!(windows) { ("cmd.exe", "/C") } else { ("sh", "-c") };
    let mut child = Command::new(shell)
        .args([flag, command])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let output = read_aside(&mut child)?;
    let ended = collect(&mut child, &output, limit, abandoned);
    if ended.is_err() {
        // It may have ended by itself meanwhile; either way there is nothing more to do.
        let _ = child.kill();
        let _ = child.wait();
    }
    ended
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
    let mut waited = Duration::ZERO;
    let mut read = None;
    loop {
        match output.recv_timeout(POLL) {
            Ok(result) => {
                let result = result?;
                if result.len() > MAX_ANSWER {
                    return Err(too_long());
                }
                read = Some(result);
            }
            Err(RecvTimeoutError::Timeout) => waited += POLL,
            // The output has been read, or its reader has died: only the end of the command is waited for.
            Err(RecvTimeoutError::Disconnected) => {
                thread::sleep(POLL);
                waited += POLL;
            }
        }
        if let Some(status) = child.try_wait()? {
            let stdout = match read {
                Some(stdout) => stdout,
                None => output.recv_timeout(LINGER).map_err(|_| {
                    io::Error::other("it has ended, but something it started still holds its output")
                })??,
            };
            if stdout.len() > MAX_ANSWER {
                return Err(too_long());
            }
            return Ok(ProcessOutput::new(status.code(), stdout));
        }
        if abandoned.is_set() {
            return Err(io::Error::other("nobody waits for it any more"));
        }
        if waited >= limit {
            return Err(io::Error::new(io::ErrorKind::TimedOut, format!("it did not end within {limit:?}")));
        }
    }
}
