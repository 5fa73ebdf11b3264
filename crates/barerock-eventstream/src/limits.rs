//! Limits on frames, for decoder and encoder.

/// Length of a prelude in bytes: total length, headers length and prelude CRC, four bytes each.
pub const PRELUDE_LENGTH: usize = 12;

/// Length in bytes of a message without headers and payload: the prelude and the message CRC.
pub const MESSAGE_OVERHEAD: u32 = 16;

// spec: eventstream#payload-size "The payload of a message MUST NOT exceed 25,165,824 bytes (24 MB)."
/// Limit on a payload, in bytes: "The payload of a message MUST NOT exceed 25,165,824 bytes (24 MB)." (Amazon Event Stream
/// Specification, Message Format.)
pub const MAX_PAYLOAD_LENGTH: u32 = 25_165_824;

// spec: eventstream#headers-size "The encoded headers of a message MUST NOT exceed 131,072 bytes (128 kB)."
/// Limit on a header block, in bytes: "The encoded headers of a message MUST NOT exceed 131,072 bytes (128 kB)." (Message
/// Format.)
pub const MAX_HEADERS_LENGTH: u32 = 131_072;

/// Limit on a header name, in bytes: `utf8 name<1..255>` (Headers Format).
pub const MAX_HEADER_NAME_LENGTH: usize = 255;

/// Limit on a header value, in bytes: `data<1..2^15-1>` for byte arrays and strings (Headers Format). Empty values are
/// accepted and written nevertheless, as by every implementation.
pub const MAX_HEADER_VALUE_LENGTH: u16 = 32_767;

/// Largest message that [`Limits`] can allow: headers and payload at the specification's limits.
const MAX_MESSAGE_LENGTH: u32 = MAX_PAYLOAD_LENGTH + MAX_HEADERS_LENGTH + MESSAGE_OVERHEAD;

const DEFAULT_MESSAGE_LENGTH: u32 = 16 * 1024 * 1024;
const DEFAULT_HEADERS: u32 = 1024;

/// Limits on a frame, checked as soon as its prelude has arrived.
///
/// The specification requires size checks of services only. A client without them can be made to buffer until it runs out of
/// memory, so this crate checks them and lets the caller set them.
///
/// ```
/// use barerock_eventstream::Limits;
///
/// let limits = Limits::default().with_max_message_length(1024 * 1024);
/// assert_eq!(limits.max_message_length(), 1_048_576);
/// assert_eq!(limits.max_headers_length(), 131_072);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    max_message_length: u32,
    max_headers_length: u32,
    max_headers: u32,
    duplicate_headers: bool,
}

impl Default for Limits {
    /// Returns the default limits: 16 MiB per message, 128 KiB of headers, 1,024 headers, and no repeated header name.
    fn default() -> Self {
        Self {
            max_message_length: DEFAULT_MESSAGE_LENGTH,
            max_headers_length: MAX_HEADERS_LENGTH,
            max_headers: DEFAULT_HEADERS,
            duplicate_headers: false,
        }
    }
}

impl Limits {
    /// Returns the limit on a message in bytes, including prelude and CRCs.
    #[must_use]
    pub const fn max_message_length(&self) -> u32 {
        self.max_message_length
    }

    /// Returns the limit on a header block in bytes.
    #[must_use]
    pub const fn max_headers_length(&self) -> u32 {
        self.max_headers_length
    }

    /// Returns the limit on the number of headers of a frame.
    #[must_use]
    pub const fn max_headers(&self) -> u32 {
        self.max_headers
    }

    /// Returns true if a header name may occur twice in a frame.
    #[must_use]
    pub const fn duplicate_headers(&self) -> bool {
        self.duplicate_headers
    }

    /// Sets the limit on a message in bytes. A payload above [`MAX_PAYLOAD_LENGTH`] is always an error.
    #[must_use]
    pub fn with_max_message_length(mut self, bytes: u32) -> Self {
        self.max_message_length = bytes.min(MAX_MESSAGE_LENGTH);
        self
    }

    /// Sets the limit on a header block in bytes, at most [`MAX_HEADERS_LENGTH`].
    #[must_use]
    pub fn with_max_headers_length(mut self, bytes: u32) -> Self {
        self.max_headers_length = bytes.min(MAX_HEADERS_LENGTH);
        self
    }

    /// Sets the limit on the number of headers of a frame. Without the feature `alloc` the check for repeated names takes time
    /// that grows with the square of their number.
    #[must_use]
    pub const fn with_max_headers(mut self, count: u32) -> Self {
        self.max_headers = count;
        self
    }

    /// Allows a header name to occur twice, contrary to the specification: "Any given header name MUST only appear once in a
    /// message."
    #[must_use]
    pub const fn with_duplicate_headers(mut self, allowed: bool) -> Self {
        self.duplicate_headers = allowed;
        self
    }
}

/// Converts a length from the wire to an index. If `usize` is too small for it, no slice is that long either.
#[inline]
pub(crate) fn index(length: u32) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_can_be_set_above_the_specification() {
        let limits = Limits::default().with_max_message_length(u32::MAX).with_max_headers_length(u32::MAX);
        assert_eq!(limits.max_message_length(), 25_165_824 + 131_072 + 16);
        assert_eq!(limits.max_headers_length(), 131_072);
    }
}
