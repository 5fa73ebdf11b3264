//! The rules that are checked, each with the sentence it comes from.

/// A rule of a specification or of the service model.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// The id, such as `eventstream#message-crc`; docs/conformance.md lists the code that obeys it.
    pub id: &'static str,
    /// The section and its sentence.
    pub source: &'static str,
}

/// Defines the rules and the list of all.
macro_rules! rules {
    ($($name:ident = $id:literal, $section:expr, $sentence:literal;)*) => {
        $(pub(super) const $name: &Rule = &Rule { id: $id, source: concat!($section, ": ", $sentence) };)*

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [&'static Self] = &[$($name),*];
        }
    };
}

macro_rules! eventstream {
    ($section:literal) => {
        concat!("Amazon Event Stream Specification, ", $section)
    };
}

macro_rules! restjson {
    ($section:literal) => {
        concat!("AWS restJson1 protocol, ", $section)
    };
}

macro_rules! model {
    ($shape:literal) => {
        concat!("Bedrock Runtime 2023-09-30, ", $shape)
    };
}

rules! {
    PRELUDE_CRC = "eventstream#prelude-crc", eventstream!("Message Format"),
        "\"Both clients and servers MUST validate these checksums.\"";
    MESSAGE_CRC = "eventstream#message-crc", eventstream!("Message Format"),
        "\"If either checksum is invalid, the stream MUST be terminated.\"";
    LENGTHS = "eventstream#lengths", eventstream!("Message Format"),
        "\"payload[total_length - headers_length - sizeof(total_length) - sizeof(headers_length) - sizeof(prelude_crc) - \
         sizeof(message_crc)]\"";
    PAYLOAD_SIZE = "eventstream#payload-size", eventstream!("Message Format"),
        "\"The payload of a message MUST NOT exceed 25,165,824 bytes (24 MB).\"";
    HEADERS_SIZE = "eventstream#headers-size", eventstream!("Message Format"),
        "\"The encoded headers of a message MUST NOT exceed 131,072 bytes (128 kB).\"";
    WHOLE_MESSAGES = "eventstream#whole-messages", eventstream!("Message Format"),
        "\"The wire format is structured as a sequence of messages.\"";
    HEADER_NAME = "eventstream#header-name", eventstream!("Headers Format"),
        "\"Header names MUST be at least one byte long.\"";
    HEADER_ONCE = "eventstream#header-once", eventstream!("Headers Format"),
        "\"Any given header name MUST only appear once in a message.\"";
    HEADER_TYPE = "eventstream#header-type", eventstream!("Headers Format"),
        "\"The set of types is fixed and not open to extension.\"";
    HEADER_UTF8 = "eventstream#header-utf8", eventstream!("Headers Format"),
        "\"Headers are key-value pairs where the key is a UTF-8 string\"";
    HEADER_LAYOUT = "eventstream#header-layout", eventstream!("Headers Format"),
        "\"The value is prefixed by a two-byte unsigned integer that indicates the length in bytes of the following value.\"";
    HEADER_SIZE = "eventstream#header-size", eventstream!("Headers Format"), "\"utf8 data<1..2^15-1>\"";
    MEDIA_TYPE = "eventstream#media-type", "Amazon Event Stream Specification",
        "\"The media type for this format is application/vnd.amazon.eventstream.\"";
    MESSAGE_TYPE = "eventstream#message-type", eventstream!("Amazon Event Semantics"),
        "\":message-type, string, Required. The value of this header MUST always be event\" (or exception, or error)";
    EVENT_TYPE = "eventstream#event-type", eventstream!("Message Events"),
        "\":event-type, string, Required. The value of this header is the name of the member that targets the event shape.\"";
    EXCEPTION_TYPE = "eventstream#exception-type", eventstream!("Modeled Error Events"),
        "\":exception-type, string, Required. The value of this header is the name of the member that targets the error \
         shape.\"";
    ERROR_HEADERS = "eventstream#error-headers", eventstream!("Unmodeled Error Events"),
        "\":error-code, string, Required\" and \":error-message, string, Required\"";
    PAYLOAD_TYPE = "eventstream#content-type", eventstream!("Message Events"),
        "\":content-type, string: The value of this header is the media type of the payload.\"";
    INITIAL_MESSAGE = "eventstream#initial-message", eventstream!("Initial Message Events"),
        "\"In REST protocols, initial messages are bound to HTTP requests and responses.\"";
    CONTENT_TYPE = "restjson1#content-type", restjson!("Content-Type"),
        "\"The aws.protocols#restJson1 protocol uses a default Content-Type of application/json.\"";
    JSON = "restjson1#json", restjson!("JSON shape serialization"), "\"structure: JSON object\"";
    SHAPE = "restjson1#shape", restjson!("JSON shape serialization"),
        "the JSON type of each shape, and \"union: only a single member can be set to a non-null value\"";
    ERROR_TYPE = "restjson1#error-type", restjson!("Operation error serialization"),
        "\"New server-side protocol implementations MUST use a header field named X-Amzn-Errortype.\"";
    ERROR_STATUS = "bedrock#error-status", model!("httpError of each error shape"),
        "the status of an error is that of its shape, such as 429 of ThrottlingException";
    ERROR_BODY = "bedrock#error-body", model!("error shapes"), "the members of an error: message, and for errors of a \
        model originalStatusCode, originalMessage, resourceName";
    STATUS = "bedrock#status", model!("http of each operation"), "\"code\": 200, the status of a success";
    INVALID_REQUEST = "bedrock#invalid-request", model!("ValidationException"),
        "\"The input fails to satisfy the constraints specified by Amazon Bedrock.\"";
    REQUEST_ID = "bedrock#request-id", "Bedrock Runtime as recorded, response headers",
        "every response names its request in x-amzn-requestid, which SDKs show and AWS Support asks for";
    UNKNOWN_MEMBER = "bedrock#unknown-member", model!("shapes"), "a structure has the members of its shape";
    UNKNOWN_VALUE = "bedrock#unknown-value", model!("enums"), "a string with an enum trait has one of its values";
    REQUIRED = "bedrock#required", model!("shapes"), "a required member is present";
    UNKNOWN_EVENT = "bedrock#unknown-event", model!("ConverseStreamOutput"), "the events and exceptions of the stream";
    MESSAGE_START = "bedrock#message-start", model!("ConverseStreamOutput"), "\"messageStart: Message start information.\"";
    MESSAGE_STOP = "bedrock#message-stop", model!("ConverseStreamOutput"), "\"messageStop: Message stop information.\"";
    METADATA = "bedrock#metadata", model!("ConverseStreamOutput"), "\"metadata: Metadata for the converse output stream.\"";
    BLOCK_START = "bedrock#block-start", model!("ConverseStreamOutput"),
        "\"contentBlockStart: Start information for a content block.\"";
    BLOCK_DELTA = "bedrock#block-delta", model!("ConverseStreamOutput"),
        "\"contentBlockDelta: The messages output content block delta.\"";
    BLOCK_STOP = "bedrock#block-stop", model!("ConverseStreamOutput"),
        "\"contentBlockStop: Stop information for a content block.\"";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique() {
        let mut ids: Vec<_> = Rule::ALL.iter().map(|rule| rule.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), Rule::ALL.len());
    }
}
