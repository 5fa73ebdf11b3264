//! SHA-256 (FIPS 180-4) and HMAC (RFC 2104) in as few bytes as they can be had, for those who leave out `fast-sha`.
//!
//! No branch and no address depends on what is hashed.

use zeroize::Zeroize as _;

use super::Hash;
use crate::payload::SHA256_LENGTH;

/// FIPS 180-4, section 1: SHA-256 has blocks of 512 bits.
const BLOCK: usize = 64;
/// Section 5.1.1: the last 64 bits of the last block say how long the message is, in bits.
const LENGTH: usize = 8;

/// Section 5.3.3: "the first thirty-two bits of the fractional parts of the square roots of the first eight prime
/// numbers".
const INITIAL: [u32; 8] =
    [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

/// Section 4.2.2: "the first thirty-two bits of the fractional parts of the cube roots of the first sixty-four prime
/// numbers".
const ROUNDS: [u32; 64] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

#[derive(Clone)]
pub(crate) struct Sha256 {
    state: [u32; 8],
    block: [u8; BLOCK],
    /// The message so far, in bytes. What is left over after whole blocks waits in `block`.
    length: u64,
}

impl Sha256 {
    pub(crate) fn new() -> Self {
        Self { state: INITIAL, block: [0; BLOCK], length: 0 }
    }

    fn waiting(&self) -> usize {
        usize::try_from(self.length).unwrap_or_default() % BLOCK
    }

    /// Section 6.2.2. The schedule is a window of sixteen words that moves along.
    fn compress(&mut self) {
        let mut window = [0; 16];
        for (word, bytes) in window.iter_mut().zip(self.block.as_chunks().0) {
            *word = u32::from_be_bytes(*bytes);
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = self.state;
        for round in ROUNDS {
            // Section 4.1.2 has the functions.
            let choice = (e & f) ^ (!e & g);
            let majority = (a & b) ^ (a & c) ^ (b & c);
            let sum_of_e = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
            let sum_of_a = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
            let [w0, w1, .., w9, _, _, _, _, w14, _] = window;
            let first = [sum_of_e, choice, round, w0].iter().fold(h, |sum, term| sum.wrapping_add(*term));
            (h, g, f, e) = (g, f, e, d.wrapping_add(first));
            (d, c, b, a) = (c, b, a, first.wrapping_add(sum_of_a).wrapping_add(majority));

            let sigma_of_1 = w1.rotate_right(7) ^ w1.rotate_right(18) ^ (w1 >> 3);
            let sigma_of_14 = w14.rotate_right(17) ^ w14.rotate_right(19) ^ (w14 >> 10);
            let next = w0.wrapping_add(sigma_of_1).wrapping_add(w9).wrapping_add(sigma_of_14);
            window.copy_within(1.., 0);
            let [.., last] = &mut window;
            *last = next;
        }
        for (word, more) in self.state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *word = word.wrapping_add(more);
        }
        window.zeroize();
    }
}

impl Hash for Sha256 {
    #[inline(never)]
    fn update(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let waiting = self.waiting();
            let space = self.block.get_mut(waiting..).unwrap_or_default();
            let (now, later) = rest.split_at_checked(space.len()).unwrap_or((rest, &[]));
            for (slot, byte) in space.iter_mut().zip(now) {
                *slot = *byte;
            }
            self.length = self.length.wrapping_add(u64::try_from(now.len()).unwrap_or_default());
            if self.waiting() == 0 {
                self.compress();
            }
            rest = later;
        }
    }

    /// Section 5.1.1: "Append the bit '1' to the end of the message, followed by k zero bits … Then append the 64-bit
    /// block that is equal to the number l expressed using a binary representation."
    #[inline(never)]
    fn finish(mut self) -> [u8; SHA256_LENGTH] {
        let bits = self.length.wrapping_mul(8);
        self.update(&[0x80]);
        while self.waiting() != BLOCK.saturating_sub(LENGTH) {
            self.update(&[0]);
        }
        self.update(&bits.to_be_bytes());
        let mut hash = [0; SHA256_LENGTH];
        for (bytes, word) in hash.as_chunks_mut().0.iter_mut().zip(self.state) {
            *bytes = word.to_be_bytes();
        }
        hash
    }
}

impl Drop for Sha256 {
    fn drop(&mut self) {
        self.state.zeroize();
        self.block.zeroize();
    }
}

/// "H(K XOR opad, H(K XOR ipad, text))": both hashes have their key.
#[derive(Clone)]
pub(crate) struct HmacSha256 {
    inner: Sha256,
    outer: Sha256,
}

impl HmacSha256 {
    #[inline(never)]
    pub(crate) fn new(key: &[u8]) -> Self {
        let mut hash = Self { inner: Sha256::new(), outer: Sha256::new() };
        let mut padded = [0; BLOCK];
        // "Applications that use keys longer than B bytes will first hash the key using H."
        if key.len() > BLOCK {
            let mut hashed = super::sha256(key);
            pad(&mut padded, &hashed);
            hashed.zeroize();
        } else {
            pad(&mut padded, key);
        }
        for (hash, mask) in [(&mut hash.inner, 0x36), (&mut hash.outer, 0x5c)] {
            let mut masked = padded.map(|byte| byte ^ mask);
            hash.update(&masked);
            masked.zeroize();
        }
        padded.zeroize();
        hash
    }
}

/// "Append zeros to the end of K to create a B byte string."
fn pad(padded: &mut [u8; BLOCK], key: &[u8]) {
    for (slot, byte) in padded.iter_mut().zip(key) {
        *slot = *byte;
    }
}

impl Hash for HmacSha256 {
    fn update(&mut self, bytes: &[u8]) {
        self.inner.update(bytes);
    }

    fn finish(mut self) -> [u8; SHA256_LENGTH] {
        self.outer.update(&self.inner.finish());
        self.outer.finish()
    }
}

#[cfg(all(test, feature = "fast-sha"))]
mod tests {
    use std::vec::Vec;

    use super::super::fast;
    use super::*;

    fn finish(mut hash: impl Hash, pieces: &[&[u8]]) -> [u8; SHA256_LENGTH] {
        for piece in pieces {
            hash.update(piece);
        }
        hash.finish()
    }

    #[test]
    fn every_length_hashes_as_the_library_does() {
        let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(5 * BLOCK).collect();
        for length in 0..=bytes.len() {
            let (whole, _) = bytes.split_at(length);
            let (first, second) = whole.split_at(length / 3);
            let expected = finish(fast::Sha256::new(), &[whole]);
            assert_eq!(finish(Sha256::new(), &[whole]), expected, "{length}");
            assert_eq!(finish(Sha256::new(), &[first, second]), expected, "{length} in two pieces");
            let expected = finish(fast::HmacSha256::new(whole), &[first, second]);
            assert_eq!(finish(HmacSha256::new(whole), &[whole]), expected, "key of {length}");
        }
    }
}
