//! Finding the message, and the texts it echoes, in an error body.

use std::borrow::Cow;

use barerock_sigv4::redact;

const CANONICAL_REQUEST: &str = "The Canonical String for this request should have been";
const STRING_TO_SIGN: &str = "The String-to-Sign should have been";

/// The service's error message. Tokens are redacted in `message`, and kept in the texts, which are compared.
pub(super) struct ServiceMessage {
    pub(super) message: String,
    pub(super) canonical_request: Option<String>,
    pub(super) string_to_sign: Option<String>,
}

impl ServiceMessage {
    pub(super) fn read(body: &str) -> Self {
        let text = json_message(body).or_else(|| xml_element(body, "Message"));
        let text = text.unwrap_or_else(|| body.trim().to_string());
        let said = text.find(CANONICAL_REQUEST).or_else(|| text.find(STRING_TO_SIGN));
        let message = said.and_then(|at| text.get(..at)).unwrap_or(&text);
        Self {
            message: redact(message.trim()),
            // S3 has elements of their own for both.
            canonical_request: quoted_after(&text, CANONICAL_REQUEST, Some(STRING_TO_SIGN))
                .or_else(|| xml_element(body, "CanonicalRequest")),
            string_to_sign: quoted_after(&text, STRING_TO_SIGN, None)
                .or_else(|| xml_element(body, "StringToSign")),
        }
    }
}

fn json_message(body: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(body).ok()?;
    let message = value.get("message").or_else(|| value.get("Message"))?;
    message.as_str().map(ToString::to_string)
}

/// The text in single quotes that follows a sentence. A canonical request can have quotes of its own, so the last one
/// before the next sentence ends it.
fn quoted_after(text: &str, sentence: &str, next_sentence: Option<&str>) -> Option<String> {
    let (_, after) = text.split_once(sentence)?;
    let within = next_sentence.and_then(|next| after.split_once(next)).map_or(after, |(within, _)| within);
    let (_, quoted) = within.split_once('\'')?;
    let (quoted, _) = quoted.rsplit_once('\'')?;
    Some(quoted.to_string())
}

fn xml_element(body: &str, name: &str) -> Option<String> {
    let (_, after) = body.split_once(&format!("<{name}>"))?;
    let (text, _) = after.split_once(&format!("</{name}>"))?;
    Some(unescaped(text).into_owned())
}

/// The five entities of XML, and the line breaks S3 writes as references.
fn unescaped(text: &str) -> Cow<'_, str> {
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&#39;", "'"),
        ("&#10;", "\n"),
        ("&#xA;", "\n"),
    ];
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let replaced =
        entities.iter().fold(text.to_string(), |text, (entity, character)| text.replace(entity, character));
    // Last, lest "&amp;lt;" become "<".
    Cow::Owned(replaced.replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "The request signature we calculated does not match.\n\n\
        The Canonical String for this request should have been\n'GET\n/it's\n\nh:v\n\nh\nabc'\n\n\
        The String-to-Sign should have been\n'AWS4-HMAC-SHA256\nx'\n";

    fn check(body: &str) {
        let read = ServiceMessage::read(body);
        assert_eq!(read.message, "The request signature we calculated does not match.");
        assert_eq!(read.canonical_request.as_deref(), Some("GET\n/it's\n\nh:v\n\nh\nabc"));
        assert_eq!(read.string_to_sign.as_deref(), Some("AWS4-HMAC-SHA256\nx"));
    }

    #[test]
    fn json_xml_and_text_say_the_same() {
        let quoted = serde_json::Value::from(SAID).to_string();
        check(&format!("{{\"message\":{quoted}}}"));
        check(&format!("{{\"Message\":{quoted},\"__type\":\"x\"}}"));
        check(SAID);
        check(&format!("<Error><Message>{}</Message></Error>", SAID.replace('\'', "&apos;")));
        check(
            "<?xml?><Error><Message>The request signature we calculated does not match.</Message>\
             <StringToSign>AWS4-HMAC-SHA256\nx</StringToSign>\
             <CanonicalRequest>GET\n/it's\n\nh:v\n\nh\nabc</CanonicalRequest></Error>",
        );
    }

    #[test]
    fn a_message_without_texts_stays_whole() {
        let read = ServiceMessage::read(r#"{"message":"Signature expired: 1 is now earlier than 2"}"#);
        assert_eq!(read.message, "Signature expired: 1 is now earlier than 2");
        assert!(read.canonical_request.is_none());
        assert!(read.string_to_sign.is_none());
        assert_eq!(ServiceMessage::read("").message, "");
    }
}
