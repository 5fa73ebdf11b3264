//! Execution of commands, with limits on their time and output, and termination of the processes they start.

use core::time::Duration;
use std::io::{self, IsTerminal, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use super::detached::Abandoned;
use super::{MAX_RESPONSE, MAX_STDERR, ProcessOutput, too_long};

/// Interval at which the exit of the command is polled.
const POLL: Duration = Duration::from_millis(10);

/// Time limit for the end of the output after the command has exited: a process it started may hold the output open.
const LINGER: Duration = Duration::from_secs(1);

/// Time limit for the end of the standard error after the command has failed.
const STDERR_LINGER: Duration = Duration::from_millis(200);

/// The process group of the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    /// A new group, so that the processes it starts are killed with it.
    Own,
    /// This program's group, on a terminal: Ctrl-C ends the command, and it may prompt.
    Ours,
}

impl Group {
    /// `Ours` if standard input or standard error is a terminal.
    pub(super) fn suitable() -> Self {
        let at_a_terminal = io::stdin().is_terminal() || io::stderr().is_terminal();
        if at_a_terminal { Self::Ours } else { Self::Own }
    }
}

/// Runs a command line with `sh -c`, on Windows `cmd /C`, as the AWS SDKs do.
pub(super) fn run(
    command: &str,
    limit: Option<Duration>,
    group: Group,
    abandoned: &Abandoned<ProcessOutput>,
) -> io::Result<ProcessOutput> {
    let mut command = shell(command);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    #[cfg(unix)]
    if group == Group::Own {
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
    }
    let mut child = command.spawn()?;
    let streams = read_stdout(&mut child).and_then(|stdout| Ok((stdout, StderrTail::read(&mut child)?)));
    let ended = streams.and_then(|(stdout, stderr)| collect(&mut child, &stdout, &stderr, limit, abandoned));
    if ended.as_ref().is_ok_and(|output| !output.timed_out) {
        return ended;
    }
    stop(&mut child, group);
    ended
}

/// Kills a command and, if it has its own group, the processes it started.
fn stop(child: &mut Child, group: Group) {
    // Until it is reaped, no other process or group can have its id.
    if cfg!(unix) && group == Group::Own && matches!(child.try_wait(), Ok(None)) {
        let mut kill = shell(&format!("kill -s KILL -- -{}", child.id()));
        // The shell's `kill`: the standard library cannot signal a group, and a crate for it would be linked into every program.
        let _ = kill.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
    // Errors are ignored: the command may have exited meanwhile.
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(not(windows))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]);
    shell
}

/// `cmd.exe` takes the rest of its command line literally, without the quotes around it; escaping would change it.
#[cfg(windows)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd.exe");
    std::os::windows::process::CommandExt::raw_arg(&mut shell, format!("/S /C \"{command}\""));
    shell
}

/// Reads the output on a separate thread, because a process that the command started may hold it open for ever.
fn read_stdout(child: &mut Child) -> io::Result<Receiver<io::Result<Vec<u8>>>> {
    let stdout = child.stdout.take().ok_or_else(|| io::Error::other("it has no standard output"))?;
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new().name("barerock-output".to_owned()).spawn(move || {
        let mut output = Vec::new();
        let limit = u64::try_from(MAX_RESPONSE).unwrap_or(u64::MAX).saturating_add(1);
        let read = stdout.take(limit).read_to_end(&mut output).map(|_length| output);
        // Fails if the caller no longer waits.
        let _ = sender.send(read);
    })?;
    Ok(receiver)
}

/// The end of the standard error read so far.
struct StderrTail {
    tail: Arc<Mutex<Vec<u8>>>,
    ended: Receiver<()>,
}

impl StderrTail {
    /// Reads on a separate thread, so that a full pipe does not block the command.
    fn read(child: &mut Child) -> io::Result<Self> {
        let mut stderr = child.stderr.take().ok_or_else(|| io::Error::other("it has no standard error"))?;
        let tail = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&tail);
        let (sender, ended) = mpsc::channel();
        thread::Builder::new().name("barerock-errors".to_owned()).spawn(move || {
            let mut chunk = [0; MAX_STDERR];
            while let Ok(length @ 1..) = stderr.read(&mut chunk) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.extend_from_slice(chunk.get(..length).unwrap_or_default());
                let surplus = kept.len().saturating_sub(MAX_STDERR);
                kept.drain(..surplus);
            }
            let _ = sender.send(());
        })?;
        Ok(Self { tail, ended })
    }

    fn get(&self) -> Vec<u8> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits up to [`STDERR_LINGER`] for the end, and returns the tail.
    fn get_whole(&self) -> Vec<u8> {
        let _ = self.ended.recv_timeout(STDERR_LINGER);
        self.get()
    }
}

fn collect(
    child: &mut Child,
    output: &Receiver<io::Result<Vec<u8>>>,
    stderr: &StderrTail,
    limit: Option<Duration>,
    abandoned: &Abandoned<ProcessOutput>,
) -> io::Result<ProcessOutput> {
    #[expect(clippy::disallowed_methods, reason = "the time limit of a real process")]
    let started = Instant::now();
    let mut read = None;
    loop {
        match output.recv_timeout(POLL) {
            Ok(result) => {
                let result = result?;
                if result.len() > MAX_RESPONSE {
                    return Err(too_long(MAX_RESPONSE));
                }
                read = Some(result);
            }
            Err(RecvTimeoutError::Timeout) => {}
            // The output is complete; the command has not exited yet.
            Err(RecvTimeoutError::Disconnected) => thread::sleep(POLL),
        }
        if let Some(status) = child.try_wait()? {
            let stdout = match read {
                Some(stdout) => stdout,
                None => output.recv_timeout(LINGER).map_err(|_| {
                    io::Error::other("it has ended, but a process it started still holds its output")
                })??,
            };
            if stdout.len() > MAX_RESPONSE {
                return Err(too_long(MAX_RESPONSE));
            }
            let stderr = if status.success() { stderr.get() } else { stderr.get_whole() };
            return Ok(ProcessOutput::new(status.code(), stdout).stderr(stderr));
        }
        if abandoned.is_set() {
            return Err(io::Error::other("cancelled"));
        }
        if limit.is_some_and(|limit| started.elapsed() >= limit) {
            return Ok(ProcessOutput::new(None, Vec::new()).stderr(stderr.get()).timed_out());
        }
    }
}
