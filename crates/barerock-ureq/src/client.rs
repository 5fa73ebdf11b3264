//! The blocking client.

use barerock::{
    ApplyGuardrailRequest, ApplyGuardrailResponse, ClientBuilder, ConverseRequest, ConverseResponse,
    CountTokensRequest, CountTokensResponse, Error, InvokeGuardrailChecksRequest,
    InvokeGuardrailChecksResponse,
};

use crate::block_on::block_on;
use crate::stream::EventStream;
use crate::transport::UreqTransport;

/// Calls Bedrock and blocks until the answer is there. Cheap to clone; clones share connections and signing keys.
///
/// It is [`barerock::Client`] on the calling thread: what is set up there holds here.
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
    pub fn from_env() -> Result<Self, Error> {
        barerock::Client::from_env(UreqTransport::new()).map(Self::from)
    }

    /// A client by all that AWS's SDKs look at: the environment, the shared files, and whatever these lead to.
    ///
    /// # Errors
    /// As [`barerock_config::client`]'s.
    #[cfg(feature = "config")]
    pub fn from_config() -> Result<Self, Error> {
        block_on(barerock_config::client(UreqTransport::new())).map(Self::from)
    }

    /// A client to be set up in code: `Client::from(Client::builder().region("us-east-1").build()?)`. For another transport
    /// than [`UreqTransport::new`]'s, begin with [`barerock::Client::builder`].
    pub fn builder() -> ClientBuilder<UreqTransport> {
        barerock::Client::builder(UreqTransport::new())
    }

    /// Asks and waits for the whole answer.
    ///
    /// # Errors
    /// As [`barerock::Client::converse`]'s.
    pub fn converse(&self, request: &ConverseRequest) -> Result<ConverseResponse, Error> {
        block_on(self.inner.converse(request))
    }

    /// Asks and returns as soon as the answer begins.
    ///
    /// # Errors
    /// As [`barerock::Client::converse_stream`]'s.
    pub fn converse_stream(&self, request: &ConverseRequest) -> Result<EventStream, Error> {
        block_on(self.inner.converse_stream(request)).map(EventStream::new)
    }

    /// Asks what a request would cost in input tokens.
    ///
    /// # Errors
    /// As [`barerock::Client::count_tokens`]'s.
    pub fn count_tokens(&self, request: &CountTokensRequest) -> Result<CountTokensResponse, Error> {
        block_on(self.inner.count_tokens(request))
    }

    /// Asks what a guardrail says to a text or a picture.
    ///
    /// # Errors
    /// As [`barerock::Client::apply_guardrail`]'s.
    pub fn apply_guardrail(&self, request: &ApplyGuardrailRequest) -> Result<ApplyGuardrailResponse, Error> {
        block_on(self.inner.apply_guardrail(request))
    }

    /// Asks what ready-made checks say to messages.
    ///
    /// # Errors
    /// As [`barerock::Client::invoke_guardrail_checks`]'s.
    pub fn invoke_guardrail_checks(
        &self,
        request: &InvokeGuardrailChecksRequest,
    ) -> Result<InvokeGuardrailChecksResponse, Error> {
        block_on(self.inner.invoke_guardrail_checks(request))
    }

    /// The client whose futures this one runs: for [`block_on`] and what has no method here.
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
