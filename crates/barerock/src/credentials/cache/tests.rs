mod stability;

use core::pin::pin;
use core::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use core::task::{Context, Poll, Waker};
use std::thread;

use super::*;

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn start() -> SystemTime {
    std::time::UNIX_EPOCH + Duration::from_secs(1_769_860_800)
}

const HOUR: u64 = 3600;

/// A provider that answers when it is let, and counts.
#[derive(Clone)]
struct Source(Arc<Inner>);

struct Inner {
    calls: AtomicUsize,
    refusals: AtomicUsize,
    /// Whether the credentials are statically stable.
    is_stable: AtomicBool,
    /// Seconds since the start.
    clock: AtomicU64,
    /// Seconds the next credentials hold; `None`: there are none.
    life: Mutex<Option<u64>>,
    gate: Mutex<Gate>,
}

#[derive(Default)]
struct Gate {
    is_shut: bool,
    waker: Option<Waker>,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source")
    }
}

impl Source {
    fn new(life: Option<u64>) -> Self {
        Self(Arc::new(Inner {
            calls: AtomicUsize::new(0),
            refusals: AtomicUsize::new(0),
            is_stable: AtomicBool::new(false),
            clock: AtomicU64::new(0),
            life: Mutex::new(life),
            gate: Mutex::default(),
        }))
    }

    fn stable(life: Option<u64>) -> Self {
        let source = Self::new(life);
        source.0.is_stable.store(true, Ordering::Relaxed);
        source
    }

    fn cached(&self, jitter: f64) -> CachedCredentials {
        let clock = self.clone();
        CachedCredentials::new(self.clone()).clock(move || clock.now()).jitter(move || jitter)
    }

    fn now(&self) -> SystemTime {
        start() + Duration::from_secs(self.0.clock.load(Ordering::Relaxed))
    }

    fn at(&self, seconds: u64) {
        self.0.clock.store(seconds, Ordering::Relaxed);
    }

    fn life(&self, life: Option<u64>) {
        *self.0.life.lock().unwrap() = life;
    }

    fn shut(&self) {
        self.0.gate.lock().unwrap().is_shut = true;
    }

    fn open(&self) {
        let mut gate = self.0.gate.lock().unwrap();
        gate.is_shut = false;
        let waker = gate.waker.take();
        drop(gate);
        waker.into_iter().for_each(Waker::wake);
    }

    fn calls(&self) -> usize {
        self.0.calls.load(Ordering::Relaxed)
    }
}

impl ProvideCredentials for Source {
    fn provide(&self) -> CredentialsFuture<'_> {
        Box::pin(async {
            let call = self.0.calls.fetch_add(1, Ordering::Relaxed) + 1;
            core::future::poll_fn(|context| {
                let mut gate = self.0.gate.lock().unwrap();
                if gate.is_shut {
                    gate.waker = Some(context.waker().clone());
                    return Poll::Pending;
                }
                Poll::Ready(())
            })
            .await;
            let life = *self.0.life.lock().unwrap();
            match life {
                Some(life) => {
                    let credentials = Credentials::new(format!("KEY{call}"), "s", None);
                    let expires_at = self.now() + Duration::from_secs(life);
                    let provided = ProvidedCredentials::new(credentials, "test").expires_at(expires_at);
                    let is_statically_stable = self.0.is_stable.load(Ordering::Relaxed);
                    Ok(ProvidedCredentials { is_statically_stable, ..provided })
                }
                None => Err(CredentialsError::invalid("test", "there are none")),
            }
        })
    }

    fn refused(&self, _credentials: &Credentials) {
        self.0.refusals.fetch_add(1, Ordering::Relaxed);
    }
}

fn key(cache: &CachedCredentials) -> Result<String, String> {
    match block_on(cache.provide()) {
        Ok(provided) => Ok(provided.credentials.access_key_id().to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    core::pin::Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn kept_until_it_is_time() {
    let source = Source::new(Some(HOUR));
    let cache = source.cached(0.0);
    for second in [0, 1, 44 * 60 + 59] {
        source.at(second);
        assert_eq!(key(&cache), Ok("KEY1".to_owned()), "second {second}");
    }
    source.at(45 * 60);
    assert_eq!(key(&cache), Ok("KEY2".to_owned()));
    assert_eq!(source.calls(), 2);
}

#[test]
fn when_it_is_time() {
    let leads = |life: u64, jitter| {
        let expires_at = start() + Duration::from_secs(life);
        let (advisory, mandatory) = times(expires_at, start(), jitter);
        let lead = |time| expires_at.duration_since(time).unwrap().as_secs();
        (lead(advisory), lead(mandatory))
    };
    assert_eq!(leads(HOUR, 0.0), (900, 600));
    assert_eq!(leads(HOUR, 0.5), (750, 600));
    assert_eq!(leads(HOUR, 1.0), (600, 600));
    // The shortest role session.
    assert_eq!(leads(900, 0.0), (450, 300));
    assert_eq!(leads(0, 0.0), (0, 0));
    for _ in 0..100 {
        assert!((0.0..=1.0).contains(&random()));
    }
}

#[test]
fn one_refreshes_ahead_while_the_others_go_on() {
    let source = Source::new(Some(HOUR));
    let cache = source.cached(0.0);
    key(&cache).unwrap();
    source.at(46 * 60);
    source.shut();
    let mut first = cache.provide();
    assert!(poll(&mut first).is_pending());
    assert_eq!(key(&cache), Ok("KEY1".to_owned()));
    source.open();
    assert_eq!(block_on(first).unwrap().credentials.access_key_id(), "KEY2");
    assert_eq!((key(&cache), source.calls()), (Ok("KEY2".to_owned()), 2));
}

#[test]
fn all_wait_for_one_refresh_and_it_outlives_who_began_it() {
    let source = Source::new(Some(HOUR));
    let cache = source.cached(0.0);
    source.shut();
    let (mut first, mut second, mut third) = (cache.provide(), cache.provide(), cache.provide());
    for waiting in [&mut first, &mut second, &mut third] {
        assert!(poll(waiting).is_pending());
    }
    drop(first);
    source.open();
    for waiting in [second, third] {
        assert_eq!(block_on(waiting).unwrap().credentials.access_key_id(), "KEY1");
    }
    assert_eq!(source.calls(), 1);
}

#[test]
fn who_never_comes_back_stalls_nobody() {
    let source = Source::new(Some(HOUR));
    let cache = Arc::new(source.cached(0.0));
    source.shut();
    let other = thread::spawn({
        let cache = Arc::clone(&cache);
        move || key(&cache)
    });
    let mut first = pin!(cache.provide());
    assert!(first.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    thread::sleep(Duration::from_millis(20));
    // The first was the last to look at the work, and looks no more.
    source.open();
    assert_eq!(other.join().unwrap(), Ok("KEY1".to_owned()));
    assert_eq!(source.calls(), 1);
}

#[test]
fn threads_share_a_refresh() {
    let source = Source::new(Some(HOUR));
    let cache = Arc::new(source.cached(0.0));
    source.shut();
    let threads: Vec<_> = (0..16)
        .map(|_| {
            let cache = Arc::clone(&cache);
            thread::spawn(move || key(&cache))
        })
        .collect();
    thread::sleep(Duration::from_millis(20));
    source.open();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), Ok("KEY1".to_owned()));
    }
    assert_eq!(source.calls(), 1);
}

#[test]
fn old_credentials_serve_while_they_hold() {
    let source = Source::new(Some(HOUR));
    let cache = source.cached(0.0);
    key(&cache).unwrap();
    source.life(None);
    source.at(46 * 60);
    assert_eq!((key(&cache), source.calls()), (Ok("KEY1".to_owned()), 2));
    // A minute's peace, then another try, also when everyone waits.
    source.at(46 * 60 + 59);
    assert_eq!((key(&cache), source.calls()), (Ok("KEY1".to_owned()), 2));
    source.at(55 * 60);
    assert_eq!((key(&cache), source.calls()), (Ok("KEY1".to_owned()), 3));
    source.at(55 * 60 + 1);
    assert_eq!((key(&cache), source.calls()), (Ok("KEY1".to_owned()), 3));
    source.at(60 * 60);
    assert_eq!((key(&cache), source.calls()), (Err("test credentials: there are none".to_owned()), 4));
    source.life(Some(HOUR));
    assert_eq!(key(&cache), Ok("KEY5".to_owned()));
}

#[test]
fn credentials_may_expire_while_new_ones_are_awaited() {
    let source = Source::new(Some(HOUR));
    let cache = source.cached(0.0);
    key(&cache).unwrap();
    source.at(46 * 60);
    source.shut();
    let mut first = cache.provide();
    assert!(poll(&mut first).is_pending());
    source.life(None);
    source.at(60 * 60);
    source.open();
    assert_eq!(block_on(first).unwrap_err().to_string(), "test credentials: there are none");
}

#[test]
fn expired_credentials_are_never_given() {
    let source = Source::new(Some(0));
    assert_eq!(
        key(&source.cached(0.0)),
        Err("test credentials: they expired at 2026-01-31T12:00:00Z, and it is 2026-01-31T12:00:00Z here"
            .to_owned())
    );
}

#[test]
fn refused_credentials_are_replaced_once() {
    let source = Source::new(Some(HOUR));
    let cache = source.cached(0.0);
    let refuse = |id: &str| cache.refused(&Credentials::new(id, "s", None));
    key(&cache).unwrap();
    refuse("OTHER");
    assert_eq!(key(&cache), Ok("KEY1".to_owned()));
    refuse("KEY1");
    assert_eq!(key(&cache), Ok("KEY2".to_owned()));
    // It comes late, from a request that was signed before.
    refuse("KEY1");
    assert_eq!(key(&cache), Ok("KEY2".to_owned()));
    refuse("KEY2");
    source.life(None);
    assert!(key(&cache).is_err(), "what was refused is not given again for want of others");
    assert_eq!(source.0.refusals.load(Ordering::Relaxed), 4);

    // A provider that has nothing else is not asked without end.
    let fixed = CachedCredentials::new(Credentials::new("FIXED", "s", None));
    assert_eq!(key(&fixed), Ok("FIXED".to_owned()));
    for _ in 0..3 {
        fixed.refused(&Credentials::new("FIXED", "s", None));
        assert_eq!(key(&fixed), Ok("FIXED".to_owned()));
        assert!(!fixed.state().is_stale);
    }
}

#[test]
fn a_refresh_that_everyone_left_long_ago_is_begun_anew() {
    let source = Source::new(Some(HOUR));
    let cache = source.cached(0.0);
    source.shut();
    for (second, calls) in [(0, 1), (5, 1), (16, 2)] {
        source.at(second);
        let mut leaving = cache.provide();
        assert!(poll(&mut leaving).is_pending());
        assert_eq!(source.calls(), calls, "second {second}");
    }
    source.open();
    assert_eq!(key(&cache), Ok("KEY2".to_owned()));
}

#[test]
fn debug_shows_no_secret() {
    let cache = CachedCredentials::new(Credentials::new("AKID", "SQUIRREL", Some("WALRUS".to_owned())));
    key(&cache).unwrap();
    let shown = format!("{cache:?}");
    assert!(shown.contains("AKID") && !shown.contains("SQUIRREL") && !shown.contains("WALRUS"), "{shown}");
}
