//! Decoding of complete streams.

use barerock_converse::stream::{EventDecoder, MessageAssembler, StreamError, Verdict};
use barerock_converse::types::Message;

/// Result of decoding a stream.
#[derive(Debug)]
pub struct Outcome {
    /// The message, possibly incomplete.
    pub message: Message,
    /// Number of events.
    pub events: usize,
    /// Result of the end of the stream.
    pub end: Result<(), StreamError>,
}

impl Outcome {
    /// Returns the outcome of the stream.
    pub fn verdict(&self) -> Verdict {
        self.end.as_ref().map_or_else(StreamError::verdict, |()| Verdict::Complete)
    }
}

/// Decodes `stream` in chunks of `chunk` bytes.
///
/// # Panics
///
/// If the events cannot be assembled, or the decoder continues after an error.
pub fn decode(stream: &[u8], chunk: usize) -> Outcome {
    let (mut decoder, mut assembler, mut events) = (EventDecoder::new(), MessageAssembler::new(), 0);
    for mut chunk in stream.chunks(chunk.clamp(1, stream.len().max(1))) {
        loop {
            let mut rest = chunk;
            let is_ready = decoder.clone().is_ready(&mut rest);
            assert!(is_ready || rest.is_empty());
            let next = decoder.next_event(&mut chunk);
            assert_eq!(is_ready, next != Ok(None));
            match next {
                Ok(Some(event)) => {
                    assembler.push(event);
                    events += 1;
                }
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(decoder.next_event(&mut chunk), Err(error.clone()), "an error is final");
                    assert_eq!(decoder.finish(), Err(error.clone()), "an error is final");
                    return Outcome { message: assembler.partial(), events, end: Err(error) };
                }
            }
        }
    }
    let end = decoder.finish();
    assert!(end.is_err() || assembler.is_complete(), "complete without messageStop");
    Outcome { message: assembler.partial(), events, end }
}
