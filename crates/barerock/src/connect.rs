//! Connections opened ahead of calls.

use http::Uri;

use crate::authenticate::Auth;
use crate::client::ClientState;
use crate::error::{CallInfo, Error};
use crate::timeout::within;
use crate::transport::{LocalTransport, TransportError, TransportErrorKind};

impl<T: LocalTransport> ClientState<T> {
    /// Opens a connection to the endpoint and gets the credentials, within the time limit of a call.
    pub(crate) async fn connect(&self) -> Result<(), Error> {
        let uri = self.endpoint.as_str().parse::<Uri>().map_err(|error| {
            Error::transport(&self.endpoint, TransportError::new(TransportErrorKind::Connect, error))
        })?;
        let connecting = async {
            if self.is_plaintext {
                self.auth.require_plaintext_allowed(&self.endpoint)?;
            }
            self.transport
                .connect(&uri)
                .await
                .map_err(|error| Error::transport(&self.endpoint, error.into()))?;
            if let Auth::SigV4(provider) = &self.auth {
                provider.provide().await?;
            }
            Ok(())
        };
        let connected = within(&*self.transport, self.timeouts.operation, "the connection", connecting).await;
        connected.unwrap_or_else(|elapsed| Err(elapsed.into())).map_err(|error: Error| {
            error.with_call(CallInfo { uri, region: self.region.clone(), attempts: 1 })
        })
    }
}
