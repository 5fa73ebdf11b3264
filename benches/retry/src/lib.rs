//! Many callers of one client against a service that throttles, by a simulated clock: seconds of waiting pass in microseconds,
//! and equal seeds give equal runs.
//!
//! In scope: the client of `barerock` as it is, a scripted service, callers that give up. Out of scope: sockets and real time.

mod clock;
mod executor;
mod scenario;
mod service;

pub use clock::{SimulatedClock, Sleep};
pub use executor::{Task, run};
pub use scenario::{Outcome, Scenario, Throttles, simulate};
pub use service::{Never, SimulatedService};
