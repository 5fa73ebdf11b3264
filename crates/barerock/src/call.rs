//! One call: its headers, its time limit, its attempts.

use barerock_converse::ResponseError;
use bytes::Bytes;
use http::header::{HeaderName, USER_AGENT};
use http::{HeaderMap, HeaderValue, Request, StatusCode, Uri};

use crate::authenticate::AppliedAuth;
use crate::client::{ClientState, lock};
use crate::error::{CallInfo, Error};
use crate::observe::Stage;
use crate::send::{ResponseMode, SuccessResponse};
use crate::timeout::{Deadline, before};
use crate::transport::Transport;

/// Names this client in the service's logs.
const AGENT: HeaderValue = HeaderValue::from_static(concat!("barerock/", env!("CARGO_PKG_VERSION")));

/// The same id in all attempts of a call.
static INVOCATION_ID: HeaderName = HeaderName::from_static("amz-sdk-invocation-id");

/// A call that has a response, whose stream may still be open.
pub(crate) struct OpenCall<B> {
    pub(crate) context: CallContext,
    /// When all of the call must be over.
    pub(crate) deadline: Option<Deadline>,
    pub(crate) response: SuccessResponse<B>,
}

/// Identifies a call, for errors and observers.
pub(crate) struct CallContext {
    pub(crate) uri: Uri,
    /// The value of `amz-sdk-invocation-id`.
    pub(crate) id: HeaderValue,
    /// Attempts begun so far.
    pub(crate) attempts: u32,
    /// The authentication of the last attempt, whose secrets no error shows.
    pub(crate) applied: AppliedAuth,
}

/// Parses a complete response.
type Parse<R> = fn(StatusCode, &HeaderMap, &[u8]) -> Result<R, ResponseError>;

impl<T: Transport> ClientState<T> {
    /// Calls an operation whose response is one document.
    pub(crate) async fn call<R>(&self, request: Request<Bytes>, parse: Parse<R>) -> Result<R, Error> {
        let OpenCall { context, response, .. } = self.open(request, ResponseMode::Whole).await?;
        parse(response.head.status, &response.head.headers, &response.received)
            .map_err(|error| self.failed(&context, error))
    }

    /// Calls an operation, up to the whole response or the first frame of its stream.
    pub(crate) async fn open(
        &self,
        mut request: Request<Bytes>,
        mode: ResponseMode,
    ) -> Result<OpenCall<T::Body>, Error> {
        let id = self.invocation_id();
        request.headers_mut().insert(&USER_AGENT, AGENT);
        request.headers_mut().insert(&INVOCATION_ID, id.clone());
        let mut context =
            CallContext { uri: request.uri().clone(), id, attempts: 0, applied: AppliedAuth::default() };
        let mut deadline = self.timeouts.operation.map(|limit| Deadline::new(&self.transport, limit));
        // Boxed so that the caller's future does not include this 7 KB state.
        let attempts = Box::pin(self.attempts(request, mode, &mut context));
        let response = before(&mut deadline, attempts).await;
        match response.unwrap_or_else(|elapsed| Err(elapsed.into())) {
            Ok(response) => Ok(OpenCall { context, deadline, response }),
            Err(error) => Err(self.failed(&context, error)),
        }
    }

    /// A UUID of version 4 (RFC 9562, section 5.4).
    fn invocation_id(&self) -> HeaderValue {
        let bits = lock(&self.rng).u128(..) & !(0xf << 76) & !(0x3 << 62) | (4 << 76) | (2 << 62);
        let hex = format!("{bits:032x}");
        let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| hex.get(range).unwrap_or_default());
        HeaderValue::try_from(parts.join("-")).unwrap_or_else(|_| HeaderValue::from_static("-"))
    }

    /// The error as the caller gets it: without secrets, and with the call it belongs to, for its hint.
    pub(crate) fn failed(&self, context: &CallContext, error: impl Into<Error>) -> Error {
        let info =
            CallInfo { uri: context.uri.clone(), region: self.region.clone(), attempts: context.attempts };
        let mut error = error.into().with_call(info);
        error.hide(&context.applied.secrets());
        error
    }

    /// Tells the observer, if there is one.
    pub(crate) fn observe(&self, context: &CallContext, stage: &Stage<'_>) {
        if let Some(observer) = &self.observer {
            observer.observe(context.id.to_str().unwrap_or_default(), stage);
        }
    }
}
