//! Simulation of many concurrent callers of one client against a throttling service, with a simulated clock: waits take
//! no real time, and runs are deterministic for a seed.
//!
//! In scope: the unmodified `barerock` client, a scripted service, callers that cancel. Out of scope: sockets and real
//! time.

mod clock;
mod executor;
mod scenario;
mod service;

pub use clock::{SimulatedClock, Sleep};
pub use executor::{Task, run};
pub use scenario::{Outcome, Scenario, Throttles, simulate};
pub use service::{Never, SimulatedService};
