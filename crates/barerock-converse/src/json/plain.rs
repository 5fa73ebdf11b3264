//! Search for the end of plain text: bytes that a JSON string contains unescaped.

/// The number of bytes before the first `"`, `\` or control character.
pub(crate) fn plain_length(bytes: &[u8]) -> usize {
    let mut length = 0;
    let mut rest = bytes;
    while let Some((block, after)) = rest.split_first_chunk::<BLOCK>() {
        let special = special_in(block);
        if special != 0 {
            return length + first(special);
        }
        length += BLOCK;
        rest = after;
    }
    // The last block again, of which the first bytes were looked at.
    if let Some(block) = bytes.last_chunk::<BLOCK>() {
        let looked_at = BLOCK - rest.len();
        let special = special_in(block) >> (8 * looked_at).min(127);
        return if special == 0 || rest.is_empty() { bytes.len() } else { length + first(special) };
    }
    length + rest.iter().take_while(|byte| !is_special(**byte)).count()
}

/// Bytes that are compared at once.
const BLOCK: usize = 16;

#[inline(always)]
fn is_special(byte: u8) -> bool {
    (byte == b'"') | (byte == b'\\') | (byte < 0x20)
}

/// The special bytes of a block, as bytes that are not zero. Without branches, so that the compiler compares all at once.
#[inline(always)]
fn specials(block: &[u8; BLOCK]) -> [u8; BLOCK] {
    let mut specials = [0; BLOCK];
    for (special, byte) in specials.iter_mut().zip(block) {
        *special = if is_special(*byte) { u8::MAX } else { 0 };
    }
    specials
}

/// As [`specials`], as one number.
#[inline(always)]
fn special_in(block: &[u8; BLOCK]) -> u128 {
    u128::from_le_bytes(specials(block))
}

/// The place of the first byte that is not zero.
#[inline(always)]
fn first(special: u128) -> usize {
    usize::try_from(special.trailing_zeros() / 8).unwrap_or_default()
}

/// True if the last `length` of `bytes` are plain. False, too, if there are fewer bytes, or fewer than a block.
///
/// Faster than [`plain_length`] where the length is known: nothing waits for the comparisons.
#[inline(always)]
pub(crate) fn is_plain(bytes: &[u8], length: usize) -> bool {
    let text = bytes.len().checked_sub(length).and_then(|start| bytes.get(start..));
    let (Some(mut rest), Some(last)) = (text, bytes.last_chunk::<BLOCK>()) else { return false };
    let mut found = [0; BLOCK];
    while let Some((block, after)) = rest.split_first_chunk::<BLOCK>() {
        for (found, special) in found.iter_mut().zip(&specials(block)) {
            *found |= *special;
        }
        rest = after;
    }
    // Bytes of the last block that precede the text do not count.
    let Some(counts) = COUNTS.get(length.min(BLOCK)..).and_then(<[u8]>::first_chunk::<BLOCK>) else {
        return false;
    };
    for ((found, special), counts) in found.iter_mut().zip(&specials(last)).zip(counts) {
        *found |= *special & *counts;
    }
    found == [0; BLOCK]
}

/// A block of zeros and one of ones. The block at an index up to [`BLOCK`] ends with that number of ones.
static COUNTS: [u8; 2 * BLOCK] = {
    let mut counts = [0; 2 * BLOCK];
    let (_, ones) = counts.split_at_mut(BLOCK);
    let mut left: &mut [u8] = ones;
    while let [first, rest @ ..] = left {
        *first = u8::MAX;
        left = rest;
    }
    counts
};

/// The text of `length` bytes at `start`; `None` if it is not UTF-8.
///
/// `from_utf8` reads aligned bytes sixteen at a time, but others one by one, in loops whose ends the processor cannot predict.
/// Therefore it checks the aligned bytes around the text, if those are UTF-8 too, and the text is a slice of them.
#[inline(always)]
pub(crate) fn utf8(bytes: &[u8], start: usize, length: usize) -> Option<&str> {
    const ALIGNMENT: usize = align_of::<usize>();
    const STEP: usize = 2 * ALIGNMENT;
    let text = bytes.get(start..)?.get(..length)?;
    let before = text.as_ptr().addr() % ALIGNMENT;
    let end = before + length;
    let around =
        start.checked_sub(before).and_then(|start| bytes.get(start..)?.get(..end.next_multiple_of(STEP)));
    match around.map(core::str::from_utf8) {
        Some(Ok(around)) => around.get(before..end),
        _ => exact_utf8(text),
    }
}

/// As [`utf8`], of a text that other bytes than UTF-8 or the start or end of all bytes are close to.
#[inline(never)]
fn exact_utf8(text: &[u8]) -> Option<&str> {
    core::str::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_special_byte_at_every_place() {
        for byte in 0..=u8::MAX {
            for place in 0..80 {
                let mut bytes = [b'a'; 80];
                bytes[place] = byte;
                // What is above 0x7f must not look like a control character to the byte before it.
                bytes[79 - place] = if place == 79 - place { byte } else { 0x80 };
                let plain = |byte: u8| byte != b'"' && byte != b'\\' && byte >= 0x20;
                let expected = bytes.iter().take_while(|byte| plain(**byte)).count();
                assert_eq!(plain_length(&bytes), expected, "{byte:#x} at {place}");
                for start in 0..80 {
                    let expected = bytes[start..].iter().all(|byte| plain(*byte));
                    assert_eq!(is_plain(&bytes, 80 - start), expected, "{byte:#x} at {place}, from {start}");
                }
            }
        }
    }

    #[test]
    fn too_few_bytes_are_not_plain() {
        assert!(is_plain(b"0123456789abcdef", 16) && is_plain(b"0123456789abcdef", 0));
        assert!(!is_plain(b"0123456789abcdef", 17) && !is_plain(b"0123456789abcde", 1));
        assert!(!is_plain(b"", 0));
    }

    #[test]
    fn texts_of_every_length_at_every_place_are_utf8_or_not() {
        let texts: [&[u8]; 4] = [b"plain", "Grüße 🌍".as_bytes(), b"\xff", b"a\xf0\x9f"];
        for text in texts {
            for (before, after) in [(b'.', b'.'), (0xff, b'.'), (b'.', 0xff), (0x80, 0x80)] {
                for start in 0..20 {
                    for length in 0..40 {
                        let text: Vec<u8> = text.iter().copied().cycle().take(length).collect();
                        let bytes = [&vec![before; start][..], &text, &vec![after; 40 - length]].concat();
                        assert_eq!(utf8(&bytes, start, length), core::str::from_utf8(&text).ok());
                    }
                }
            }
        }
        // At every alignment.
        let bytes = [b'.'; 16];
        for start in 0..16 {
            for length in [17 - start, usize::MAX - start, usize::MAX] {
                assert_eq!(utf8(&bytes, start, length), None);
            }
            assert_eq!(utf8(&bytes, start, 16 - start).map(str::len), Some(16 - start));
        }
        assert_eq!(utf8(&bytes, 17, 0), None);
    }
}
