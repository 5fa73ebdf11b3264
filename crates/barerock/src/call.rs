//! One call: its headers, its time limit, its attempts.

use core::pin::Pin;

use barerock_converse::{CallSummary, ConverseResponse, ResponseError};
use bytes::Bytes;
use http::header::{HeaderName, USER_AGENT};
use http::{HeaderMap, HeaderValue, Request, StatusCode};

use crate::call_context::CallContext;
use crate::client::{ClientState, lock};
use crate::error::{CallInfo, Error};
use crate::observe::{CallRequest, Outcome, Stage};
use crate::send::{ResponseMode, SuccessResponse};
use crate::timeout::{Deadline, before};
use crate::transport::{LastEventSeen, LocalTransport};

/// Names this client in the service's logs.
const AGENT: HeaderValue = HeaderValue::from_static(concat!("barerock/", env!("CARGO_PKG_VERSION")));

/// The same id in all attempts of a call.
static INVOCATION_ID: HeaderName = HeaderName::from_static("amz-sdk-invocation-id");

/// A call that has a response, whose stream may still be open.
pub(crate) struct OpenCall<T: LocalTransport> {
    pub(crate) context: CallContext,
    /// When all of the call must be over.
    pub(crate) deadline: Option<Deadline<T::Timer>>,
    pub(crate) last_event: LastEventSeen,
    pub(crate) response: SuccessResponse<T::Body>,
}

/// Parses a complete response.
type Parse<R> = fn(StatusCode, &HeaderMap, Vec<u8>) -> Result<R, ResponseError>;

/// How the whole response of an operation is handled.
pub(crate) struct ResponseHandler<R> {
    pub(crate) parse: Parse<R>,
    pub(crate) set_call: fn(&mut R, CallSummary),
    /// The response, if it is one of Converse, for observers.
    pub(crate) converse: fn(&R) -> Option<&ConverseResponse>,
}

impl<T: LocalTransport> ClientState<T> {
    /// Begins a call: from here on it is measured, and its end observed.
    pub(crate) fn begin(&self, request: CallRequest<'_>) -> CallContext {
        let context = CallContext::new(self.invocation_id(), self.observer.clone(), &self.clock);
        context.observe(&Stage::Begun { request, endpoint: &self.endpoint });
        context
    }

    /// Calls an operation whose response is one document.
    pub(crate) fn call<R>(
        &self,
        context: CallContext,
        request: Result<Request<Bytes>, Error>,
        handler: ResponseHandler<R>,
    ) -> impl Future<Output = Result<R, Error>> {
        let call = self.open(context, request, ResponseMode::Whole);
        async move {
            let OpenCall { mut context, response, .. } = call.await?;
            // Not a copy unless an observer keeps the body.
            let body = response.received.into();
            match (handler.parse)(response.head.status, &response.head.headers, body) {
                Ok(mut response) => {
                    context.end_with(&Outcome::Complete, (handler.converse)(&response));
                    (handler.set_call)(&mut response, context.summary());
                    Ok(response)
                }
                Err(error) => Err(self.failed(&mut context, error)),
            }
        }
    }

    /// Calls an operation, up to the whole response or the first frame of its stream.
    ///
    /// Boxed so that the caller's future does not include this state of 8 KB.
    pub(crate) fn open(
        &self,
        context: CallContext,
        request: Result<Request<Bytes>, Error>,
        mode: ResponseMode,
    ) -> Pin<Box<impl Future<Output = Result<OpenCall<T>, Error>>>> {
        Box::pin(self.open_inline(context, request, mode))
    }

    async fn open_inline(
        &self,
        mut context: CallContext,
        request: Result<Request<Bytes>, Error>,
        mode: ResponseMode,
    ) -> Result<OpenCall<T>, Error> {
        let mut request = match request {
            Ok(request) => request,
            Err(error) => {
                context.end(&Outcome::Failed(&error));
                return Err(error);
            }
        };
        request.headers_mut().insert(&USER_AGENT, AGENT);
        request.headers_mut().insert(&INVOCATION_ID, context.id.clone());
        context.uri = request.uri().clone();
        let last_event = LastEventSeen::default();
        request.extensions_mut().insert(last_event.clone());
        let mut deadline = self.timeouts.operation.map(|limit| Deadline::new(&self.transport, limit));
        let attempts = self.attempts(request, mode, &mut context);
        let response = before(&mut deadline, attempts).await;
        match response.unwrap_or_else(|elapsed| Err(elapsed.into())) {
            Ok(response) => {
                if response.first.is_some() {
                    context.first_event_received();
                }
                Ok(OpenCall { context, deadline, last_event, response })
            }
            Err(error) => Err(self.failed(&mut context, error)),
        }
    }

    /// A UUID of version 4 (RFC 9562, section 5.4).
    fn invocation_id(&self) -> HeaderValue {
        let bits = lock(&self.rng).u128(..) & !(0xf << 76) & !(0x3 << 62) | (4 << 76) | (2 << 62);
        let hex = format!("{bits:032x}");
        let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| hex.get(range).unwrap_or_default());
        HeaderValue::try_from(parts.join("-")).unwrap_or_else(|_| HeaderValue::from_static("-"))
    }

    /// Ends a call with an error as the caller gets it: without secrets, and with the call it belongs to, for its hint.
    pub(crate) fn failed(&self, context: &mut CallContext, error: impl Into<Error>) -> Error {
        let info =
            CallInfo { uri: context.uri.clone(), region: self.region.clone(), attempts: context.attempts };
        let mut error = error.into().with_call(info);
        error.hide(&context.applied.secrets());
        context.end(&Outcome::Failed(&error));
        error
    }
}
