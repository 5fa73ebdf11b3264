//! Events of a ConverseStream response.

use super::delta::ContentBlockDelta;
use super::payload::{
    ContentBlockDeltaEvent, ContentBlockStartEvent, ContentBlockStopEvent, MessageStartEvent,
    MessageStopEvent, MetadataEvent, UnknownEvent,
};
use crate::json::{Corrections, FromJson, Mode, Reader, ToJson, Union, Writer, index_of};
use crate::types::{Document, serde_facade};

/// An event of a stream. The text of deltas borrows from the frame; [`into_owned`](Self::into_owned) removes the
/// borrow.
///
/// In JSON it is `{"contentBlockDelta":{…}}`, as boto3 returns it.
///
/// ```
/// # use barerock_converse::StreamEvent;
/// fn show(event: &StreamEvent<'_>) {
///     match event {
///         StreamEvent::MessageStop(stop) => println!("\n[{}]", stop.stop_reason),
///         StreamEvent::Metadata(metadata) => println!("{:?}", metadata.usage),
///         event => print!("{}", event.text().unwrap_or_default()),
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum StreamEvent<'a> {
    /// The message begins.
    MessageStart(MessageStartEvent),
    /// A block begins. Text, reasoning and citations begin without one. Boxed, so that the frequent deltas are small to move.
    ContentBlockStart(Box<ContentBlockStartEvent>),
    /// A delta of a content block.
    ContentBlockDelta(ContentBlockDeltaEvent<'a>),
    /// A block is complete.
    ContentBlockStop(ContentBlockStopEvent),
    /// The message is complete.
    MessageStop(MessageStopEvent),
    /// Token usage and latency. Usually the last event, but does not indicate that the message is complete.
    Metadata(Box<MetadataEvent>),
    /// An event this crate does not know.
    Unknown(UnknownEvent<'a>),
}

/// The most frequent event, which has a fast path.
pub(super) const CONTENT_BLOCK_DELTA: &str = "contentBlockDelta";

/// The events this crate knows.
const NAMES: &str = "contentBlockDelta|messageStart|contentBlockStart|contentBlockStop|messageStop|metadata|";

impl<'a> StreamEvent<'a> {
    /// Reads the payload of the event named `event_type`.
    ///
    /// # Errors
    /// If the payload of a known event is not a JSON object.
    pub(crate) fn parse(
        event_type: &'a str,
        payload: &'a [u8],
        corrections: &mut Corrections,
    ) -> Result<Self, String> {
        let index = index_of(NAMES, event_type);
        if index == usize::MAX {
            return Ok(Self::Unknown(UnknownEvent::new(event_type, Document::of_payload(payload))));
        }
        let json = core::str::from_utf8(payload).map_err(|error| error.to_string())?;
        if !json.trim_ascii_start().starts_with('{') {
            return Err("not a JSON object".to_owned());
        }
        let mut reader = Reader::new(json, event_type, Mode::Event);
        let event = Self::known(index, &mut reader);
        let reader = reader.finish().map_err(|fault| fault.to_string())?;
        corrections.extend(reader.corrections);
        Ok(event)
    }

    /// Reads the payload of the event named `event_type` for what the model does not have; false if it is unknown.
    #[cfg(feature = "drift")]
    pub(crate) fn read_known(event_type: &str, reader: &mut Reader<'a>) -> bool {
        let index = index_of(NAMES, event_type);
        if index != usize::MAX {
            Self::known(index, reader);
        }
        index != usize::MAX
    }

    /// Reads the payload of the event at `index` of [`NAMES`].
    fn known(index: usize, reader: &mut Reader<'a>) -> Self {
        match index {
            0 => Self::ContentBlockDelta(FromJson::from_json(reader)),
            1 => Self::MessageStart(FromJson::from_json(reader)),
            2 => Self::ContentBlockStart(FromJson::from_json(reader)),
            3 => Self::ContentBlockStop(FromJson::from_json(reader)),
            4 => Self::MessageStop(FromJson::from_json(reader)),
            _ => Self::Metadata(Box::new(FromJson::from_json(reader))),
        }
    }

    /// The text of the message that the event holds, if it is a delta of text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::ContentBlockDelta(ContentBlockDeltaEvent {
                delta: ContentBlockDelta::Text(text), ..
            }) => Some(text),
            _ => None,
        }
    }

    /// The event's name on the wire.
    #[must_use]
    pub fn event_type(&self) -> &str {
        match self {
            Self::MessageStart(_) => "messageStart",
            Self::ContentBlockStart(_) => "contentBlockStart",
            Self::ContentBlockDelta(_) => CONTENT_BLOCK_DELTA,
            Self::ContentBlockStop(_) => "contentBlockStop",
            Self::MessageStop(_) => "messageStop",
            Self::Metadata(_) => "metadata",
            Self::Unknown(event) => &event.event_type,
        }
    }

    /// The same event without borrowed text.
    #[must_use]
    pub fn into_owned(self) -> StreamEvent<'static> {
        match self {
            Self::MessageStart(event) => StreamEvent::MessageStart(event),
            Self::ContentBlockStart(event) => StreamEvent::ContentBlockStart(event),
            Self::ContentBlockDelta(event) => StreamEvent::ContentBlockDelta(event.into_owned()),
            Self::ContentBlockStop(event) => StreamEvent::ContentBlockStop(event),
            Self::MessageStop(event) => StreamEvent::MessageStop(event),
            Self::Metadata(event) => StreamEvent::Metadata(event),
            Self::Unknown(event) => StreamEvent::Unknown(event.into_owned()),
        }
    }
}

serde_facade!(StreamEvent<'a>);

impl ToJson for StreamEvent<'_> {
    fn to_json(&self, out: &mut Writer) {
        out.begin_union(self.event_type());
        match self {
            Self::MessageStart(event) => event.to_json(out),
            Self::ContentBlockStart(event) => event.to_json(out),
            Self::ContentBlockDelta(event) => event.to_json(out),
            Self::ContentBlockStop(event) => event.to_json(out),
            Self::MessageStop(event) => event.to_json(out),
            Self::Metadata(event) => event.to_json(out),
            Self::Unknown(event) => event.payload.to_json(out),
        }
        out.end_object();
    }
}

impl<'a> FromJson<'a> for StreamEvent<'a> {
    fn empty() -> Self {
        Self::Unknown(UnknownEvent::empty())
    }

    fn read_json(&mut self, reader: &mut Reader<'a>) {
        let mut union = Union::open_event(reader);
        while let Some(index) = union.next(NAMES, reader) {
            *self = Self::known(index, reader);
        }
        if let Some(member) = union.end(reader) {
            *self = Self::Unknown(UnknownEvent::new(member.name, member.value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_event_is_read_as_it_was_written() {
        for name in ["other", "", "__type", "a\"b"] {
            for payload in
                ["null", "{}", "[]", "1", "\"text\"", "", "{\"a\":null}", "{\"a\":1,\"b\":2}", "\u{1}"]
            {
                let event =
                    StreamEvent::parse(name, payload.as_bytes(), &mut Corrections::default()).unwrap();
                let written = serde_json::to_string(&event).unwrap();
                assert_eq!(serde_json::from_str::<StreamEvent<'_>>(&written).unwrap(), event, "{written}");
            }
        }
    }

    #[test]
    fn an_event_is_small_to_move() {
        // Streams have thousands of deltas, so large and rare events must not increase the size of the enum.
        assert!(size_of::<StreamEvent<'_>>() <= 72, "{}", size_of::<StreamEvent<'_>>());
    }
}
