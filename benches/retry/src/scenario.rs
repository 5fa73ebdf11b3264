//! Scenarios: concurrent callers, some of whose requests are throttled.

use core::future::poll_fn;
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};

use barerock::types::Message;
use barerock::{Client, ConverseRequest, Credentials, RetryPolicy};

use crate::clock::SimulatedClock;
use crate::executor::{Task, run};
use crate::service::SimulatedService;

/// Start time since 1970; the value is arbitrary.
const START: Duration = Duration::from_secs(1_700_000_000);

/// Parameters of a simulation.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// Total number of calls.
    pub calls: usize,
    /// Number of callers, each with one call at a time.
    pub callers: usize,
    /// Requests that the service throttles.
    pub throttles: Throttles,
    /// Time from a request to its response.
    pub latency: Duration,
    /// Time after which a caller cancels a call.
    pub patience: Option<Duration>,
}

/// Which requests the service throttles.
#[derive(Debug, Clone, Copy)]
pub struct Throttles {
    /// Number of the first of them, from 0.
    pub first: usize,
    /// Number of throttled requests.
    pub count: usize,
}

/// The result of a simulation.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// From the beginning to the end of the last call.
    pub time: Duration,
    /// Calls with a response.
    pub answered: usize,
    /// Calls that ended with an error.
    pub failed: usize,
    /// Number of calls that were cancelled.
    pub given_up: usize,
    /// Longest time in which no request was sent.
    pub longest_gap: Duration,
}

/// Runs a scenario. The seed determines the jitter and the fraction of a second at which it starts.
#[must_use]
pub fn simulate(scenario: Scenario, policy: RetryPolicy, seed: u64) -> Outcome {
    let start = START + Duration::from_millis(seed * 137 % 1_000);
    let clock = SimulatedClock::new(start);
    let throttled = scenario.throttles.first..scenario.throttles.first + scenario.throttles.count;
    let service = SimulatedService::new(clock.clone(), scenario.latency, throttled);
    let time = clock.clone();
    let client = Client::builder(service.clone())
        .region("us-east-1")
        .credentials(Credentials::new("AKIDEXAMPLE", "SECRET", None))
        .retry(policy)
        .random_seed(seed)
        .clock(move || time.system_time())
        .build();
    let client = match client {
        Ok(client) => client,
        Err(error) => panic!("{error}"),
    };
    let shared = Arc::new(Shared { scenario, client, clock: clock.clone(), progress: Mutex::default() });
    let callers = (0..scenario.callers).map(|_| {
        let shared = Arc::clone(&shared);
        Box::pin(async move { shared.call_until_done().await }) as Task
    });
    run(&clock, callers.collect());
    let mut outcome = shared.progress.lock().unwrap_or_else(PoisonError::into_inner).outcome.clone();
    outcome.time = clock.now() - start;
    let mut moments = service.received();
    moments.insert(0, start);
    moments.push(clock.now());
    outcome.longest_gap =
        moments.windows(2).filter_map(|pair| Some(*pair.get(1)? - *pair.first()?)).max().unwrap_or_default();
    outcome
}

struct Shared {
    scenario: Scenario,
    client: Client<SimulatedService>,
    clock: SimulatedClock,
    progress: Mutex<Progress>,
}

#[derive(Default)]
struct Progress {
    begun: usize,
    outcome: Outcome,
}

impl Shared {
    async fn call_until_done(&self) {
        let request = ConverseRequest::new("us.anthropic.claude-sonnet-4-6", [Message::user("Hello?")]);
        while self.begin() {
            let ended = self.before_patience_ends(self.client.converse(&request)).await;
            let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
            let count = match ended {
                Some(Ok(_)) => &mut progress.outcome.answered,
                Some(Err(_)) => &mut progress.outcome.failed,
                None => &mut progress.outcome.given_up,
            };
            *count += 1;
        }
    }

    /// Claims the next call; false if there is none.
    fn begin(&self) -> bool {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.begun += 1;
        progress.begun <= self.scenario.calls
    }

    /// Runs the call, and drops it when the patience of the caller ends.
    async fn before_patience_ends<F: Future>(&self, call: F) -> Option<F::Output> {
        let Some(patience) = self.scenario.patience else { return Some(call.await) };
        let (mut call, mut end) = (pin!(call), pin!(self.clock.sleep(patience)));
        poll_fn(|context| match call.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => end.as_mut().poll(context).map(|()| None),
        })
        .await
    }
}
