//! Errors of root stores.

use core::fmt;

/// Error of building a root store or a configuration with it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RootsError {
    /// The CA bundle holds no certificate.
    EmptyBundle,
    /// A certificate of the CA bundle is invalid.
    Broken {
        /// The certificate's number, counted from 1.
        number: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The system has no root certificates.
    Native {
        /// The first error of reading them.
        reason: String,
    },
    /// The root store is empty, so no server would be trusted.
    EmptyStore,
}

impl RootsError {
    pub(crate) fn broken(index: usize, error: &dyn fmt::Display) -> Self {
        Self::Broken { number: index.saturating_add(1), reason: error.to_string() }
    }
}

impl fmt::Display for RootsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyBundle => f.write_str("CA bundle holds no certificate in PEM format"),
            Self::Broken { number, reason } => {
                write!(f, "invalid certificate {number} in CA bundle: {reason}")
            }
            Self::Native { reason } => write!(f, "no system root certificates: {reason}"),
            Self::EmptyStore => f.write_str("empty root store"),
        }
    }
}

impl core::error::Error for RootsError {}
