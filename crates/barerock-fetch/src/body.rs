//! The body of a response.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};

use barerock::TransportError;
use bytes::Bytes;
use http_body::{Body, Frame};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader};

use crate::error::FetchError;
use crate::transport::AbortOnDrop;

/// The body of a response, chunk by chunk as the host's `ReadableStream` has them. Dropped before its end, it cancels the request.
pub struct FetchBody {
    /// `None` at the end.
    open: Option<Open>,
}

struct Open {
    reader: ReadableStreamDefaultReader,
    /// The chunk that is waited for.
    reading: Option<JsFuture>,
    abort: AbortOnDrop,
}

impl FetchBody {
    /// The body of a response; without a stream it is empty.
    pub(crate) fn new(stream: Option<&ReadableStream>, abort: AbortOnDrop) -> Self {
        let Some(stream) = stream else {
            abort.disarm();
            return Self { open: None };
        };
        let reader = stream.get_reader().unchecked_into();
        Self { open: Some(Open { reader, reading: None, abort }) }
    }
}

impl Body for FetchBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let Some(open) = &mut self.open else { return Poll::Ready(None) };
        let reading = open.reading.get_or_insert_with(|| JsFuture::from(open.reader.read()));
        let read = core::task::ready!(Pin::new(reading).poll(context));
        open.reading = None;
        match read.and_then(|result| chunk(&result)) {
            Ok(Some(bytes)) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            Ok(None) => {
                if let Some(open) = self.open.take() {
                    open.abort.disarm();
                }
                Poll::Ready(None)
            }
            Err(error) => {
                self.open = None;
                Poll::Ready(Some(Err(FetchError::of(&error).within_response())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.open.is_none()
    }
}

/// The bytes of a result of `read()`, or `None` at the end.
fn chunk(result: &JsValue) -> Result<Option<Bytes>, JsValue> {
    if Reflect::get(result, &"done".into())?.is_truthy() {
        return Ok(None);
    }
    let value: Uint8Array = Reflect::get(result, &"value".into())?.dyn_into()?;
    Ok(Some(value.to_vec().into()))
}

impl fmt::Debug for FetchBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FetchBody").field("is_open", &self.open.is_some()).finish_non_exhaustive()
    }
}
