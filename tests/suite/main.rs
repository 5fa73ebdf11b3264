//! The offline tests.

mod replay;
mod tutorial;
