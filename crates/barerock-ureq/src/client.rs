//! The blocking client.

#[cfg(feature = "webpki-roots")]
use barerock::ClientBuilder;
use barerock::{
    ApplyGuardrailRequest, ApplyGuardrailResponse, ConverseRequest, ConverseResponse, CountTokensRequest,
    CountTokensResponse, Error, InvokeGuardrailChecksRequest, InvokeGuardrailChecksResponse,
};

use crate::block_on::block_on;
use crate::stream::EventStream;
use crate::transport::UreqTransport;

/// Blocking Bedrock client. Cheap to clone; clones share connections and signing keys.
///
/// It runs [`barerock::Client`], with its settings, on the calling thread.
///
/// ```
/// use barerock::Credentials;
/// use barerock_ureq::Client;
///
/// let credentials = Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None);
/// let client = Client::from(Client::builder().region("us-east-1").credentials(credentials).build()?);
/// # Ok::<(), barerock::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    inner: barerock::Client<UreqTransport>,
}

impl Client {
    /// Creates a client with region, endpoint, credentials and retries from the process's environment.
    ///
    /// # Errors
    /// As [`barerock::Client::from_env`].
    #[cfg(feature = "webpki-roots")]
    pub fn from_env() -> Result<Self, Error> {
        barerock::Client::from_env(UreqTransport::new()).map(Self::from)
    }

    /// Creates a builder with [`UreqTransport::new`]: `Client::from(Client::builder().region("us-east-1").build()?)`. For another
    /// transport use [`barerock::Client::builder`].
    #[cfg(feature = "webpki-roots")]
    pub fn builder() -> ClientBuilder<UreqTransport> {
        barerock::Client::builder(UreqTransport::new())
    }

    /// Creates a builder as [`builder`](Self::builder) does, without the check of requests against the service model: its rules
    /// are not linked.
    #[cfg(feature = "webpki-roots")]
    pub fn builder_without_validation() -> ClientBuilder<UreqTransport> {
        barerock::Client::builder_without_validation(UreqTransport::new())
    }

    /// Opens a connection to the endpoint and gets the credentials, so that the first call does not wait for them.
    ///
    /// # Errors
    /// As [`barerock::Client::connect`].
    pub fn connect(&self) -> Result<(), Error> {
        block_on(self.inner.connect())
    }

    /// Sends a Converse request and waits for the whole response.
    ///
    /// # Errors
    /// As [`barerock::Client::converse`].
    pub fn converse(&self, request: &ConverseRequest) -> Result<ConverseResponse, Error> {
        block_on(self.inner.converse(request))
    }

    /// Sends a ConverseStream request and returns as soon as the response begins.
    ///
    /// # Errors
    /// As [`barerock::Client::converse_stream`].
    pub fn converse_stream(&self, request: &ConverseRequest) -> Result<EventStream, Error> {
        block_on(self.inner.converse_stream(request)).map(EventStream::new)
    }

    /// Counts the input tokens of a request.
    ///
    /// # Errors
    /// As [`barerock::Client::count_tokens`].
    pub fn count_tokens(&self, request: &CountTokensRequest) -> Result<CountTokensResponse, Error> {
        block_on(self.inner.count_tokens(request))
    }

    /// Applies a guardrail to text or images.
    ///
    /// # Errors
    /// As [`barerock::Client::apply_guardrail`].
    pub fn apply_guardrail(&self, request: &ApplyGuardrailRequest) -> Result<ApplyGuardrailResponse, Error> {
        block_on(self.inner.apply_guardrail(request))
    }

    /// Runs Bedrock's predefined guardrail checks on messages.
    ///
    /// # Errors
    /// As [`barerock::Client::invoke_guardrail_checks`].
    pub fn invoke_guardrail_checks(
        &self,
        request: &InvokeGuardrailChecksRequest,
    ) -> Result<InvokeGuardrailChecksResponse, Error> {
        block_on(self.inner.invoke_guardrail_checks(request))
    }

    /// Returns the async client, for methods that this client lacks; [`block_on`] runs their futures.
    #[must_use]
    pub fn as_async(&self) -> &barerock::Client<UreqTransport> {
        &self.inner
    }
}

impl From<barerock::Client<UreqTransport>> for Client {
    fn from(inner: barerock::Client<UreqTransport>) -> Self {
        Self { inner }
    }
}
