//! The header block of the frame before, which is most often the next one's too.

use alloc::string::String;
use alloc::vec::Vec;

use super::EventHeaders;
use crate::error::DecodeError;
use crate::kind::MessageType;
use crate::limits::Limits;

/// Longer blocks are not remembered.
const LONGEST: usize = 256;

/// A header block that was checked, and what was found. The first one has no headers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memo {
    block: Vec<u8>,
    message_type: MessageType,
    event_type: String,
}

impl Memo {
    /// As [`check`](super::check), but for a block whose every byte is the remembered one's: that was
    /// checked before. Always under the same `limits`.
    #[inline]
    pub(crate) fn check<'a>(
        &'a mut self,
        block: &'a [u8],
        limits: Limits,
    ) -> Result<EventHeaders<'a>, DecodeError> {
        if self.block == block {
            return Ok(EventHeaders { message_type: self.message_type, event_type: &self.event_type });
        }
        let event_headers = super::check(block, limits)?;
        if block.len() <= LONGEST {
            self.remember(block, event_headers);
        }
        Ok(event_headers)
    }

    fn remember(&mut self, block: &[u8], event_headers: EventHeaders<'_>) {
        self.block.clear();
        self.block.extend_from_slice(block);
        self.message_type = event_headers.message_type;
        self.event_type.clear();
        self.event_type.push_str(event_headers.event_type);
    }
}
