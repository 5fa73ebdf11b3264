//! A replay server on its own thread.

use barerock::Credentials;
use barerock_replay::{MatchMode, ReceivedRequest, ReplayBuilder, ReplayServer, Verify};
pub(super) use barerock_tests::replay::question;
use barerock_tests::replay::recorded;
use tokio::runtime::Runtime;

pub(super) const REGION: &str = "us-east-1";

pub(super) fn credentials() -> Credentials {
    Credentials::new("AKIDEXAMPLE", "SQUIRREL", Some("WALRUS".to_owned()))
}

/// A replay server that serves the fixtures and checks signatures, until dropped.
pub(super) struct Bedrock {
    replay: ReplayServer,
    /// Runs the server.
    _runtime: Runtime,
}

impl Bedrock {
    pub(super) fn start(faults: &[&str]) -> Self {
        Self::start_with(faults, |replay| replay)
    }

    pub(super) fn start_with(faults: &[&str], set_up: impl FnOnce(ReplayBuilder) -> ReplayBuilder) -> Self {
        Self::listen("127.0.0.1:0", faults, set_up)
    }

    pub(super) fn listen(
        address: &str,
        faults: &[&str],
        set_up: impl FnOnce(ReplayBuilder) -> ReplayBuilder,
    ) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let replay = recorded(MatchMode::Exact, faults.iter().copied())
            .verify(Verify::for_region(REGION).with_credentials(credentials()));
        let replay = runtime.block_on(set_up(replay).bind(address)).unwrap();
        Self { replay, _runtime: runtime }
    }

    pub(super) fn url(&self) -> String {
        self.replay.url()
    }

    pub(super) fn requests(&self) -> Vec<ReceivedRequest> {
        self.replay.requests()
    }
}
