//! Errors of a call, grouped by who is at fault.

mod display;
mod hide;

use std::borrow::Cow;

use barerock_converse::eventstream::DecodeError;
use barerock_converse::types::Message;
use barerock_converse::{
    EndpointError, IncompleteMessage, Lookalike, RequestError, ResponseError, ServiceError, StreamError,
    TypedError, ValidationError, Verdict,
};
use barerock_sigv4::SignError;
use http::Uri;

use crate::credentials::CredentialsError;
use crate::settings::SettingError;
use crate::timeout::Elapsed;
use crate::transport::{BoxError, TransportError, TransportErrorKind};

/// The error of a call. [`kind`](Self::kind) says who is at fault, `source()` is the whole chain of causes, [`hint`](Self::hint)
/// says what to do.
pub struct Error {
    kind: Box<Kind>,
    partial: Option<Box<Message>>,
    call: Option<Box<CallInfo>>,
}

/// The call an error belongs to.
pub(crate) struct CallInfo {
    pub(crate) uri: Uri,
    pub(crate) region: String,
    /// Attempts begun.
    pub(crate) attempts: u32,
}

/// Who is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The network, or a peer that is not Bedrock.
    Transport,
    /// The service, which returned an error.
    Service,
    /// The response: invalid, or incomplete.
    Wire,
    /// The credentials or the region.
    Credentials,
    /// The request, or the settings of the client.
    Request,
}

enum Kind {
    Transport {
        url: String,
        source: TransportError,
    },
    Timeout(Elapsed),
    Service(ServiceError),
    Stream(StreamError),
    Interrupted {
        verdict: Verdict,
        offset: u64,
        source: TransportError,
    },
    Response(ResponseError),
    Credentials(CredentialsError),
    Setting(SettingError),
    Configuration {
        kind: ErrorKind,
        source: BoxError,
        hint: Option<Cow<'static, str>>,
    },
    NoRegion {
        looked_at: Vec<String>,
    },
    Request(RequestError),
    Validation(ValidationError),
    Endpoint {
        source: Option<String>,
        error: EndpointError,
    },
    Sign(SignError),
    Clock,
    /// A target without a system lacks this, and code does not set it.
    MissingInput {
        what: &'static str,
    },
    Plaintext {
        url: String,
    },
    BodyTooLarge {
        limit: usize,
    },
    BearerToken,
}

impl Error {
    fn new(kind: Kind) -> Self {
        Self { kind: Box::new(kind), partial: None, call: None }
    }

    pub(crate) fn transport(url: impl ToString, source: TransportError) -> Self {
        Self::new(Kind::Transport { url: url.to_string(), source })
    }

    /// A response that broke off; `verdict` is that of its bytes.
    pub(crate) fn interrupted(verdict: Verdict, offset: u64, source: TransportError) -> Self {
        Self::new(Kind::Interrupted { verdict, offset, source })
    }

    /// An endpoint that `source` sets, if it is not code.
    pub(crate) fn endpoint(source: Option<String>, error: EndpointError) -> Self {
        match error {
            EndpointError::Region(region) if region.is_empty() => Self::no_region(Vec::new()),
            error => Self::new(Kind::Endpoint { source, error }),
        }
    }

    pub(crate) fn no_region(looked_at: Vec<String>) -> Self {
        Self::new(Kind::NoRegion { looked_at })
    }

    /// An error of another module or crate, such as that of a configuration, with the kind it counts as.
    pub fn configuration(kind: ErrorKind, source: impl Into<BoxError>) -> Self {
        Self::new(Kind::Configuration { kind, source: source.into(), hint: None })
    }

    /// Sets the hint of an error made by [`configuration`](Self::configuration).
    #[must_use]
    pub fn with_hint(mut self, advice: Option<Cow<'static, str>>) -> Self {
        if let Kind::Configuration { hint, .. } = &mut *self.kind {
            *hint = advice;
        }
        self
    }

    pub(crate) fn clock() -> Self {
        Self::new(Kind::Clock)
    }

    pub(crate) fn missing_input(what: &'static str) -> Self {
        Self::new(Kind::MissingInput { what })
    }

    /// The error of a call that would send credentials to this URL over plain HTTP.
    #[must_use]
    pub fn plaintext(url: impl ToString) -> Self {
        Self::new(Kind::Plaintext { url: url.to_string() })
    }

    pub(crate) fn body_too_large(limit: usize) -> Self {
        Self::new(Kind::BodyTooLarge { limit })
    }

    pub(crate) fn bearer_token() -> Self {
        Self::new(Kind::BearerToken)
    }

    pub(crate) fn with_partial(mut self, partial: Message) -> Self {
        self.partial = Some(Box::new(partial));
        self
    }

    pub(crate) fn with_call(mut self, call: CallInfo) -> Self {
        self.call = Some(Box::new(call));
        self
    }

    /// The call it belongs to, if there was one.
    pub(crate) fn call(&self) -> Option<&CallInfo> {
        self.call.as_deref()
    }

    /// The transport error that kept a credentials provider from its source, such as STS or SSO.
    pub(crate) fn provider_transport_kind(&self) -> Option<TransportErrorKind> {
        match &*self.kind {
            Kind::Credentials(CredentialsError::Unavailable { source: Some(source), .. }) => {
                Some(source.kind())
            }
            _ => None,
        }
    }

    /// What kept the request from its response, if that is what happened.
    #[must_use]
    pub fn transport_kind(&self) -> Option<TransportErrorKind> {
        match &*self.kind {
            Kind::Transport { source, .. } | Kind::Interrupted { source, .. } => Some(source.kind()),
            Kind::Timeout(_) => Some(TransportErrorKind::Timeout),
            _ => None,
        }
    }

    /// The transport's own hint.
    pub(crate) fn transport_hint(&self) -> Option<&'static str> {
        match &*self.kind {
            Kind::Transport { source, .. } | Kind::Interrupted { source, .. } => source.hint(),
            _ => None,
        }
    }

    /// True if the response is not one of Bedrock.
    pub(crate) fn is_not_bedrock(&self) -> bool {
        match &*self.kind {
            // JSON may be a gateway's, or a stand-in's that knows Converse in part.
            Kind::Response(error) => error.lookalike() != Some(Lookalike::Json),
            Kind::Stream(StreamError::NotAnEventStream(kind)) => *kind != Lookalike::Json,
            _ => false,
        }
    }

    /// The hint for an error of this crate.
    pub(crate) fn own_hint(&self) -> Option<Cow<'static, str>> {
        let hint = match &*self.kind {
            Kind::Configuration { hint, .. } => return hint.clone(),
            Kind::Credentials(error) => return error.hint().map(|hint| hint.to_owned().into()),
            Kind::NoRegion { .. } => "Set the client's region, such as us-east-1, or AWS_REGION.",
            Kind::Clock => "Set the clock of this machine.",
            Kind::MissingInput { .. } => {
                "Give ClientBuilder::clock and ClientBuilder::random_seed those of the host."
            }
            Kind::Plaintext { .. } => {
                "The connection is not encrypted: use an https endpoint, or allow the host with ClientBuilder::allow_plaintext_to if the network is trusted."
            }
            Kind::BodyTooLarge { .. } => "Raise the limit with ClientBuilder::max_response.",
            Kind::BearerToken => "Check that the API key was not cut off or quoted.",
            _ => return None,
        };
        Some(hint.into())
    }

    /// Who is at fault.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match &*self.kind {
            Kind::Transport { .. } | Kind::Timeout(_) => ErrorKind::Transport,
            Kind::Service(_) => ErrorKind::Service,
            Kind::Stream(error) if error.service_error().is_some() => ErrorKind::Service,
            Kind::Stream(_) | Kind::Interrupted { .. } | Kind::Response(_) | Kind::BodyTooLarge { .. } => {
                ErrorKind::Wire
            }
            Kind::Configuration { kind, .. } => *kind,
            Kind::Credentials(_) | Kind::NoRegion { .. } | Kind::BearerToken => ErrorKind::Credentials,
            Kind::Sign(error) if error.is_of_credentials() => ErrorKind::Credentials,
            // An invalid region counts like a missing one.
            Kind::Endpoint { error: EndpointError::Region(_), .. } => ErrorKind::Credentials,
            Kind::Setting(_)
            | Kind::Request(_)
            | Kind::Validation(_)
            | Kind::Endpoint { .. }
            | Kind::Sign(_)
            | Kind::Clock
            | Kind::MissingInput { .. }
            | Kind::Plaintext { .. } => ErrorKind::Request,
        }
    }

    /// The error of the service, from an HTTP response or a stream.
    #[must_use]
    pub fn service_error(&self) -> Option<&ServiceError> {
        match &*self.kind {
            Kind::Service(error) => Some(error),
            Kind::Stream(error) => error.service_error(),
            _ => None,
        }
    }

    /// The fault of a frame, if that ended the stream.
    pub(crate) fn decode_error(&self) -> Option<&DecodeError> {
        match &*self.kind {
            Kind::Stream(StreamError::Corrupt(error) | StreamError::Truncated(error)) => Some(error),
            _ => None,
        }
    }

    /// How the stream ended, if there was one; [`Verdict::Truncated`] for a whole response that broke off.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        match &*self.kind {
            Kind::Stream(error) => Some(error.verdict()),
            Kind::Interrupted { verdict, .. } => Some(*verdict),
            Kind::Configuration { source, .. } if source.is::<IncompleteMessage>() => {
                Some(Verdict::EndedEarly)
            }
            Kind::Response(ResponseError::NotAnEventStream { .. }) => Some(Verdict::NotAnEventStream),
            _ => None,
        }
    }

    /// True if the response is missing or incomplete, and another attempt may succeed.
    pub(crate) fn is_of_transport(&self) -> bool {
        let permanent =
            [TransportErrorKind::Redirect, TransportErrorKind::ProxyRefused, TransportErrorKind::NoRuntime];
        self.transport_kind().is_some_and(|kind| !permanent.contains(&kind))
    }

    /// Number of attempts begun; 0 if the request was refused before the first.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.call.as_ref().map_or(0, |call| call.attempts)
    }

    /// True if the same request may succeed later. The client has used the attempts of its
    /// [`RetryPolicy`](crate::RetryPolicy); after a stream has begun it does not retry.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        crate::retry::RetryClass::of_error(self).is_some()
    }

    /// The message as far as it was received, if a stream ended early in
    /// [`into_message`](crate::EventStream::into_message); the whole message, if `Client::converse_as` could not read it.
    #[must_use]
    pub fn partial(&self) -> Option<&Message> {
        self.partial.as_deref()
    }

    /// True if a limit of [`Timeouts`](crate::Timeouts) or of the transport has passed.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(
            self.transport_kind(),
            Some(TransportErrorKind::ConnectTimeout | TransportErrorKind::Timeout)
        )
    }

    /// True if the service throttled the request.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.service_error().is_some_and(ServiceError::is_throttling)
    }
}

macro_rules! from {
    ($($source:ty => $kind:ident),* $(,)?) => {$(
        impl From<$source> for Error {
            fn from(source: $source) -> Self {
                Self::new(Kind::$kind(source))
            }
        }
    )*};
}
from! {
    Elapsed => Timeout,
    CredentialsError => Credentials,
    SettingError => Setting,
    RequestError => Request,
    ValidationError => Validation,
    SignError => Sign,
}

impl From<ServiceError> for Error {
    fn from(source: ServiceError) -> Self {
        Self::new(Kind::Service(source)).hide_named_tokens()
    }
}

/// A message assembled by hand whose stream ended early.
impl From<IncompleteMessage> for Error {
    fn from(source: IncompleteMessage) -> Self {
        let partial = (*source.partial).clone();
        Self::configuration(ErrorKind::Wire, source).with_partial(partial)
    }
}

/// A response that is not the JSON it should be.
impl From<TypedError> for Error {
    fn from(source: TypedError) -> Self {
        Self::configuration(ErrorKind::Wire, source)
    }
}

impl From<StreamError> for Error {
    fn from(source: StreamError) -> Self {
        Self::new(Kind::Stream(source)).hide_named_tokens()
    }
}

impl From<ResponseError> for Error {
    fn from(source: ResponseError) -> Self {
        match source {
            ResponseError::Service(error) => Self::from(*error),
            source => Self::new(Kind::Response(source)).hide_named_tokens(),
        }
    }
}
