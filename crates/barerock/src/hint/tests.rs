use http::{HeaderMap, StatusCode};

use super::*;
use crate::error::CallInfo;

const SONNET: &str = "anthropic.claude-sonnet-4-20250514-v1:0";

fn error(region: &str, model: &str, status: u16, code: &str, message: &str) -> Error {
    let headers: HeaderMap =
        [("x-amzn-errortype".parse().unwrap(), code.parse().unwrap())].into_iter().collect();
    let body = serde_json::json!({ "message": message }).to_string();
    let service = ServiceError::from_http(StatusCode::from_u16(status).unwrap(), &headers, body.as_bytes());
    let label = model.replace(':', "%3A").replace('/', "%2F");
    let uri = format!("https://example.com/base/model/{label}/converse").parse().unwrap();
    Error::from(service).with_call(CallInfo { uri, region: region.to_owned(), attempts: 1 })
}

fn hint(code: &str, message: &str) -> String {
    error("us-east-1", SONNET, 400, code, message).hint().unwrap_or_default().into_owned()
}

#[test]
fn the_model_id() {
    let invalid = "The provided model identifier is invalid.";
    let of = |region: &str, model: &str, message: &str| {
        error(region, model, 400, "ValidationException", message).hint().unwrap().into_owned()
    };
    let seed = of("us-east-1", "anthropic.claude-sonnet-4-20250514", invalid);
    assert!(
        seed.starts_with("us-east-1 knows no model anthropic.claude-sonnet-4-20250514: it ends in a date"),
        "{seed}"
    );
    assert!(seed.contains("-v1:0") && seed.contains("neither date nor version"), "{seed}");
    let profile = of("ap-south-1", "us.anthropic.claude-sonnet-4-6", invalid);
    assert!(profile.contains("another geography"), "{profile}");
    let misspelt = of("us-east-1", "anthropic.clod", invalid);
    assert!(misspelt.contains("misspelt, or unknown in this region"), "{misspelt}");
}

#[test]
fn on_demand_names_the_profile_of_the_region() {
    // The service writes a typographic apostrophe.
    let message = format!(
        "Invocation of model ID {SONNET} with on-demand throughput isn\u{2019}t supported. Retry your request with the ID \
         or ARN of an inference profile that contains this model."
    );
    for (region, geography) in [
        ("us-east-1", "us"),
        ("ca-central-1", "us"),
        ("us-gov-west-1", "us-gov"),
        ("eu-west-3", "eu"),
        ("ap-northeast-1", "jp"),
        ("ap-southeast-2", "au"),
        ("ap-south-1", "apac"),
        ("me-south-1", "global"),
    ] {
        let hint = error(region, SONNET, 400, "ValidationException", &message).hint().unwrap();
        assert!(hint.contains(&format!("use {geography}.{SONNET}")), "{region}: {hint}");
        assert_eq!(hint.contains("or global."), geography != "global", "{hint}");
    }
    let arn = format!("arn:aws:bedrock:eu-west-1::foundation-model/{SONNET}");
    let hint = error("eu-west-1", &arn, 400, "ValidationException", &message).hint().unwrap();
    assert!(hint.contains(&format!("use eu.{SONNET}")), "{hint}");
}

/// One message of each kind, and words of the hint that no other has.
#[test]
fn every_case_has_its_hint() {
    for (code, message, words) in [
        ("ValidationException", "The model is not supported in this region", "us-east-1 does not have"),
        (
            "ResourceNotFoundException",
            "Model use case details have not been submitted for this account. Fill out the form.",
            "use-case form",
        ),
        (
            "ResourceNotFoundException",
            "Access denied. This Model is marked by provider as Legacy and you have not been actively using the model in \
             the last 30 days.",
            "choose an active one",
        ),
        ("ResourceNotFoundException", "This model version has reached the end of its life.", "is retired"),
        ("ResourceNotFoundException", "The guardrail identifier is unknown", "check its ARN or id"),
        ("ValidationException", "`temperature` is deprecated for this model.", "Leave temperature out"),
        ("ValidationException", "`top_k` is deprecated for this model.", "Leave the named member out"),
        (
            "ValidationException",
            "`temperature` and `top_p` cannot both be specified for this model.",
            "temperature or topP, not both",
        ),
        (
            "ValidationException",
            "This model doesn't support tool use in streaming mode.",
            "call Converse instead of ConverseStream",
        ),
        (
            "ValidationException",
            "The model returned the following errors: Input Tokens Exceeded: Number of input tokens exceeds maximum length.",
            "longer than the model's context",
        ),
        ("ValidationException", "Operation not allowed", "Contact AWS Support"),
        ("ThrottlingException", "Too many tokens, please wait before trying again.", "lower maxTokens"),
        (
            "ThrottlingException",
            "Too many tokens per day, please wait before trying again.",
            "until tomorrow",
        ),
        ("ThrottlingException", "Too many requests, please wait before trying again.", "requests per minute"),
        ("ServiceQuotaExceededException", "Quota exceeded", "Service Quotas shows it"),
        (
            "AccessDeniedException",
            "You don't have access to the model with the specified model ID.",
            "IAM allows",
        ),
        (
            "AccessDeniedException",
            "Model access is denied due to IAM user or service role is not authorized to perform the required AWS \
             Marketplace actions (aws-marketplace:ViewSubscriptions, aws-marketplace:Subscribe)",
            "The first call in an account subscribes",
        ),
        (
            "AccessDeniedException",
            "Model access is denied due to INVALID_PAYMENT_INSTRUMENT:A valid payment instrument must be provided.",
            "payment method for this model's",
        ),
        (
            "AccessDeniedException",
            "Authentication failed: Please make sure your API Key is valid.",
            "at most 12 hours",
        ),
        (
            "ResourceNotFoundException",
            "Subscribe in AWS Marketplace first",
            "The first call in an account subscribes",
        ),
        ("ExpiredToken", "The security token included in the request is expired", "session has expired"),
        (
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
            "does not know the access key",
        ),
        (
            "InvalidSignatureException",
            "Signature expired: 20250130T064508Z is now earlier than 20250210T013411Z (20250210T013911Z - 5 min.)",
            "clock of this machine",
        ),
        (
            "InvalidSignatureException",
            "Signature not yet current: 20250130T064508Z is still later than 20250130T063000Z",
            "clock of this machine",
        ),
        ("InvalidSignatureException", "Credential should be scoped to a valid region.", "same region"),
        (
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided.",
            "--explain-mismatch",
        ),
        ("ModelTimeoutException", "Model timed out", "took too long"),
        ("ModelNotReadyException", "Model is not ready for inference", "being loaded"),
        ("ServiceUnavailableException", "Bedrock is unable to process your request.", "short of capacity"),
        ("UnknownOperationException", "", "%2F"),
    ] {
        let hint = hint(code, message);
        assert!(hint.contains(words), "{code}: {message}: {hint:?}");
    }
    assert_eq!(hint("InternalServerException", "The system encountered an unexpected error."), "");
    assert_eq!(hint("ValidationException", "messages.0: something"), "");
}

/// A proxy's page names no code; a page in a stream's place is no event stream.
#[test]
fn who_is_not_bedrock() {
    let page = |status: u16| {
        ServiceError::from_http(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), b"<html>")
    };
    assert!(Error::from(page(502)).hint().unwrap().contains("not Bedrock's"));
    let stream = barerock_converse::ResponseError::of_stream(StatusCode::OK, &HeaderMap::new(), b"<html>");
    assert!(Error::from(stream).hint().unwrap().contains("not Bedrock's"));
    let read = barerock_converse::ConverseResponse::from_http(StatusCode::OK, &HeaderMap::new(), b"<html>");
    assert!(Error::from(read.unwrap_err()).hint().unwrap().contains("a login page of the network"));
}

#[test]
fn errors_of_our_own_name_the_setting() {
    assert_eq!(
        Error::no_region(Vec::new()).hint().as_deref(),
        Some("Set the client's region, such as us-east-1, or AWS_REGION.")
    );
    assert_eq!(Error::clock().hint().as_deref(), Some("Set the clock of this machine."));
    let plaintext = Error::plaintext("http://bedrock.example");
    assert_eq!(
        plaintext.to_string(),
        "refusing to send credentials to http://bedrock.example over plain HTTP"
    );
    assert!(plaintext.hint().unwrap().contains("ClientBuilder::allow_plaintext_to"));
}

#[test]
fn a_model_that_takes_no_cache_points() {
    let message = "You invoked an unsupported model or your request did not allow prompt caching. See the documentation \
                   for more information.";
    let hint = hint("AccessDeniedException", message);
    assert!(hint.contains("cachePoint") && !hint.contains("IAM"), "{hint}");
}

#[test]
fn api_keys_that_lack_a_permission_or_are_none() {
    let denied = "User: arn:aws:sts::123456789012:assumed-role/dev/q is not authorized to perform: \
                  bedrock:CallWithBearerToken on resource: * because no identity-based policy allows the \
                  bedrock:CallWithBearerToken action";
    assert!(hint("AccessDeniedException", denied).contains("IAM action bedrock:CallWithBearerToken"));
    let format = "Invalid API Key format: Must start with pre-defined prefix";
    let hint = hint("AccessDeniedException", format);
    assert!(hint.contains("AWS_BEARER_TOKEN_BEDROCK") && hint.contains("ABSK"), "{hint}");
}

#[test]
fn counting_tokens_of_a_profile() {
    let message = "The provided model doesn't support counting tokens.";
    let of = |model: &str| {
        error("us-east-1", model, 400, "ValidationException", message).hint().unwrap().into_owned()
    };
    for profile in [
        "us.anthropic.claude-haiku-4-5-20251001-v1:0",
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0",
    ] {
        let hint = of(profile);
        assert!(hint.contains("try the model's own id, anthropic.claude-haiku-4-5-20251001-v1:0"), "{hint}");
    }
    assert_eq!(of(SONNET), "This model does not support CountTokens.");
}

#[test]
fn a_model_that_the_region_does_not_have() {
    let message = "Could not resolve the foundation model from the provided model identifier.";
    let hint = error("eu-north-1", SONNET, 404, "ResourceNotFoundException", message).hint().unwrap();
    assert!(hint.starts_with("eu-north-1 does not have") && !hint.contains("profile, prompt"), "{hint}");
}

#[test]
fn an_arn_of_another_region() {
    let arn = "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2c3d4e5f6";
    let hint = |region: &str| {
        let message = "The provided model identifier is invalid.";
        error(region, arn, 400, "ValidationException", message).hint().unwrap().into_owned()
    };
    assert_eq!(
        hint("us-east-1"),
        "The ARN is of eu-west-1, but the request went to us-east-1: set the region to eu-west-1."
    );
    assert!(!hint("eu-west-1").contains("the request went to"));
}

#[test]
fn a_model_of_bedrock_mantle() {
    let invalid = "The provided model identifier is invalid.";
    for (model, code) in [
        ("openai.gpt-5.2", "ValidationException"),
        ("us.xai.grok-4.1", "ResourceNotFoundException"),
        ("google.gemma-4-27b-it", "AccessDeniedException"),
    ] {
        let hint = error("us-west-2", model, 400, code, invalid).hint().unwrap();
        assert!(hint.contains("https://bedrock-mantle.us-west-2.api.aws/openai/v1"), "{hint}");
    }
    let throttled = error("us-west-2", "openai.gpt-5.2", 429, "ThrottlingException", "Too many requests");
    assert!(!throttled.hint().unwrap().contains("mantle"));
}

#[test]
fn a_connection_that_takes_too_long_is_not_a_silent_model() {
    let hint = |kind| {
        let source = crate::TransportError::new(kind, crate::Elapsed::new("x", core::time::Duration::MAX));
        let error = Error::transport("https://bedrock.example", source);
        assert!(error.is_timeout());
        error.hint().unwrap().into_owned()
    };
    let connect = hint(TransportErrorKind::ConnectTimeout);
    assert!(connect.contains("--cli-connect-timeout") && !connect.contains("model"), "{connect}");
    assert!(hint(TransportErrorKind::Timeout).contains("--cli-read-timeout"));
}

/// A provider that cannot reach STS or SSO has the hints of a call that cannot reach Bedrock.
#[test]
fn providers_share_the_hints_of_connections() {
    let unavailable = |kind| {
        let source = crate::TransportError::new(kind, "UnknownIssuer");
        Error::from(crate::credentials::CredentialsError::unavailable("sso", "no response", source))
    };
    assert!(unavailable(TransportErrorKind::Connect).hint().unwrap().contains("AWS_CA_BUNDLE"));
    assert!(unavailable(TransportErrorKind::ConnectTimeout).hint().unwrap().contains("firewall"));
    assert!(unavailable(TransportErrorKind::ProxyRefused).hint().unwrap().contains("HTTPS_PROXY"));
}
