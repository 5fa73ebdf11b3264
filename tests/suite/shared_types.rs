//! Tests that public types are `Send`, `Sync` and `'static`; the shapes of the service model assert it themselves.

use barerock::converse::{batch, conversation, endpoint, eventstream, stream};
use barerock::{credentials, tools, transport};
use barerock_hyper::HyperTransport;
use barerock_reqwest::ReqwestTransport;
use barerock_ureq::UreqTransport;

macro_rules! shared {
    ($($type:ty),* $(,)?) => {
        const _: () = {
            const fn is_shared<T: Send + Sync + 'static>() {}
            $(is_shared::<$type>();)*
        };
    };
}

shared! {
    barerock::Client<HyperTransport>,
    barerock::Client<ReqwestTransport>,
    barerock::Client<UreqTransport>,
    barerock::ClientBuilder<HyperTransport>,
    barerock::ClientSettings,
    barerock::Credentials,
    barerock::EndpointSettings,
    barerock::EndpointUrl,
    barerock::Environment,
    barerock::Error,
    barerock::ErrorKind,
    barerock::RetryMode,
    barerock::RetryPolicy,
    barerock::Timeouts,
    barerock::TransportError,
    barerock::TransportErrorKind,
    barerock::TypedError,
    Box<dyn barerock::ProvideCredentials>,
    credentials::CredentialsError,
    tools::ToolBox,
    tools::ToolBoxError,
    transport::ProxyUrl,
    HyperTransport,
    ReqwestTransport,
    UreqTransport,
}

shared! {
    barerock::converse::AwsModelId<'static>,
    barerock::converse::Correction,
    barerock::converse::Lookalike,
    barerock::converse::ModelIdError,
    barerock::converse::RequestError,
    barerock::converse::ResponseError,
    barerock::converse::ResponseHead<'static>,
    barerock::converse::ServiceError,
    barerock::converse::ToolOutput,
    barerock::converse::ValidationError,
    barerock::converse::ValidationWarning,
    barerock::converse::WireRequest<'static>,
    barerock::types::Blob,
    barerock::types::Document,
    barerock::types::Text<'static>,
    barerock::types::UnknownMember,
    batch::BatchError,
    batch::BatchOutput,
    batch::BatchProgress,
    batch::BatchRecord,
    batch::InvalidOutput,
    batch::InvalidRecord,
    batch::RecordError,
    conversation::CachePointError,
    conversation::CachePoints,
    conversation::Conversation,
    conversation::NotResendable,
    endpoint::Endpoint,
    endpoint::EndpointBuilder<'static>,
    endpoint::EndpointError,
    endpoint::Partition,
    stream::AssembledMessage,
    stream::EventDecoder,
    stream::IncompleteMessage,
    stream::MessageAssembler,
    stream::StreamError,
    stream::StreamEvent<'static>,
    stream::Verdict,
}

shared! {
    eventstream::FrameDecoder,
    barerock::sigv4::Signer,
    barerock_replay::Fixture,
    barerock_replay::Fixtures,
    barerock_replay::ReplayServer,
    barerock_replay::ReceivedRequest,
}
