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

/// Calls Bedrock and blocks until the response has come. Cheap to clone; clones share connections and signing keys.
///
/// It is [`barerock::Client`] on the calling thread, with its settings.
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
    /// A client with region, endpoint, credentials and retries from the process's environment.
    ///
    /// # Errors
    /// As [`barerock::Client::from_env`]'s.
    #[cfg(feature = "webpki-roots")]
    pub fn from_env() -> Result<Self, Error> {
        barerock::Client::from_env(UreqTransport::new()).map(Self::from)
    }

    /// A builder with [`UreqTransport::new`]: `Client::from(Client::builder().region("us-east-1").build()?)`. For another transport
    /// begin with [`barerock::Client::builder`].
    #[cfg(feature = "webpki-roots")]
    pub fn builder() -> ClientBuilder<UreqTransport> {
        barerock::Client::builder(UreqTransport::new())
    }

    /// As [`builder`](Self::builder), without checking requests against the service model first; the rules are not linked.
    #[cfg(feature = "webpki-roots")]
    pub fn builder_without_validation() -> ClientBuilder<UreqTransport> {
        barerock::Client::builder_without_validation(UreqTransport::new())
    }

    /// Opens a connection to the endpoint ahead and gets the credentials, so that the first call need not.
    ///
    /// # Errors
    /// As [`barerock::Client::connect`]'s.
    pub fn connect(&self) -> Result<(), Error> {
        block_on(self.inner.connect())
    }

    /// Sends a Converse request and waits for the whole response.
    ///
    /// # Errors
    /// As [`barerock::Client::converse`]'s.
    pub fn converse(&self, request: &ConverseRequest) -> Result<ConverseResponse, Error> {
        block_on(self.inner.converse(request))
    }

    /// Sends a ConverseStream request and returns as soon as the response begins.
    ///
    /// # Errors
    /// As [`barerock::Client::converse_stream`]'s.
    pub fn converse_stream(&self, request: &ConverseRequest) -> Result<EventStream, Error> {
        block_on(self.inner.converse_stream(request)).map(EventStream::new)
    }

    /// Counts the input tokens of a request.
    ///
    /// # Errors
    /// As [`barerock::Client::count_tokens`]'s.
    pub fn count_tokens(&self, request: &CountTokensRequest) -> Result<CountTokensResponse, Error> {
        block_on(self.inner.count_tokens(request))
    }

    /// Applies a guardrail to text or images.
    ///
    /// # Errors
    /// As [`barerock::Client::apply_guardrail`]'s.
    pub fn apply_guardrail(&self, request: &ApplyGuardrailRequest) -> Result<ApplyGuardrailResponse, Error> {
        block_on(self.inner.apply_guardrail(request))
    }

    /// Runs Bedrock's predefined guardrail checks on messages.
    ///
    /// # Errors
    /// As [`barerock::Client::invoke_guardrail_checks`]'s.
    pub fn invoke_guardrail_checks(
        &self,
        request: &InvokeGuardrailChecksRequest,
    ) -> Result<InvokeGuardrailChecksResponse, Error> {
        block_on(self.inner.invoke_guardrail_checks(request))
    }

    /// The async client below: for [`block_on`] and what has no method here.
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
