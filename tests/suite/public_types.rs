//! Traits of public types that programs rely on.

use barerock::conversation::Conversation;
use barerock::credentials::{CachedCredentials, CredentialsError, EnvironmentProvider, ProvidedCredentials};
use barerock::retry::{Attempts, Decision, Retries};
use barerock::tools::{ToolBox, ToolBoxError};
use barerock::transport::{BoxBody, BoxTransport, ProxyRules};
use barerock::{
    ApplyGuardrailRequest, ApplyGuardrailResponse, AssembledMessage, CallSummary, Client, ClientBuilder,
    ClientSettings, ConverseRequest, ConverseResponse, CountTokensRequest, CountTokensResponse, Credentials,
    Environment, Error, EventStream, Events, Exception, InvokeGuardrailChecksRequest,
    InvokeGuardrailChecksResponse, MessageAssembler, RetryPolicy, ServiceError, StreamEvent, Texts, Timeouts,
    TracingObserver, TransportError, Typed, ValidationError,
};
use barerock_hyper::HyperTransport;
use barerock_reqwest::ReqwestTransport;
use barerock_sigv4::{Secrets, Signed, Signer};
use barerock_ureq::UreqTransport;

const fn send_sync<T: Send + Sync + 'static>() {}
const fn send<T: Send + 'static>() {}
fn future_is_send<F: Future + Send>(_: F) {}

macro_rules! all {
    ($check:ident: $($type:ty),+ $(,)?) => {
        $(const _: () = $check::<$type>();)+
    };
}

all!(send_sync:
    Client<HyperTransport>, Client<ReqwestTransport>, Client<UreqTransport>, Client<BoxTransport>,
    ClientBuilder<HyperTransport>, ClientSettings, Environment, Timeouts, RetryPolicy, Retries, Attempts, Decision,
    Error, TransportError, CredentialsError, ServiceError, Exception, ValidationError, ToolBoxError,
    ConverseRequest, ConverseResponse, CountTokensRequest, CountTokensResponse, ApplyGuardrailRequest,
    ApplyGuardrailResponse, InvokeGuardrailChecksRequest, InvokeGuardrailChecksResponse, AssembledMessage,
    CallSummary, MessageAssembler, StreamEvent<'static>, Conversation, ToolBox, TracingObserver, Typed<String>,
    Credentials, CachedCredentials, EnvironmentProvider, ProvidedCredentials, ProxyRules, BoxTransport,
    HyperTransport, ReqwestTransport, UreqTransport, Signer, Signed, Secrets,
);
// A body is read by one task.
all!(send: EventStream<HyperTransport>, EventStream<BoxTransport>, Events<HyperTransport>, Texts<HyperTransport>, BoxBody);

#[test]
fn futures_of_calls_can_move_between_threads() {
    let client = Client::builder(HyperTransport::new()).region("us-east-1").build().unwrap();
    let request = ConverseRequest::new("anthropic.claude-3-haiku-20240307-v1:0", []);
    future_is_send(client.converse(&request));
    future_is_send(client.converse_stream(&request));
    future_is_send(client.converse_as::<std::collections::HashMap<String, String>>(&request));
    future_is_send(client.connect());
    future_is_send(async { client.converse_stream(&request).await?.into_message().await });
}
