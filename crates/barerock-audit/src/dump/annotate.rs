//! The fields of a run of bytes, each with its meaning.

use barerock_eventstream::{DecodeError, HeaderValue, Limits, MessageKind, header_type};

use super::{Excerpt, PlacedFrame, value};
use crate::fields::{Field, FieldName, Fields};
use crate::text::{count, counted, grouped};

/// A field, its bytes and their meaning.
pub(super) struct Annotated<'a> {
    pub(super) name: FieldName,
    /// Where in the bytes it begins.
    pub(super) start: usize,
    pub(super) bytes: &'a [u8],
    /// What the bytes mean, or what is wrong with them.
    pub(super) note: String,
    /// Whether the fault is here.
    pub(super) is_faulty: bool,
}

/// The fields of `bytes`, which begin with a frame: with a whole one and nothing else, or with the faulty one
/// of `error`.
pub(super) fn annotate<'a>(
    bytes: &'a [u8],
    limits: Limits,
    error: Option<&'a DecodeError>,
    excerpt: Excerpt,
) -> impl Iterator<Item = Annotated<'a>> {
    let mut value_type = 0;
    Fields::new(bytes, limits).map(move |field| {
        let data = bytes.get(field.range.clone()).unwrap_or_default();
        if let (FieldName::HeaderType, [found]) = (field.name, data) {
            value_type = *found;
        }
        let fault = error.filter(|error| is_in(error, &field));
        let mut note = match fault {
            Some(error) => error.kind().to_string(),
            None if field.is_cut => format!("cut short after {}", counted(count(data), "byte")),
            None => note(field.name, data, value_type, excerpt),
        };
        if let (Some(_), FieldName::TotalLength | FieldName::HeadersLength) = (fault, field.name) {
            note = format!("{}: {note}", number(data));
        }
        Annotated {
            name: field.name,
            start: field.range.start,
            bytes: data,
            note,
            is_faulty: fault.is_some(),
        }
    })
}

/// Whether the fault is in the field. A cut is in none: it is behind the last one.
fn is_in(error: &DecodeError, field: &Field) -> bool {
    usize::try_from(error.frame_offset()).is_ok_and(|offset| field.range.contains(&offset))
}

fn note(name: FieldName, data: &[u8], value_type: u8, excerpt: Excerpt) -> String {
    match name {
        FieldName::TotalLength
        | FieldName::HeadersLength
        | FieldName::HeaderNameLength
        | FieldName::HeaderValueLength => number(data),
        FieldName::PreludeCrc | FieldName::MessageCrc => "ok".to_owned(),
        FieldName::HeaderName => excerpt.line(&String::from_utf8_lossy(data)),
        FieldName::HeaderType => {
            format!("{} {}", number(data), header_type::name(value_type).unwrap_or("unknown type"))
        }
        FieldName::HeaderValue => {
            HeaderValue::decode(value_type, data).map(|value| value::text(value, excerpt)).unwrap_or_default()
        }
        FieldName::Undecoded => format!("{} after the fault", counted(count(data), "byte")),
        _ => counted(count(data), "byte"),
    }
}

/// The big-endian number in one, two or four bytes.
fn number(data: &[u8]) -> String {
    data.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte)).to_string()
}

/// The frame's message type and its event, exception or error type.
pub(super) fn purpose(placed: &PlacedFrame<'_>) -> String {
    let line =
        |words: &str, name: &str| Excerpt::SHORT.line(&format!("{words} {name}")).trim_end().to_owned();
    match placed.frame.kind() {
        MessageKind::Event { event_type } => line("event", event_type),
        MessageKind::Exception { exception_type } => line("exception", exception_type),
        MessageKind::Error { code, .. } => line("error", code),
        MessageKind::InitialRequest => line("initial request", ""),
        MessageKind::InitialResponse => line("initial response", ""),
        MessageKind::Unknown { message_type: Some(message_type) } => line("message type", message_type),
        _ => "no message type".to_owned(),
    }
}

/// The title of a frame: its number, offset, length and purpose.
pub(super) fn title(placed: &PlacedFrame<'_>) -> String {
    let length = grouped(placed.frame.total_length().into());
    format!("frame {} · offset {} · {length} bytes · {}", placed.number, placed.offset, purpose(placed))
}
