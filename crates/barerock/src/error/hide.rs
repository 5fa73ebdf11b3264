//! Secrets hidden in every text of an error that comes from the peer.

use barerock_converse::{ResponseError, ServiceError, StreamError};
use barerock_sigv4::{Secrets, redact};

use super::{Error, Kind};

impl Error {
    /// Hides the secrets of the request, which the peer may echo.
    pub(crate) fn hide(&mut self, secrets: &Secrets) {
        let mut hide = |text: &mut String| {
            if let std::borrow::Cow::Owned(hidden) = secrets.hide(text) {
                *text = hidden;
            }
        };
        for_each_text(&mut self.kind, &mut hide);
    }

    /// Hides session tokens that are named as such. The service responds to a wrong signature with the canonical request it
    /// expected, token included.
    pub(super) fn hide_named_tokens(mut self) -> Self {
        for_each_text(&mut self.kind, &mut |text| *text = redact(text));
        self
    }
}

/// Visits every text that comes from the peer.
fn for_each_text(kind: &mut Kind, visit: &mut dyn FnMut(&mut String)) {
    match kind {
        Kind::Service(error) => service_texts(error, visit),
        Kind::Stream(error) => stream_texts(error, visit),
        Kind::Response(error) => response_texts(error, visit),
        Kind::Transport { source, .. } | Kind::Interrupted { source, .. } => source.redirect_text(visit),
        // These contain no text of the peer.
        _ => {}
    }
}

fn service_texts(error: &mut ServiceError, visit: &mut dyn FnMut(&mut String)) {
    visit(&mut error.code);
    visit(&mut error.message);
    let optional = [&mut error.request_id, &mut error.original_message, &mut error.resource_name];
    optional.into_iter().flatten().for_each(visit);
}

fn stream_texts(error: &mut StreamError, visit: &mut dyn FnMut(&mut String)) {
    match error {
        StreamError::Exception(error) | StreamError::Error(error) => service_texts(error, visit),
        StreamError::Payload { event_type, error, .. } => {
            visit(event_type);
            visit(error);
        }
        _ => {}
    }
}

fn response_texts(error: &mut ResponseError, visit: &mut dyn FnMut(&mut String)) {
    match error {
        ResponseError::Service(error) => service_texts(error, visit),
        ResponseError::Json { content_type, error, .. } => {
            content_type.iter_mut().for_each(&mut *visit);
            visit(error);
        }
        ResponseError::NotAnEventStream { content_type, beginning, .. } => {
            content_type.iter_mut().for_each(&mut *visit);
            visit(beginning);
        }
        _ => {}
    }
}
