//! Limits that a decoder checks and an encoder keeps.

/// Bytes of a prelude: total length, headers length and prelude CRC, four bytes each.
pub const PRELUDE_LENGTH: usize = 12;

/// Bytes of a message that are neither headers nor payload: the prelude and the message CRC.
pub const MESSAGE_OVERHEAD: u32 = 16;

// spec: eventstream#payload-size "The payload of a message MUST NOT exceed 25,165,824 bytes (24 MB)."
/// "The payload of a message MUST NOT exceed 25,165,824 bytes (24 MB)." (Amazon Event Stream
/// Specification, Message Format.)
pub const MAX_PAYLOAD_LENGTH: u32 = 25_165_824;

// spec: eventstream#headers-size "The encoded headers of a message MUST NOT exceed 131,072 bytes (128 kB)."
/// "The encoded headers of a message MUST NOT exceed 131,072 bytes (128 kB)." (Message Format.)
pub const MAX_HEADERS_LENGTH: u32 = 131_072;

/// The longest header name in bytes: `utf8 name<1..255>` (Headers Format).
pub const MAX_HEADER_NAME_LENGTH: usize = 255;

/// The longest header value in bytes: `data<1..2^15-1>` for byte arrays and strings (Headers Format).
/// Values of no bytes are accepted and written all the same, as every implementation does.
pub const MAX_HEADER_VALUE_LENGTH: u16 = 32_767;

/// The longest message any limits allow: headers and payload at the specification's own limits.
const MAX_MESSAGE_LENGTH: u32 = MAX_PAYLOAD_LENGTH + MAX_HEADERS_LENGTH + MESSAGE_OVERHEAD;

const DEFAULT_MESSAGE_LENGTH: u32 = 16 * 1024 * 1024;
const DEFAULT_HEADERS: u32 = 1024;

/// The limits a frame must keep to, checked before its bytes are awaited.
///
/// The specification asks services to check sizes and clients not to. A client that buffers what it is
/// told to buffer can be made to run out of memory, so these are checked here, and can be set.
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
    /// 16 MiB a message, 128 KiB and 1,024 headers, and no header name twice.
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
    /// The longest message, in bytes, prelude and CRCs counted.
    #[must_use]
    pub const fn max_message_length(&self) -> u32 {
        self.max_message_length
    }

    /// The longest header block, in bytes.
    #[must_use]
    pub const fn max_headers_length(&self) -> u32 {
        self.max_headers_length
    }

    /// The most headers a frame may have.
    #[must_use]
    pub const fn max_headers(&self) -> u32 {
        self.max_headers
    }

    /// Whether a header name may occur twice in a frame.
    #[must_use]
    pub const fn duplicate_headers(&self) -> bool {
        self.duplicate_headers
    }

    /// Sets the longest message in bytes. A payload over [`MAX_PAYLOAD_LENGTH`] is refused whatever is
    /// set here.
    #[must_use]
    pub fn with_max_message_length(mut self, bytes: u32) -> Self {
        self.max_message_length = bytes.min(MAX_MESSAGE_LENGTH);
        self
    }

    /// Sets the longest header block in bytes, at most [`MAX_HEADERS_LENGTH`].
    #[must_use]
    pub fn with_max_headers_length(mut self, bytes: u32) -> Self {
        self.max_headers_length = bytes.min(MAX_HEADERS_LENGTH);
        self
    }

    /// Sets the most headers a frame may have. Without the feature `alloc` the check for repeated names takes time that grows
    /// with the square of their number.
    #[must_use]
    pub const fn with_max_headers(mut self, count: u32) -> Self {
        self.max_headers = count;
        self
    }

    /// Allows a header name to occur twice. The specification does not: "Any given header name MUST only
    /// appear once in a message."
    #[must_use]
    pub const fn with_duplicate_headers(mut self, allowed: bool) -> Self {
        self.duplicate_headers = allowed;
        self
    }
}

/// A length from the wire as an index. Where `usize` is too small for it, no slice is that long either.
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
