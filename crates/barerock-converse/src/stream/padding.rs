//! Padding of payloads, with which the service hides the lengths of texts.

/// Padding is a prefix of this.
const PADDING: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// True if `bytes` are padding.
pub(super) fn is_padding(bytes: &[u8]) -> bool {
    PADDING.starts_with(bytes)
}

/// Number of bytes that are compared at once: all padding.
const WIDTH: usize = 64;

/// Returns the length of the padding at the end of `bytes`, after a quote. Returns `None` without padding, and for fewer than
/// [`WIDTH`] bytes.
///
/// The last byte tells the length. A comparison of so many bytes takes longer, because the processor cannot predict its end.
#[inline(always)]
pub(super) fn padding_length(bytes: &[u8]) -> Option<usize> {
    let last = bytes.last_chunk::<WIDTH>()?;
    let length = usize::from(*LENGTHS.get(usize::from(*last.last()?))?);
    let expected = PADDED.get(length..)?.first_chunk::<WIDTH>()?;
    let differs = last
        .iter()
        .zip(expected)
        .fold(0, |differs, (byte, expected)| differs | if *expected == 0 { 0 } else { byte ^ expected });
    (differs == 0).then_some(length)
}

/// Zeros, which stand for any byte, and the padding.
static PADDED: [u8; WIDTH + PADDING.len()] = {
    let mut padded = [0; WIDTH + PADDING.len()];
    let (_, mut to) = padded.split_at_mut(WIDTH);
    let mut from: &[u8] = PADDING;
    while let ([byte, to_rest @ ..], [padding, from_rest @ ..]) = (to, from) {
        *byte = *padding;
        (to, from) = (to_rest, from_rest);
    }
    padded
};

/// The length of the padding that ends with each byte; that after its opening quote is 0.
#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "evaluated at compile time, where an invalid index is a compile error"
)]
static LENGTHS: [u8; 256] = {
    let mut lengths = [u8::MAX; 256];
    lengths[b'"' as usize] = 0;
    let mut length = 0;
    while length < PADDING.len() {
        lengths[PADDING[length] as usize] = length as u8 + 1;
        length += 1;
    }
    lengths
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_of_every_length_is_found() {
        for length in 0..=PADDING.len() {
            let padding = &PADDING[..length];
            assert!(is_padding(padding));
            let bytes = [&[b'a'; WIDTH][..], b"\"", padding].concat();
            assert_eq!(padding_length(&bytes), Some(length));
            let few = &bytes[bytes.len() - WIDTH + 1..];
            assert_eq!(padding_length(few), None);
        }
    }

    #[test]
    fn every_other_byte_is_not_padding() {
        for length in 1..=PADDING.len() {
            for place in 0..length {
                let mut bytes = [&[b'a'; WIDTH][..], b"\"", &PADDING[..length]].concat();
                let at = bytes.len() - length + place;
                bytes[at] ^= 1;
                assert_ne!(padding_length(&bytes), Some(length));
                bytes[at] = 0;
                assert_eq!(padding_length(&bytes), None);
            }
        }
    }
}
