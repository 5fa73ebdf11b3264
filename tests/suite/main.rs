//! The offline tests.

mod replay;
