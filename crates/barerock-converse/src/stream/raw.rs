//! Events as the service sent them.

use super::event::StreamEvent;
use crate::json::{format, padding, write_member};
use crate::types::Document;

impl StreamEvent<'_> {
    /// The event as the service sent it, with all members in their original order, in boto3's form:
    /// `{"contentBlockDelta":{…}}`. `payload` must be the payload the event was read from. The padding `p` is omitted;
    /// a payload that is not JSON becomes a JSON string.
    #[must_use]
    pub fn to_document(&self, payload: &[u8]) -> Document {
        let payload = Document::of_payload(payload);
        let payload = format(payload.as_json(), None, &padding(payload.as_json()));
        Document::from_checked(&write_member(self.event_type(), &payload))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Corrections;

    // spec-test: bedrock#padding
    #[test]
    fn only_the_padding_is_left_out() {
        for (event_type, payload, expected) in [
            (
                "contentBlockDelta",
                r#"{"contentBlockIndex":0,"delta":{"text":"\u0061","p":1},"p":"abc"}"#,
                r#"{"contentBlockDelta":{"contentBlockIndex":0,"delta":{"text":"\u0061","p":1}}}"#,
            ),
            (
                "metadata",
                "{\"metrics\":{\"latencyMs\":1.0},\n\"p\":\"ab\",\"usage\":null}",
                r#"{"metadata":{"metrics":{"latencyMs":1.0},"usage":null}}"#,
            ),
            ("noise", "not \"json\"", r#"{"noise":"not \"json\""}"#),
            ("noise", "[1, 2]", r#"{"noise":[1,2]}"#),
        ] {
            let event =
                StreamEvent::parse(event_type, payload.as_bytes(), &mut Corrections::default()).unwrap();
            assert_eq!(event.to_document(payload.as_bytes()).as_json(), expected);
        }
    }
}
