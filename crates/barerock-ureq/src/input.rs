//! Buffer of received bytes.

use core::ops::Range;
use std::io::{self, Read};

use barerock::transport::MAX_RESPONSE_HEAD;

/// Size of the buffer, in bytes, the limit on a response's head, on one read, and on chunk headers and trailers
/// between two reads that return data: a chunk as long as a TLS record, with the line of
/// its length, fits into it.
pub(crate) const SIZE: usize = 2 * MAX_RESPONSE_HEAD;

/// Buffer of [`SIZE`] bytes.
pub(crate) struct Input {
    room: Box<[u8]>,
    unread: Range<usize>,
}

impl Input {
    pub(crate) fn new() -> Self {
        Self { room: vec![0; SIZE].into(), unread: 0..0 }
    }

    pub(crate) fn unread(&self) -> &[u8] {
        self.room.get(self.unread.clone()).unwrap_or_default()
    }

    pub(crate) fn consume(&mut self, count: usize) {
        self.unread.start = self.unread.start.saturating_add(count).min(self.unread.end);
    }

    pub(crate) fn is_full(&self) -> bool {
        self.unread.len() == self.room.len()
    }

    /// Reads once and returns the number of bytes read: 0 at the end of input, or if the buffer is full.
    pub(crate) fn fill(&mut self, from: &mut (impl Read + ?Sized)) -> io::Result<usize> {
        if self.unread.end == self.room.len() || self.unread.is_empty() {
            self.room.copy_within(self.unread.clone(), 0);
            self.unread = 0..self.unread.len();
        }
        loop {
            match from.read(self.room.get_mut(self.unread.end..).unwrap_or_default()) {
                Ok(count) => {
                    self.unread.end = self.unread.end.saturating_add(count).min(self.room.len());
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_used_again() {
        let mut input = Input::new();
        let bytes = vec![1; 3 * SIZE];
        let mut source = &*bytes;
        assert_eq!(input.fill(&mut source).unwrap(), SIZE);
        assert!(input.is_full());
        assert_eq!(input.fill(&mut source).unwrap(), 0);
        input.consume(10);
        assert_eq!((input.fill(&mut source).unwrap(), input.unread().len()), (10, SIZE));
        input.consume(usize::MAX);
        assert!(input.unread().is_empty());
        assert_eq!(input.fill(&mut source).unwrap(), SIZE);
    }
}
