use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::task::Wake;

use super::*;

fn at(seconds: f64) -> Duration {
    Duration::from_secs_f64(1_700_000_000.0 + seconds)
}

/// A limiter that was throttled at its first response, and whose first token is spent: half a token a second follow.
fn throttled() -> AdaptiveLimiter {
    let mut limiter = AdaptiveLimiter::default();
    limiter.on_response(true, at(0.0));
    assert_eq!(acquire(&mut limiter, &mut None, 0.0), Permit::Granted);
    limiter
}

fn acquire(limiter: &mut AdaptiveLimiter, ticket: &mut Option<Ticket>, seconds: f64) -> Permit {
    limiter.acquire(ticket, None, at(seconds))
}

fn is_granted(limiter: &mut AdaptiveLimiter, ticket: &mut Option<Ticket>, seconds: f64) -> bool {
    acquire(limiter, ticket, seconds) == Permit::Granted
}

#[test]
fn nothing_waits_until_the_first_throttle() {
    let mut limiter = AdaptiveLimiter::default();
    for _ in 0..100 {
        assert!(is_granted(&mut limiter, &mut None, 1.0));
        limiter.on_response(false, at(1.0));
    }
    limiter.on_response(true, at(1.0));
    assert!((limiter.fill_rate - MIN_FILL_RATE).abs() < 1e-9);
    let mut grants = 0;
    while is_granted(&mut limiter, &mut None, 1.0) {
        grants += 1;
    }
    assert_eq!(grants, 1);
}

/// A token that is not there is not taken: waiting costs nothing, however many wait.
#[test]
fn a_token_is_taken_when_it_is_granted() {
    let mut limiter = throttled();
    let mut tickets = [None; 100];
    for ticket in &mut tickets {
        assert!(matches!(acquire(&mut limiter, ticket, 0.0), Permit::Wait(_)));
    }
    assert!(limiter.tokens.abs() < 1e-9, "{}", limiter.tokens);
    for ticket in &mut tickets {
        limiter.leave(ticket.take().unwrap());
    }
    assert!(limiter.queue.is_empty());
    assert!(!is_granted(&mut limiter, &mut None, 1.9));
    let mut limiter = throttled();
    assert!(is_granted(&mut limiter, &mut None, 2.1));
}

#[test]
fn first_come_first_served() {
    let mut limiter = throttled();
    let (mut first, mut second, mut third) = (None, None, None);
    for ticket in [&mut first, &mut second, &mut third] {
        assert!(!is_granted(&mut limiter, ticket, 0.0));
    }
    for seconds in [0.5, 1.0, 1.5] {
        for ticket in [&mut third, &mut second, &mut first] {
            assert!(!is_granted(&mut limiter, ticket, seconds));
        }
    }
    // There is a token now, and it is the first one's, whoever asks.
    for ticket in [&mut third, &mut second, &mut None] {
        assert!(!is_granted(&mut limiter, ticket, 2.1));
    }
    assert!(is_granted(&mut limiter, &mut first, 2.1));
    assert!(!is_granted(&mut limiter, &mut third, 3.0));
    assert!(!is_granted(&mut limiter, &mut third, 4.05));
    assert!(is_granted(&mut limiter, &mut second, 4.1));
}

/// Nobody waits for longer than the rate asks for, and a rate that changes changes the wait.
#[test]
fn a_wait_follows_the_rate() {
    let mut limiter = throttled();
    let mut ticket = None;
    assert_eq!(acquire(&mut limiter, &mut ticket, 0.0), Permit::Wait(Duration::from_secs(1)));
    for tenth in 1..=40 {
        limiter.on_response(false, at(f64::from(tenth) / 10.0));
    }
    let rate = limiter.fill_rate;
    assert!(rate > 5.0, "{rate}");
    while is_granted(&mut limiter, &mut ticket, 4.0) {}
    // A part of a token is there.
    is_granted(&mut limiter, &mut ticket, 4.02);
    let Permit::Wait(wait) = acquire(&mut limiter, &mut ticket, 4.02) else { panic!() };
    assert!(wait.as_secs_f64() <= 1.0 / rate, "{wait:?}");
    limiter.on_response(true, at(4.02));
    let Permit::Wait(longer) = acquire(&mut limiter, &mut ticket, 4.02) else { panic!() };
    let ratio = longer.as_secs_f64() / wait.as_secs_f64();
    assert!((ratio - rate / limiter.fill_rate).abs() < 0.01 && ratio > 1.4, "{wait:?}, {longer:?}");
    // No wait is shorter than a timer can keep.
    let almost = 4.02 + longer.as_secs_f64() - 1e-4;
    assert_eq!(acquire(&mut limiter, &mut ticket, almost), Permit::Wait(Duration::from_millis(1)));
}

/// Counts how often it is woken.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Whatever may shorten the wait of the first in the queue wakes it, and nobody else.
#[test]
fn the_first_in_the_queue_is_woken() {
    let mut limiter = throttled();
    limiter.take_waker();
    let woken: [Arc<Woken>; 3] = Default::default();
    let mut tickets = [None; 3];
    for (ticket, woken) in tickets.iter_mut().zip(&woken) {
        limiter.acquire(ticket, Some(&Waker::from(Arc::clone(woken))), at(0.0));
        assert!(limiter.take_waker().is_none(), "a look changes nothing");
    }
    let wakes = |limiter: &mut AdaptiveLimiter| {
        if let Some(waker) = limiter.take_waker() {
            waker.wake();
        }
        woken.each_ref().map(|woken| woken.0.load(Ordering::Relaxed))
    };
    limiter.on_response(false, at(0.1));
    assert_eq!(wakes(&mut limiter), [1, 0, 0]);
    limiter.leave(tickets[1].unwrap());
    assert_eq!(wakes(&mut limiter), [1, 0, 0]);
    limiter.leave(tickets[0].unwrap());
    assert_eq!(wakes(&mut limiter), [1, 0, 1]);
    let mut last = None;
    limiter.acquire(&mut last, Some(&Waker::from(Arc::clone(&woken[0]))), at(0.1));
    assert!(is_granted(&mut limiter, &mut tickets[2], 2.0));
    assert_eq!(wakes(&mut limiter), [2, 0, 1]);
}

/// A future that is no longer polled, or state of a call that was forgotten, does not hold up the others.
#[test]
fn a_call_that_no_longer_asks_is_passed_by_and_keeps_its_place() {
    let mut limiter = throttled();
    let mut absent = [None; 50];
    for ticket in &mut absent {
        acquire(&mut limiter, ticket, 0.0);
    }
    let mut present = None;
    for tenth in 1..=21 {
        let seconds = f64::from(tenth) / 10.0;
        let granted = is_granted(&mut limiter, &mut present, seconds);
        assert_eq!(granted, tenth == 21, "{seconds}");
    }
    // One that comes back stands before those who came after it.
    assert!(!is_granted(&mut limiter, &mut present, 2.2));
    assert!(!is_granted(&mut limiter, &mut absent[7], 2.3));
    assert!(!is_granted(&mut limiter, &mut absent[3], 2.3));
    for ticket in [&mut present, &mut absent[7]] {
        assert!(!is_granted(&mut limiter, ticket, 4.15));
    }
    assert!(is_granted(&mut limiter, &mut absent[3], 4.15));
}

/// A wall clock may be set: back, which must not stop the bucket, or forward, which must not fill it beyond its capacity.
#[test]
fn a_clock_that_is_set_does_no_harm() {
    let mut limiter = throttled();
    let mut ticket = None;
    assert!(!is_granted(&mut limiter, &mut ticket, 1.0));
    // An hour back: the second that has passed counts, and time goes on from there.
    assert!(!is_granted(&mut limiter, &mut ticket, -3_599.0));
    assert!(!is_granted(&mut limiter, &mut ticket, -3_598.5));
    assert!(is_granted(&mut limiter, &mut ticket, -3_597.9));
    limiter.on_response(false, at(-3_597.9));
    assert!(limiter.fill_rate >= MIN_FILL_RATE);
    for _ in 0..20 {
        limiter.on_response(false, at(100_000.0));
    }
    assert!(limiter.tokens <= limiter.capacity && limiter.fill_rate.is_finite());
    // To and fro by less than a second, as two threads read it: no time is counted twice.
    let mut limiter = throttled();
    for _ in 0..1_000 {
        assert!(!is_granted(&mut limiter, &mut ticket, 0.5));
        assert!(!is_granted(&mut limiter, &mut ticket, 0.4));
    }
    limiter.on_response(true, Duration::ZERO);
    limiter.on_response(false, Duration::MAX);
    assert!(limiter.fill_rate.is_finite());
}
