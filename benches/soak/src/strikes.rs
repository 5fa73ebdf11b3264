//! Reports of injected faults by stream: the schedule counts requests, and only the server knows the stream of a
//! request.

use core::fmt;
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::process::ChildStdout;
use std::sync::{Arc, Mutex, PoisonError};

use barerock_replay::{Fault, FaultRule, ReceivedRequest};
use serde_json::Value;

/// A request with an injected fault: the stream and the fault, one line each.
#[derive(Debug)]
pub(crate) struct Strike {
    stream: String,
    what: String,
}

impl Strike {
    /// Returns `None` for a request without a fault.
    pub(crate) fn of(received: &ReceivedRequest) -> Option<Self> {
        let what = received.note.clone()?;
        let body: Value = serde_json::from_slice(&received.body).unwrap_or_default();
        let stream = body["messages"][0]["content"][0]["text"].as_str().unwrap_or("?").to_owned();
        Some(Self { stream, what })
    }
}

impl fmt::Display for Strike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.stream, self.what)
    }
}

/// Reports of the server so far, by stream, in the order of the attempts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Strikes(Arc<Mutex<HashMap<String, Vec<String>>>>);

impl Strikes {
    /// Reads the server's reports until end of file.
    pub(crate) fn read(lines: BufReader<ChildStdout>) -> Self {
        let strikes = Self::default();
        let known = strikes.clone();
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let Some((stream, what)) = line.split_once(' ') else { continue };
                let mut known = known.0.lock().unwrap_or_else(PoisonError::into_inner);
                known.entry(stream.to_owned()).or_default().push(what.to_owned());
            }
        });
        strikes
    }

    /// Removes and returns the faults of a stream, in order.
    pub(crate) fn take(&self, stream: &str) -> Result<Vec<Fault>, String> {
        let faults = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(stream);
        let faults = faults.iter().flatten();
        faults
            .map(|what| what.parse::<FaultRule>().map(|rule| rule.fault().clone()).map_err(|_| what.clone()))
            .collect()
    }
}
