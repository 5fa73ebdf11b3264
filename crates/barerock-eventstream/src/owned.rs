//! A frame that owns its bytes.

use alloc::boxed::Box;
use core::fmt;

use crate::frame::Frame;
use crate::prelude::Prelude;

/// A [`Frame`] that outlives the buffer it was decoded from.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnedFrame {
    prelude: Prelude,
    bytes: Box<[u8]>,
}

impl OwnedFrame {
    pub(crate) fn new(frame: &Frame<'_>) -> Self {
        Self { prelude: frame.prelude(), bytes: frame.as_bytes().into() }
    }

    /// The frame, borrowed from this one. Its CRCs are not checked again.
    #[must_use]
    pub fn as_frame(&self) -> Frame<'_> {
        Frame::checked_before(self.prelude, &self.bytes)
    }
}

impl fmt::Debug for OwnedFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_frame().fmt(f)
    }
}
