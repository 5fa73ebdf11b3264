//! The exceptions of the service model.

use core::fmt;

use crate::error::ServiceError;

macro_rules! exceptions {
    ($count:literal: $($(#[$meta:meta])* $variant:ident = $code:literal, $status:literal;)+) => {
        /// An exception of the service model; [`ServiceError::known`] returns that of an error.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Exception {
            $($(#[$meta])* $variant,)+
        }

        impl Exception {
            /// All of them, in the order of [`EXCEPTIONS`].
            const ALL: [Self; $count] = [$(Self::$variant,)+];
        }

        // spec: bedrock#error-status the status of an error is that of its shape, such as 429 of ThrottlingException
        /// The exceptions of the service model, by their codes, each with its HTTP status.
        pub const EXCEPTIONS: [(&str, u16); $count] = [$(($code, $status),)+];
    };
}

exceptions! { 12:
    /// The request is invalid, or the model does not take it.
    Validation = "ValidationException", 400;
    /// The request conflicts with the state of a resource.
    Conflict = "ConflictException", 400;
    /// A quota of the account is used up.
    ServiceQuotaExceeded = "ServiceQuotaExceededException", 400;
    /// The identity may not make this call.
    AccessDenied = "AccessDeniedException", 403;
    /// A model, profile, prompt or guardrail does not exist.
    ResourceNotFound = "ResourceNotFoundException", 404;
    /// The model took too long.
    ModelTimeout = "ModelTimeoutException", 408;
    /// The model failed.
    ModelError = "ModelErrorException", 424;
    /// The model failed in the middle of a stream.
    ModelStreamError = "ModelStreamErrorException", 424;
    /// The service asks for fewer requests or tokens.
    Throttling = "ThrottlingException", 429;
    /// The model is being loaded.
    ModelNotReady = "ModelNotReadyException", 429;
    /// The service failed.
    InternalServer = "InternalServerException", 500;
    /// The service has no capacity.
    ServiceUnavailable = "ServiceUnavailableException", 503;
}

impl Exception {
    /// The exception of a code such as `ThrottlingException`.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        let position = EXCEPTIONS.iter().position(|(known, _)| *known == code)?;
        Self::ALL.get(position).copied()
    }

    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.entry().0
    }

    /// The HTTP status that the service model gives it.
    #[must_use]
    pub fn status(self) -> u16 {
        self.entry().1
    }

    fn entry(self) -> (&'static str, u16) {
        let position = Self::ALL.iter().position(|known| *known == self);
        position.and_then(|position| EXCEPTIONS.get(position)).copied().unwrap_or_default()
    }
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl ServiceError {
    /// The exception of the service model with this error's code; `None` for any other code, such as those of signatures
    /// (`ExpiredTokenException`) and of gateways.
    ///
    /// ```
    /// use barerock_converse::{Exception, ServiceError};
    ///
    /// let error = ServiceError::new(429_u16, "ThrottlingException", "Too many requests");
    /// assert_eq!(error.known(), Some(Exception::Throttling));
    /// ```
    #[must_use]
    pub fn known(&self) -> Option<Exception> {
        Exception::of_code(&self.code)
    }
}

/// The HTTP status that the service model gives the exception of this code.
#[must_use]
pub fn exception_status(code: &str) -> Option<u16> {
    EXCEPTIONS.iter().find(|(known, _)| *known == code).map(|(_, status)| *status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_is_its_own_exception() {
        for (index, (code, status)) in EXCEPTIONS.into_iter().enumerate() {
            let exception = Exception::of_code(code).unwrap();
            assert_eq!((exception.code(), exception.status()), (code, status));
            assert_eq!(format!("{exception:?}Exception"), code);
            assert_eq!(Exception::ALL[index], exception);
        }
        for code in ["", "throttlingException", "ExpiredTokenException"] {
            assert_eq!(ServiceError::new(400_u16, code, "").known(), None, "{code}");
        }
    }
}
