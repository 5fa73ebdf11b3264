//! The prelude: the first twelve bytes of a frame, with its lengths.

use crate::crc;
use crate::error::{DecodeError, DecodeErrorKind};
use crate::limits::{Limits, MAX_PAYLOAD_LENGTH, MESSAGE_OVERHEAD, PRELUDE_LENGTH};

pub(crate) const TOTAL_LENGTH_AT: usize = 0;
pub(crate) const HEADERS_LENGTH_AT: usize = 4;
pub(crate) const PRELUDE_CRC_AT: usize = 8;

/// Length in bytes of the message CRC, the last field of a frame.
pub(crate) const MESSAGE_CRC_LENGTH: usize = 4;

/// Lengths of a frame, with a valid CRC and within the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prelude {
    total_length: u32,
    headers_length: u32,
    crc: u32,
}

impl Prelude {
    /// Parses the first twelve bytes of a frame, before the rest of it is buffered.
    ///
    /// # Errors
    ///
    /// If the prelude CRC does not match, or the lengths are inconsistent or above `limits`.
    #[cfg_attr(feature = "fast", inline(always))]
    pub fn parse(bytes: &[u8; PRELUDE_LENGTH], limits: Limits) -> Result<Self, DecodeError> {
        let [t0, t1, t2, t3, h0, h1, h2, h3, c0, c1, c2, c3] = *bytes;
        let total_length = u32::from_be_bytes([t0, t1, t2, t3]);
        let headers_length = u32::from_be_bytes([h0, h1, h2, h3]);
        let found = u32::from_be_bytes([c0, c1, c2, c3]);

        // spec: eventstream#prelude-crc "Both clients and servers MUST validate these checksums."
        // "Both clients and servers MUST validate these checksums." Checked first: lengths with an invalid CRC are meaningless.
        let computed = crc::hash_lengths([t0, t1, t2, t3, h0, h1, h2, h3]);
        if found != computed {
            return Err(DecodeError::in_frame(
                DecodeErrorKind::PreludeCrc { found, computed },
                PRELUDE_CRC_AT,
            ));
        }
        let prelude = Self { total_length, headers_length, crc: found };
        match prelude.fault(limits) {
            None => Ok(prelude),
            Some((kind, offset)) => Err(DecodeError::in_frame(kind, offset)),
        }
    }

    /// Returns the prelude of a checked frame.
    pub(crate) const fn of_frame(frame: &[u8], headers_length: u32) -> Self {
        match frame.first_chunk() {
            Some([t0, t1, t2, t3, _, _, _, _, c0, c1, c2, c3]) => Self {
                total_length: u32::from_be_bytes([*t0, *t1, *t2, *t3]),
                headers_length,
                crc: u32::from_be_bytes([*c0, *c1, *c2, *c3]),
            },
            None => Self { total_length: 0, headers_length, crc: 0 },
        }
    }

    fn fault(&self, limits: Limits) -> Option<(DecodeErrorKind, usize)> {
        let Self { total_length, headers_length, .. } = *self;
        let Some(available) = total_length.checked_sub(MESSAGE_OVERHEAD) else {
            let kind = DecodeErrorKind::MessageTooShort { length: total_length, minimum: MESSAGE_OVERHEAD };
            return Some((kind, TOTAL_LENGTH_AT));
        };
        if total_length > limits.max_message_length() {
            let kind =
                DecodeErrorKind::MessageTooLong { length: total_length, limit: limits.max_message_length() };
            return Some((kind, TOTAL_LENGTH_AT));
        }
        if headers_length > limits.max_headers_length() {
            let kind = DecodeErrorKind::HeadersTooLong {
                length: headers_length,
                limit: limits.max_headers_length(),
            };
            return Some((kind, HEADERS_LENGTH_AT));
        }
        let Some(payload_length) = available.checked_sub(headers_length) else {
            let kind = DecodeErrorKind::HeadersOverrun { length: headers_length, available };
            return Some((kind, HEADERS_LENGTH_AT));
        };
        if payload_length > MAX_PAYLOAD_LENGTH {
            let kind = DecodeErrorKind::PayloadTooLong { length: payload_length, limit: MAX_PAYLOAD_LENGTH };
            return Some((kind, TOTAL_LENGTH_AT));
        }
        None
    }

    /// Returns the length of the whole frame in bytes, including prelude and CRCs.
    #[must_use]
    pub const fn total_length(&self) -> u32 {
        self.total_length
    }

    /// Returns the length of the header block in bytes.
    #[must_use]
    pub const fn headers_length(&self) -> u32 {
        self.headers_length
    }

    /// Returns the length of the payload in bytes.
    #[must_use]
    pub const fn payload_length(&self) -> u32 {
        // Cannot saturate: `parse` rejects inconsistent lengths.
        self.total_length.saturating_sub(MESSAGE_OVERHEAD).saturating_sub(self.headers_length)
    }

    /// Returns the CRC of the two lengths.
    #[must_use]
    pub const fn crc(&self) -> u32 {
        self.crc
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prelude(total_length: u32, headers_length: u32) -> [u8; PRELUDE_LENGTH] {
        let mut bytes = [0; PRELUDE_LENGTH];
        bytes[..4].copy_from_slice(&total_length.to_be_bytes());
        bytes[4..8].copy_from_slice(&headers_length.to_be_bytes());
        let crc = crate::crc::hash(&bytes[..8]);
        bytes[8..].copy_from_slice(&crc.to_be_bytes());
        bytes
    }

    /// Returns the error of these lengths and its offset, if any.
    fn fault(total_length: u32, headers_length: u32, limits: Limits) -> Option<(DecodeErrorKind, u64)> {
        let parsed = Prelude::parse(&prelude(total_length, headers_length), limits);
        parsed.err().map(|error| (*error.kind(), error.frame_offset()))
    }

    // spec-test: eventstream#payload-size, eventstream#headers-size
    #[test]
    fn lengths_are_checked_at_byte_twelve() {
        use DecodeErrorKind::*;
        let limits = Limits::default();
        let largest = limits.with_max_message_length(u32::MAX);
        let over = MAX_PAYLOAD_LENGTH + 1;
        let cases = [
            (16, 0, limits, None),
            (0, 0, limits, Some((MessageTooShort { length: 0, minimum: 16 }, 0))),
            (15, 0, limits, Some((MessageTooShort { length: 15, minimum: 16 }, 0))),
            (16_777_216, 131_072, limits, None),
            (16_777_217, 0, limits, Some((MessageTooLong { length: 16_777_217, limit: 16_777_216 }, 0))),
            (u32::MAX, 0, limits, Some((MessageTooLong { length: u32::MAX, limit: 16_777_216 }, 0))),
            (1 << 20, 131_073, limits, Some((HeadersTooLong { length: 131_073, limit: 131_072 }, 4))),
            (40, 25, limits, Some((HeadersOverrun { length: 25, available: 24 }, 4))),
            (40, u32::MAX, limits, Some((HeadersTooLong { length: u32::MAX, limit: 131_072 }, 4))),
            (MAX_PAYLOAD_LENGTH + 16, 0, largest, None),
            (over + 16, 0, largest, Some((PayloadTooLong { length: over, limit: MAX_PAYLOAD_LENGTH }, 0))),
            (over + 16, 1, largest, None),
        ];
        for (total_length, headers_length, limits, expected) in cases {
            assert_eq!(
                fault(total_length, headers_length, limits),
                expected,
                "{total_length} {headers_length}"
            );
        }
    }

    // spec-test: eventstream#prelude-crc
    #[test]
    fn a_wrong_crc_is_told_before_absurd_lengths() {
        let mut bytes = prelude(u32::MAX, u32::MAX);
        bytes[11] ^= 1;
        let error = Prelude::parse(&bytes, Limits::default()).unwrap_err();
        let computed = crate::crc::hash(&bytes[..8]);
        assert_eq!(*error.kind(), DecodeErrorKind::PreludeCrc { found: computed ^ 1, computed });
        assert_eq!(error.frame_offset(), 8);
    }
}
