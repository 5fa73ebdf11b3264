//! What goes over the wire is what serde's derive would write and read: the macros of the types make both ways, and here they
//! are held against each other. That no member of the model is lost on the way is `completeness.rs`'s.

use barerock_converse::stream::{
    ContentBlockDeltaEvent, ContentBlockStartEvent, ContentBlockStopEvent, EventDecoder, MessageStartEvent,
    MessageStopEvent, MetadataEvent,
};
use barerock_converse::{ConverseRequest, Endpoint, StreamEvent};
use barerock_eventstream::{FrameDecoder, MessageKind};
use barerock_test_data::{captures, report_cases};
use barerock_tests::fixtures;
use serde::Deserialize;

/// How many events and requests of Converse the recordings hold.
const EVENTS: usize = 2722;
const REQUESTS: usize = 241;

/// The event as serde's derive reads it.
fn derived<'a>(event_type: &str, payload: &'a [u8]) -> StreamEvent<'a> {
    fn read<'a, T: Deserialize<'a>>(payload: &'a [u8]) -> T {
        serde_json::from_slice(payload).expect("an event")
    }
    match event_type {
        "messageStart" => StreamEvent::MessageStart(read::<MessageStartEvent>(payload)),
        "contentBlockStart" => StreamEvent::ContentBlockStart(read::<ContentBlockStartEvent>(payload)),
        "contentBlockDelta" => StreamEvent::ContentBlockDelta(read::<ContentBlockDeltaEvent<'_>>(payload)),
        "contentBlockStop" => StreamEvent::ContentBlockStop(read::<ContentBlockStopEvent>(payload)),
        "messageStop" => StreamEvent::MessageStop(read::<MessageStopEvent>(payload)),
        "metadata" => StreamEvent::Metadata(read::<MetadataEvent>(payload)),
        other => panic!("{other}"),
    }
}

/// Holds the events of a stream against what serde's derive reads; how many there were.
fn events_are_equal(name: &str, stream: &[u8]) -> usize {
    let (mut frames, mut events, mut count) = (FrameDecoder::new(), EventDecoder::new(), 0);
    frames.push(stream);
    events.push(stream);
    while let Ok(Some(frame)) = frames.next_frame() {
        let MessageKind::Event { event_type } = frame.kind() else { break };
        let event = events.next_event().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(event, Some(derived(event_type, frame.payload())), "{name}");
        count += 1;
    }
    count
}

/// Holds a request's body, if it is one of Converse, against what serde's derive writes.
fn body_is_equal(name: &str, body: &str) -> bool {
    let Ok(mut request) = serde_json::from_str::<ConverseRequest>(body) else { return false };
    request.model_id = "m".to_owned();
    let sent = request.to_http_stream(&Endpoint::for_region("us-east-1").unwrap()).unwrap();
    let derived = serde_json::to_string(&request).unwrap();
    assert_eq!(core::str::from_utf8(sent.body()), Ok(&*derived), "{name}");
    true
}

#[test]
fn fixtures_are_read_and_written_alike() {
    let events: usize =
        fixtures::good_streams(usize::MAX).iter().map(|(name, stream)| events_are_equal(name, stream)).sum();
    assert!(events > 300, "{events}");
}

#[test]
fn recordings_are_read_and_written_alike() {
    let Some(recordings) = captures::all("recordings_are_read_and_written_alike") else { return };
    let (mut events, mut requests) = (0, 0);
    for recording in &recordings {
        if recording.operation() == "converse-stream" {
            events += events_are_equal(&recording.name, &recording.body);
        }
        if recording.operation().starts_with("converse") {
            requests += usize::from(body_is_equal(&recording.name, &recording.request_body));
        }
    }
    report_cases(events + requests, "recorded events and requests read and written alike");
    assert_eq!((events, requests), (EVENTS, REQUESTS));
}
