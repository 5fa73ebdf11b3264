//! Tests with real files and processes; HTTP is tested over real sockets in `tests/suite`.

use core::future::pending;
use core::task::{Context, Poll, Waker};
use std::path::PathBuf;
use std::sync::Arc;
use std::task::Wake;
use std::thread::{self, Thread};
use std::time::Instant;

use super::*;
use barerock::transport::Transport;

/// A transport that never responds.
struct Nowhere;

impl Transport for Nowhere {
    type Body = http_body::Empty;
    type Error = TransportError;

    async fn send(&self, _request: http::Request<Bytes>) -> Result<http::Response<Self::Body>, Self::Error> {
        pending().await
    }

    async fn sleep(&self, _duration: Duration) {}
}

/// A body without values.
mod http_body {
    use core::convert::Infallible;

    use super::*;

    #[derive(Debug)]
    pub(super) enum Empty {}

    impl ::http_body::Body for Empty {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _context: &mut Context<'_>,
        ) -> Poll<Option<Result<::http_body::Frame<Bytes>, Infallible>>> {
            match *self {}
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// A minimal executor, which proves that the futures need no runtime.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = core::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

fn io() -> SystemIo<Nowhere> {
    SystemIo::new(Arc::new(Nowhere))
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("barerock-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn files_are_read_and_replaced_whole() {
    let folder = folder("files");
    let path = folder.join("token.json");
    assert_eq!(block_on(io().read_file(&path)).unwrap(), None);
    block_on(io().write_file(&path, b"one")).unwrap();
    block_on(io().write_file(&path, b"two")).unwrap();
    assert_eq!(block_on(io().read_file(&path)).unwrap().unwrap(), b"two");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "nothing is left beside it");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // A folder exists, but cannot be read as a file.
    assert!(block_on(io().read_file(&folder)).is_err());
    assert!(block_on(io().write_file(&folder.join("none/token.json"), b"x")).is_err());
    // A path below a file, as with HOME=/dev/null, does not exist.
    assert_eq!(block_on(io().read_file(&path.join(".aws/config"))).unwrap(), None);
    #[cfg(unix)]
    assert_eq!(block_on(io().read_file(std::path::Path::new("/dev/null/.aws/config"))).unwrap(), None);
    std::fs::write(&path, vec![b' '; MAX_FILE + 1]).unwrap();
    let error = block_on(io().read_file(&path)).unwrap_err();
    assert_eq!(error.to_string(), "it is longer than 16777216 bytes");
    std::fs::remove_dir_all(folder).unwrap();
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_stays_one() {
    use std::os::unix::fs::symlink;

    let folder = folder("links");
    let real = folder.join("real");
    std::fs::create_dir_all(&real).unwrap();
    std::fs::write(real.join("token.json"), "one").unwrap();
    // A relative link, a link to a link, one whose target does not exist yet, and a cycle.
    symlink("real/token.json", folder.join("link")).unwrap();
    symlink(folder.join("link"), folder.join("second")).unwrap();
    symlink("real/new.json", folder.join("dangling")).unwrap();
    symlink("circle", folder.join("circle")).unwrap();
    for (link, target) in [("link", "token.json"), ("second", "token.json"), ("dangling", "new.json")] {
        block_on(io().write_file(&folder.join(link), link.as_bytes())).unwrap();
        assert!(std::fs::symlink_metadata(folder.join(link)).unwrap().is_symlink(), "{link}");
        assert_eq!(block_on(io().read_file(&real.join(target))).unwrap().unwrap(), link.as_bytes());
    }
    assert!(block_on(io().write_file(&folder.join("circle"), b"x")).is_err());
    assert_eq!(std::fs::read_dir(&real).unwrap().count(), 2, "nothing is left beside them");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn an_exchange_has_an_end() {
    let answer = block_on(io().exchange(http::Request::new(Bytes::new()), Duration::from_secs(1)));
    assert_eq!(answer.unwrap_err().kind(), barerock::TransportErrorKind::Timeout);
}

#[cfg(unix)]
#[test]
fn processes_end_one_way_or_another() {
    const LIMIT: Duration = Duration::from_secs(10);
    let run = |command| block_on(io().run(command, Some(LIMIT)));
    let output = run("printf 'a b'; exit 3").unwrap();
    assert_eq!((output.code, &*output.stdout), (Some(3), &b"a b"[..]));
    assert!(!format!("{output:?}").contains("97"), "{output:?}");
    assert_eq!(run("kill -9 $$").unwrap().code, None);
    assert_eq!(run("no-such-command-there-is").unwrap().code, Some(127));
    // Its standard input is empty.
    assert_eq!(run("read answer || exit 7").unwrap().code, Some(7));
    assert_eq!(run("head -c 1048576 /dev/zero").unwrap().stdout.len(), MAX_RESPONSE);
    assert_eq!(run("cat /dev/zero").unwrap_err().to_string(), "it is longer than 1048576 bytes");

    #[expect(clippy::disallowed_methods, reason = "the test measures")]
    let start = Instant::now();
    let command = "echo asking >&2; sleep 60";
    let output = block_on(io().run(command, Some(Duration::from_millis(300)))).unwrap();
    assert!(output.timed_out);
    assert_eq!((output.code, &*output.stderr), (None, &b"asking\n"[..]));
    // Standard error is read while the command runs, and its end is kept.
    let output = run("head -c 1000000 /dev/zero >&2; echo the end >&2; exit 3").unwrap();
    assert_eq!((output.code, output.stderr.len()), (Some(3), MAX_STDERR));
    assert!(output.stderr.ends_with(b"the end\n"));
    assert_eq!(block_on(io().run("sleep 0.1; echo done", None)).unwrap().stdout, b"done\n");
    // A process it left running may hold its standard error.
    assert_eq!(run("sleep 5 >/dev/null & echo done").unwrap().stdout, b"done\n");
    // The shell ends, and a process it left running holds the output.
    let error = run("sleep 5 & exit 0").unwrap_err();
    assert!(error.to_string().contains("still holds its output"), "{error}");
    assert!(start.elapsed() < LIMIT);
}

#[cfg(unix)]
#[test]
fn a_process_nobody_waits_for_is_killed() {
    let folder = folder("abandoned");
    let file = folder.join("alive");
    let command = format!("sleep 0.5; touch '{}'", file.display());
    drop(io().run(&command, Some(Duration::from_secs(10))));
    thread::sleep(Duration::from_secs(1));
    assert!(!file.exists());
    std::fs::remove_dir_all(folder).unwrap();
}

/// A child of a command writes to a file while it runs.
#[cfg(unix)]
#[test]
fn what_a_process_started_is_killed_with_it() {
    use super::detached::detached;
    use super::process::{self, Group};

    let folder = folder("group");
    let beat = folder.join("beat");
    let script = folder.join("keys.sh");
    // It ignores all signals that can be ignored, and holds none of our pipes.
    let child = format!("trap '' TERM HUP INT; while :; do echo x >>'{}'; sleep 0.05; done", beat.display());
    std::fs::write(&script, format!("sh -c \"{child}\" >/dev/null 2>&1 &\nwait\n")).unwrap();
    let length = || std::fs::metadata(&beat).map_or(0, |file| file.len());
    let command = format!("sh '{}'; echo", script.display());
    let run = |command: String, limit| {
        detached(move |abandoned| process::run(&command, Some(limit), Group::Own, abandoned))
    };
    assert!(block_on(run(command.clone(), Duration::from_millis(500))).unwrap().timed_out);
    let killed_at = length();
    assert!(killed_at > 0, "it was started");
    thread::sleep(Duration::from_millis(500));
    assert_eq!(length(), killed_at, "it lives on");

    // The future is dropped.
    let running = run(command, Duration::from_secs(10));
    thread::sleep(Duration::from_millis(500));
    drop(running);
    thread::sleep(Duration::from_millis(500));
    let killed_at = length();
    thread::sleep(Duration::from_millis(500));
    assert_eq!(length(), killed_at, "it lives on");

    // A command that ends in time may leave a process running, such as an agent that keeps a login.
    let agent =
        format!("(sleep 0.5; echo x >'{}') >/dev/null 2>&1 & echo done", folder.join("agent").display());
    assert_eq!(block_on(run(agent, Duration::from_secs(10))).unwrap().stdout, b"done\n");
    thread::sleep(Duration::from_secs(1));
    assert!(folder.join("agent").exists());
    std::fs::remove_dir_all(folder).unwrap();
}
