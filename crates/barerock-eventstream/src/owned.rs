//! A frame that owns its bytes.

use alloc::boxed::Box;
use core::fmt;

use crate::frame::{Frame, header_block};
use crate::headers;
use crate::prelude::Prelude;

/// A frame that owns its bytes, unlike [`Frame`].
#[derive(Clone, PartialEq, Eq)]
pub struct OwnedFrame {
    prelude: Prelude,
    bytes: Box<[u8]>,
}

impl OwnedFrame {
    pub(crate) fn new(frame: &Frame<'_>) -> Self {
        Self { prelude: frame.prelude(), bytes: frame.as_bytes().into() }
    }

    /// Returns a [`Frame`] that borrows from this one. Its CRCs are not checked again.
    #[must_use]
    pub fn as_frame(&self) -> Frame<'_> {
        let event_headers = headers::event_headers(header_block(self.prelude.headers_length(), &self.bytes));
        Frame::new(self.prelude, &self.bytes, event_headers)
    }
}

impl fmt::Debug for OwnedFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_frame().fmt(f)
    }
}
