//! Tests of calls during an outage of the instance metadata service: expired credentials are used, and the observer is
//! notified once.

use core::time::Duration;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use barerock::types::Message;
use barerock::{Client, ConverseRequest, Environment, Observe, Stage, time};
use barerock_config::Config;
use barerock_config::providers::{Io, SystemIo};
use barerock_hyper::HyperTransport;
use barerock_tests::peer::{Peer, Reply};

const HOUR: u64 = 3600;
const START: u64 = 1_769_860_800;
const ANSWER: &str = r#"{"output":{"message":{"role":"assistant","content":[{"text":"fine"}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2},"metrics":{"latencyMs":5}}"#;

/// A simulated instance: its clock, its metadata service and the warnings of its client.
#[derive(Default)]
struct Instance {
    /// Seconds since the start.
    clock: AtomicU64,
    /// Lifetime of the credentials of the metadata service in seconds.
    life: AtomicU64,
    is_down: AtomicBool,
    warnings: Mutex<Vec<String>>,
}

impl Instance {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(START + self.clock.load(Ordering::Relaxed))
    }

    fn at(&self, seconds: u64) {
        self.clock.store(seconds, Ordering::Relaxed);
    }

    fn reply(&self, path: &str) -> Reply {
        match path {
            _ if path.starts_with("/model/") => {
                Reply::Answer(200, "application/json", ANSWER.as_bytes().into())
            }
            _ if self.is_down.load(Ordering::Relaxed) => Reply::Answer(503, "text/plain", "".into()),
            "/latest/api/token" => Reply::ok("TOKEN"),
            "/latest/meta-data/iam/security-credentials/" => Reply::ok("my-role"),
            _ => {
                let clock = self.clock.load(Ordering::Relaxed);
                let expires = self.now() + Duration::from_secs(self.life.load(Ordering::Relaxed));
                let expires = time::format(expires);
                Reply::ok(&format!(
                    r#"{{"Code":"Success","AccessKeyId":"AKID{clock}","SecretAccessKey":"SQUIRREL","Token":"WALRUS","Expiration":"{expires}"}}"#
                ))
            }
        }
    }

    async fn client(self: &Arc<Self>, peer: &Peer) -> Client<HyperTransport> {
        let variables = [
            ("AWS_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", peer.url()),
            ("AWS_EC2_METADATA_SERVICE_ENDPOINT", peer.url()),
        ];
        let environment: Environment = variables.into_iter().collect();
        let transport = Arc::new(HyperTransport::new());
        let clock = Arc::clone(self);
        let io: Arc<dyn Io> = Arc::new(SystemIo::new(Arc::clone(&transport)).clock(move || clock.now()));
        let config = Config::loader().environment(environment).load(Arc::clone(&io)).await.unwrap();
        let clock = Arc::clone(self);
        Client::builder(HyperTransport::new())
            .settings(config.client_settings(io))
            .clock(move || clock.now())
            .clock_skew_correction(false)
            .observe(Arc::<Self>::clone(self))
            .build()
            .unwrap()
    }
}

impl Observe for Instance {
    fn observe(&self, _call: &str, stage: &Stage<'_>) {
        if let Stage::ExpiredCredentials { provider, expired_at, reason, .. } = stage {
            let reason = reason.map(ToString::to_string).unwrap_or_default();
            let warning = format!("{provider} {} {reason}", time::format(*expired_at));
            self.warnings.lock().unwrap().push(warning);
        }
    }
}

/// The access key id that the last call was signed with.
async fn key(client: &Client<HyperTransport>, peer: &Peer) -> String {
    let question = ConverseRequest::new("m.x", [Message::user("Hi")]);
    client.converse(&question).await.unwrap();
    let asked = peer.asked();
    let calls = asked.iter().filter(|request| request.uri().path().starts_with("/model/"));
    let header = calls.last().unwrap().headers()["authorization"].to_str().unwrap().to_owned();
    let (_, rest) = header.split_once("Credential=").unwrap();
    rest.split('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn an_outage_stops_no_call_and_is_told_once() {
    let instance = Arc::new(Instance { life: AtomicU64::new(HOUR), ..Instance::default() });
    let peer = Peer::start({
        let instance = Arc::clone(&instance);
        move |request| instance.reply(request.uri().path())
    })
    .await;
    let client = instance.client(&peer).await;
    assert_eq!(key(&client, &peer).await, "AKID0");
    instance.is_down.store(true, Ordering::Relaxed);
    for (seconds, is_told) in [(HOUR - 1, false), (HOUR, true), (2 * HOUR, true), (20 * HOUR, true)] {
        instance.at(seconds);
        assert_eq!(key(&client, &peer).await, "AKID0", "{seconds}");
        assert_eq!(instance.warnings.lock().unwrap().len(), usize::from(is_told), "{seconds}");
    }
    let warning = instance.warnings.lock().unwrap().remove(0);
    assert!(warning.starts_with("instance-metadata 2026-01-31T13:00:00Z "), "{warning}");
    assert!(warning.contains("503"), "{warning}");
    // The service has recovered, and then returns only expired credentials.
    instance.is_down.store(false, Ordering::Relaxed);
    instance.at(21 * HOUR);
    assert_eq!(key(&client, &peer).await, format!("AKID{}", 21 * HOUR));
    instance.life.store(0, Ordering::Relaxed);
    instance.at(22 * HOUR);
    assert_eq!(key(&client, &peer).await, format!("AKID{}", 22 * HOUR));
    assert_eq!(*instance.warnings.lock().unwrap(), ["instance-metadata 2026-02-01T10:00:00Z "]);
}
