//! Hints: remedies for errors whose messages do not name one.

use std::borrow::Cow;

use barerock_converse::ServiceError;

use self::model::{CallTarget, of_model};
use crate::error::Error;
use crate::retry::is_daily_quota;
use crate::transport::TransportErrorKind;

mod model;

type Hint = Cow<'static, str>;

/// A rule: prefix of the error code, substrings of the lower-case message, and the hint.
type Rule = (&'static str, &'static [&'static str], &'static str);

/// The first matching rule applies; a rule without substrings matches every message of its codes. The substrings are from
/// messages of the service that users reported.
const RULES: &[Rule] = &[
    (
        "",
        &["did not allow prompt caching"],
        "This model takes no cachePoint: leave cachePoint blocks out of messages, system and tools.",
    ),
    // API keys.
    (
        "",
        &["bedrock:callwithbearertoken"],
        "The identity behind the API key needs the IAM action bedrock:CallWithBearerToken, besides bedrock:InvokeModel and \
         bedrock:InvokeModelWithResponseStream.",
    ),
    (
        "",
        &["invalid api key format"],
        "The bearer token (AWS_BEARER_TOKEN_BEDROCK) is not a Bedrock API key: those begin with ABSK or bedrock-api-key-.",
    ),
    // The account.
    (
        "",
        &["payment_instrument", "payment instrument", "payment method"],
        "The account needs a valid payment method for this model's marketplace subscription; then wait 15 minutes.",
    ),
    (
        "",
        &["aws-marketplace", "aws marketplace"],
        "The first call in an account subscribes to the model: make it once with an identity that has \
         aws-marketplace:Subscribe and aws-marketplace:ViewSubscriptions; then wait 15 minutes.",
    ),
    // The model id and the resource it names.
    (
        "ResourceNotFoundException",
        &["use case details have not been submitted"],
        "Anthropic requires a use-case form once per account: fill it in (Bedrock console, Model catalog, any Anthropic \
         model) and retry 15 minutes later.",
    ),
    (
        "ResourceNotFoundException",
        &["marked by provider as legacy"],
        "The model is legacy, and closed to accounts that have not used it in the last 15 to 30 days: choose an active one.",
    ),
    (
        "",
        &["end of its life", "has been retired", "is retired"],
        "The model is retired: choose its successor (`aws bedrock list-foundation-models`).",
    ),
    (
        "ResourceNotFoundException",
        &[],
        "This error is about a profile, prompt, guardrail or provisioned model (an unknown model id is a \
         ValidationException): check its ARN or id, its version, its account, and that it is in this region.",
    ),
    (
        "",
        &["tool use in streaming mode", "tool use in streaming"],
        "This model supports tools only without streaming: call Converse instead of ConverseStream.",
    ),
    (
        "ValidationException",
        &["`temperature` is deprecated", "temperature is deprecated"],
        "Leave temperature out of the inference configuration: this model does not accept it.",
    ),
    (
        "ValidationException",
        &["is deprecated for this model"],
        "Leave the named member out of the request: this model no longer accepts it.",
    ),
    (
        "ValidationException",
        &["cannot both be specified"],
        "Set temperature or topP, not both: this model accepts one of them.",
    ),
    (
        "ValidationException",
        &["input is too long", "input tokens exceeded", "exceeds the maximum", "maximum context"],
        "The conversation is longer than the model's context window: leave out old messages, or choose a model with a larger \
         one (count_tokens returns the input tokens).",
    ),
    (
        "ValidationException",
        &["operation not allowed"],
        "The account may not call models yet: new accounts are reviewed first. Contact AWS Support.",
    ),
    // Permissions.
    (
        "AccessDeniedException",
        &["api key is valid", "bearer token", "api key has expired"],
        "The API key is invalid or expired: a short-term key is valid for at most 12 hours, in one region. `barerock sign \
         --inspect-api-key FILE` shows what a short-term key contains.",
    ),
    (
        "AccessDeniedException",
        &[":project/", "projectidentifier", "project identifier"],
        "IAM must allow bedrock:InvokeModel (or bedrock:InvokeModelWithResponseStream) on the inference target and on the \
         project, the account's default project included; another project takes foundation models and system-defined \
         inference profiles only.",
    ),
    (
        "AccessDeniedException",
        &[],
        "Check, in this order: IAM allows bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream, for an inference \
         profile on its ARN and on the model's ARN in each of its regions; no service control policy denies one of these \
         regions; the model's marketplace subscription and the account's payment method. After a first call it can take 15 \
         minutes.",
    ),
    // Keys and clocks.
    (
        "ExpiredToken",
        &[],
        "The session has expired: get new credentials (`aws sso login`, or assume the role again); in the environment, renew all \
         three of AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.",
    ),
    (
        "UnrecognizedClientException",
        &[],
        "AWS does not know the access key: it is deleted, of another partition (China, GovCloud), or temporary (ASIA…) and \
         without its AWS_SESSION_TOKEN. `barerock doctor` shows which key is used and where it is from.",
    ),
    (
        "InvalidSignatureException",
        &["signature expired", "not yet current"],
        "The clock of this machine is wrong by more than five minutes: set it. (The client signs by the service's clock \
         unless clock skew correction is off.)",
    ),
    (
        "InvalidSignatureException",
        &["scoped to"],
        "The signature's region is not the endpoint's: set both to the same region.",
    ),
    (
        "InvalidSignatureException",
        &[],
        "The secret access key is wrong, or a proxy changes the request: `barerock sign --explain-mismatch FILE` compares \
         the request AWS received with the signed one.",
    ),
    // Quotas.
    (
        "",
        &["too many tokens, please wait"],
        "Quota of tokens per minute: wait, and lower maxTokens, because input and maxTokens (the model's maximum if unset) \
         are reserved when a call begins; a cross-region inference profile has a larger quota.",
    ),
    (
        "",
        &["too many requests"],
        "Quota of requests per minute: send fewer (the adaptive retry mode finds the rate), or use a cross-region inference \
         profile.",
    ),
    (
        "ServiceQuotaExceededException",
        &[],
        "A quota of the account is used up: Service Quotas shows it and accepts requests for more.",
    ),
    // The service itself.
    ("ModelTimeoutException", &[], "The model took too long: lower maxTokens, or use ConverseStream."),
    (
        "ModelNotReadyException",
        &[],
        "The model is being loaded, as imported models are after a pause: retry in some minutes.",
    ),
    (
        "ServiceUnavailableException",
        &[],
        "The region is short of capacity: a cross-region inference profile, or another region, may have some.",
    ),
    (
        "UnknownOperationException",
        &[],
        "The endpoint does not know the path: it must be bedrock-runtime's (not bedrock's or bedrock-agent-runtime's), and \
         an ARN in a path must be percent-encoded (%2F), which a proxy may undo.",
    ),
];

const DAILY_QUOTA: &str = "The daily quota is used up: a retry fails until tomorrow. New accounts have small quotas; Service \
                           Quotas accepts requests for more.";

const NOT_BEDROCK: &str = "The response is not Bedrock's: it may be from a proxy, a login page of the network, or a wrong \
                           endpoint. Check HTTPS_PROXY and NO_PROXY, the endpoint URL, and whether the network wants a login.";

const NO_CONNECTION: &str = "Check the region's name (it is part of the endpoint's), the network, HTTPS_PROXY; and \
                             AWS_CA_BUNDLE, if a proxy terminates TLS.";

const CONNECT_TIMED_OUT: &str = "No connection was made in time: check the region's name (it is part of the endpoint's), the \
                                 network, a firewall, HTTPS_PROXY and NO_PROXY. On a slow network raise the limit (that of \
                                 the transport, or --cli-connect-timeout).";

const PROXY: &str = "Check HTTPS_PROXY (host, port, user name and password); the proxy must allow CONNECT to the \
                     endpoint's host. Hosts in NO_PROXY are reached without it.";

const REDIRECT: &str = "Bedrock sends no redirects: check the endpoint URL, HTTPS_PROXY and NO_PROXY, and whether the network \
                        wants a login.";

const NO_RUNTIME: &str = "Poll the call in the transport's runtime, as in an async fn under #[tokio::main]; barerock-ureq needs no \
                          runtime.";

const TIMED_OUT: &str = "A reasoning model can be silent for minutes: raise the limit (Timeouts, or --cli-read-timeout). \
                         ConverseStream responds earlier than Converse.";

impl Error {
    /// What to do about the error, if that is known and the message does not say it. A hint changes nothing that is sent:
    /// no suffix is added to a model id, no other region is tried.
    #[must_use]
    pub fn hint(&self) -> Option<Cow<'static, str>> {
        let Some(error) = self.service_error() else {
            if let Some(hint) = self.transport_hint() {
                return Some(hint.into());
            }
            return match self.transport_kind().or_else(|| self.provider_transport_kind()) {
                _ if self.is_not_bedrock() => Some(NOT_BEDROCK.into()),
                Some(TransportErrorKind::Connect) => Some(NO_CONNECTION.into()),
                Some(TransportErrorKind::ConnectTimeout) => Some(CONNECT_TIMED_OUT.into()),
                Some(TransportErrorKind::Redirect) => Some(REDIRECT.into()),
                Some(TransportErrorKind::NoRuntime) => Some(NO_RUNTIME.into()),
                Some(TransportErrorKind::Proxy | TransportErrorKind::ProxyRefused) => Some(PROXY.into()),
                _ if self.is_timeout() => Some(TIMED_OUT.into()),
                _ => self.own_hint().or_else(|| self.decode_error().map(|error| error.hint().into())),
            };
        };
        let words = error.message.replace('\u{2019}', "'").to_ascii_lowercase();
        if is_daily_quota(error) {
            return Some(DAILY_QUOTA.into());
        }
        let target = self.call().map(CallTarget::new).unwrap_or_default();
        let by_model = of_model(error, &words, &target);
        by_model.or_else(|| by_rule(error, &words)).or_else(|| {
            // Every error of AWS has a code.
            error.code.is_empty().then_some(NOT_BEDROCK.into())
        })
    }
}

fn by_rule(error: &ServiceError, words: &str) -> Option<Hint> {
    let is_meant = |(code, wanted, _): &&Rule| {
        error.code.starts_with(code)
            && (wanted.is_empty() || wanted.iter().any(|wanted| words.contains(wanted)))
    };
    RULES.iter().find(is_meant).map(|(.., hint)| (*hint).into())
}

#[cfg(test)]
mod tests;
