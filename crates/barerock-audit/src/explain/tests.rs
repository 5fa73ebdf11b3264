use super::*;

const OURS: &str = "POST\n/model/a%3A0/converse\n\ncontent-type:application/json\nhost:example.com\n\
    x-amz-date:20150830T123600Z\nx-amz-security-token:OURSECRET\n\n\
    content-type;host;x-amz-date;x-amz-security-token\nabc";
const STRING_TO_SIGN: &str =
    "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/bedrock/aws4_request\n111";

fn body(canonical_request: &str, string_to_sign: &str) -> String {
    let message = format!(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key \
         and signing method.\n\nThe Canonical String for this request should have been\n'{canonical_request}'\n\n\
         The String-to-Sign should have been\n'{string_to_sign}'\n"
    );
    serde_json::json!({ "message": message }).to_string()
}

fn explain(from: &str, to: &str) -> Explanation {
    assert!(OURS.contains(from), "{from}");
    explain_mismatch(
        OURS,
        STRING_TO_SIGN,
        &body(&OURS.replace(from, to), &STRING_TO_SIGN.replace("111", "222")),
    )
}

#[test]
fn each_difference_has_its_cause() {
    for (from, to, cause) in [
        ("POST", "GET", "a redirect or a proxy changed the method"),
        ("%3A0", "%253A0", "the path was encoded once and must be encoded twice"),
        ("%3A0", ":0", "the path was encoded once too often"),
        ("/model/", "//model/./", "only one side normalized the path"),
        ("/model/", "/prod/model/", "the path was changed after it was signed"),
        ("converse\n\n", "converse\na=1\n", "the query was changed"),
        ("host:example.com", "host:example.com:8443", "the host differs"),
        ("json", "json; charset=utf-8", "the header content-type was rewritten"),
        ("application/json", "application/json ", "the header content-type differs in its spaces only"),
        ("x-amz-date:2015", "x-amz-date:2016", "the date sent is not the date signed"),
        ("OURSECRET", "OTHERSECRET", "the session token sent is not the one that was signed"),
        ("content-type:application/json\n", "", "the header content-type was signed but did not arrive"),
        ("host:", "dnt:1\nhost:", "the service expects the header dnt to be signed"),
        ("abc", "def", "the body was changed"),
    ] {
        let explanation = explain(from, to);
        let found = &explanation.causes()[0];
        assert!(found.starts_with(cause), "{from} -> {to}: {found}");
        assert!(!explanation.first_difference().expect("one differs").is_same);
        let shown = format!("{explanation} {explanation:?}");
        assert!(!shown.contains("SECRET"), "{shown}");
    }
}

#[test]
fn the_report_marks_the_first_line_that_differs() {
    let ours = "GET\n/a%3A0\n\nhost:e\n\nhost\nabc";
    let theirs = "GET\n/a%253A0\n\nhost:f\n\nhost\nabc";
    let report = explain_mismatch(ours, "A\nB", &body(theirs, "A\nC")).to_string();
    let expected = "\
the service says: The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.

canonical request:
          GET
! ours    /a%3A0
! service /a%253A0    <- the first difference
          
! ours    host:e
! service host:f
          
          host
          abc

string to sign:
          A
! ours    B
! service C

likely cause: the path was encoded once and must be encoded twice: the service encodes the path as sent (%3A becomes %253A)

likely cause: the host differs: a proxy or custom endpoint rewrote it, or added or removed a port
";
    assert_eq!(report, expected);
}

#[test]
fn the_same_texts_mean_another_key() {
    let explanation = explain_mismatch(OURS, STRING_TO_SIGN, &body(OURS, STRING_TO_SIGN));
    assert!(explanation.first_difference().is_none());
    assert!(explanation.causes()[0].contains("the secret access key is not that of the access key id"));
}

#[test]
fn a_token_blanked_by_the_service_is_no_difference() {
    let explanation = explain("OURSECRET", "**redacted**");
    assert!(explanation.canonical_request().iter().all(|line| line.is_same));
    // In the query of a presigned request too; what else differs there is seen.
    let presigned = |query: &str| OURS.replace("converse\n\n", &format!("converse\n{query}\n"));
    let ours = presigned("a=1&X-Amz-Security-Token=SE%2FCRET&z=1");
    for (theirs, is_same) in [
        ("a=1&X-Amz-Security-Token=**redacted**&z=1", true),
        ("a=2&X-Amz-Security-Token=**redacted**&z=1", false),
    ] {
        let explanation = explain_mismatch(&ours, STRING_TO_SIGN, &body(&presigned(theirs), STRING_TO_SIGN));
        assert_eq!(explanation.first_difference().is_none(), is_same, "{explanation}");
        assert!(!explanation.to_string().contains("SE%2FCRET"));
    }
}

#[test]
fn another_scope_is_named() {
    let theirs = STRING_TO_SIGN.replace("us-east-1", "us-west-2");
    let explanation = explain_mismatch(OURS, STRING_TO_SIGN, &body(OURS, &theirs));
    assert!(explanation.causes()[0].starts_with("the credential scope differs"));
}

#[test]
fn messages_without_texts_are_understood() {
    for (message, cause) in [
        ("Signature expired: 20150830T123600Z is now earlier than 20150830T124601Z", "the clock"),
        ("Signature not yet current: 20150830T123600Z is still later than 20150830T123000Z", "the clock"),
        ("Credential should be scoped to a valid region.", "the region, service or day"),
        ("The security token included in the request is invalid.", "AWS does not know"),
        ("The security token included in the request is expired", "the temporary credentials have expired"),
        ("'Host' must be a 'SignedHeader' in the AWS Authorization.", "a header that must be signed"),
        ("Internal failure", "the error is not about a signature"),
        ("", "the error is not about a signature"),
    ] {
        let body = serde_json::json!({ "message": message }).to_string();
        let explanation = explain_mismatch(OURS, STRING_TO_SIGN, &body);
        assert!(explanation.causes()[0].starts_with(cause), "{message}: {:?}", explanation.causes());
        assert!(explanation.canonical_request().is_empty());
        assert_eq!(explanation.is_about_a_signature(), cause != "the error is not about a signature");
    }
}

/// What `verify_http` says can be explained too.
#[test]
fn our_own_verifier_s_message_is_understood() {
    use barerock_sigv4::{Credentials, Signer, Timestamp, VerifyError, VerifySettings, verify_http};
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", Some("OURSECRET".into()));
    let now = Timestamp::parse("20150830T123600Z").expect("valid");
    let mut request =
        http::Request::post("https://example.com/model/a%3A0/converse").body("").expect("valid");
    let mut signer = Signer::new("us-east-1", "bedrock").expect("valid");
    let signed = signer.sign_http(&mut request, &credentials, now).expect("signs");
    *request.uri_mut() = "https://example.com/model/a:0/converse".parse().expect("valid");
    let error = verify_http(&request, |_| Some(credentials.clone()), now, &VerifySettings::default());
    let Err(VerifyError::SignatureMismatch(mismatch)) = error else { panic!("{error:?}") };
    let body = serde_json::json!({ "message": mismatch.aws_message() }).to_string();
    let explanation = explain_mismatch(signed.canonical_request(), signed.string_to_sign(), &body);
    assert!(explanation.causes()[0].starts_with("the path was encoded once too often"), "{explanation}");
    assert!(!explanation.to_string().contains("OURSECRET"));
}
