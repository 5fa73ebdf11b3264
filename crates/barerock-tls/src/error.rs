//! Roots that cannot be had.

use core::fmt;

/// Roots that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RootsError {
    /// The CA bundle holds no certificate.
    EmptyBundle,
    /// A certificate of the CA bundle cannot be read.
    Broken {
        /// Which one, counted from 1.
        number: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The system has none.
    Native {
        /// What went wrong first.
        reason: String,
    },
}

impl RootsError {
    pub(crate) fn broken(index: usize, error: &dyn fmt::Display) -> Self {
        Self::Broken { number: index.saturating_add(1), reason: error.to_string() }
    }
}

impl fmt::Display for RootsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyBundle => f.write_str("the CA bundle holds no certificate; it must be PEM text"),
            Self::Broken { number, reason } => {
                write!(f, "certificate {number} of the CA bundle cannot be read: {reason}")
            }
            Self::Native { reason } => write!(f, "the system has no root certificates: {reason}"),
        }
    }
}

impl core::error::Error for RootsError {}
