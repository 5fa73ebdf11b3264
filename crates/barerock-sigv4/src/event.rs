//! Signing of the events of an event stream: each signature covers the previous one.

use core::fmt;

use crate::hash::sha256;
use crate::hex::HexText;
use crate::key::{Signature, SigningKey};
use crate::payload::SHA256_LENGTH;
use crate::settings::SigningSettings;
use crate::sign::SigningContext;
use crate::{CredentialScope, CredentialsRef, SignError, Timestamp};

/// The first line of an event's string to sign.
const EVENT_ALGORITHM: &str = "AWS4-HMAC-SHA256-PAYLOAD";

const DATE_NAME: &[u8; 5] = b":date";
const CHUNK_SIGNATURE_NAME: &[u8; 16] = b":chunk-signature";
/// Header types of `application/vnd.amazon.eventstream`: 8 is a timestamp in milliseconds, 6 is bytes.
const TIMESTAMP_TYPE: u8 = 8;
const BYTES_TYPE: u8 = 6;

/// Length in bytes of an encoded `:date` header: name length, name, type, 64-bit value.
const DATE_HEADER_LENGTH: usize = 1 + DATE_NAME.len() + 1 + size_of::<i64>();
/// Length in bytes of an encoded `:chunk-signature` header: name length, name, type, value length, value.
const CHUNK_SIGNATURE_HEADER_LENGTH: usize =
    1 + CHUNK_SIGNATURE_NAME.len() + 1 + size_of::<u16>() + SHA256_LENGTH;
/// Length in bytes of both encoded headers of a signed event.
pub const EVENT_HEADERS_LENGTH: usize = DATE_HEADER_LENGTH + CHUNK_SIGNATURE_HEADER_LENGTH;

/// String to sign of an event. Its lines are `AWS4-HMAC-SHA256-PAYLOAD`, the date, the scope, the previous signature, the
/// hash of the encoded `:date` header, and the hash of the payload.
#[derive(Clone, Copy)]
pub struct EventStringToSign<'a> {
    timestamp: &'a Timestamp,
    scope: CredentialScope<'a>,
    previous: Option<HexText>,
    date_header_hash: HexText,
    payload_hash: HexText,
}

impl<'a> EventStringToSign<'a> {
    /// Creates the string to sign of an event whose `:date` header is already encoded, as in a received stream.
    /// `encoded_date_header` is the whole header, including name and type.
    #[must_use]
    pub fn new(
        timestamp: &'a Timestamp,
        scope: CredentialScope<'a>,
        previous: Option<&Signature>,
        encoded_date_header: &[u8],
        payload: &[u8],
    ) -> Self {
        Self {
            timestamp,
            scope,
            previous: previous.map(Signature::hex),
            date_header_hash: HexText::new(&sha256(encoded_date_header)),
            payload_hash: HexText::new(&sha256(payload)),
        }
    }
}

impl fmt::Display for EventStringToSign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EVENT_ALGORITHM)?;
        f.write_str("\n")?;
        f.write_str(self.timestamp.amz_date())?;
        f.write_str("\n")?;
        self.scope.fmt(f)?;
        let previous = self.previous.as_ref().map_or("", HexText::as_str);
        for line in [previous, self.date_header_hash.as_str(), self.payload_hash.as_str()] {
            f.write_str("\n")?;
            f.write_str(line)?;
        }
        Ok(())
    }
}

impl fmt::Debug for EventStringToSign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EventStringToSign({self})")
    }
}

/// Signs the events of a stream in order, without allocating.
///
/// The request that opens the stream is signed with
/// [`PayloadHash::streaming_events`](crate::PayloadHash::streaming_events); its signature is the previous signature of the
/// first event. Each event is sent as the payload of a frame with the headers `:date` and `:chunk-signature`. The last frame
/// of the stream has an empty payload.
#[derive(Clone, Debug)]
pub struct EventSigner<'a> {
    credentials: CredentialsRef<'a>,
    region: &'a str,
    service: &'a str,
    previous: Option<Signature>,
    /// Time of the last event, and the signing key of its day.
    key: Option<(Timestamp, SigningKey)>,
}

impl<'a> EventSigner<'a> {
    /// Creates a signer. `seed` is the signature of the request that opens the stream; `None` signs an empty line instead.
    ///
    /// # Errors
    /// If the region, service, key id, secret or token is empty or malformed.
    pub fn new(
        credentials: CredentialsRef<'a>,
        region: &'a str,
        service: &'a str,
        seed: Option<Signature>,
    ) -> Result<Self, SignError> {
        credentials.check()?;
        crate::scope::check_names(region, service)?;
        Ok(Self { credentials, region, service, previous: seed, key: None })
    }

    /// Returns the string to sign of the next event.
    ///
    /// # Errors
    /// None: [`EventSigner::new`] has checked everything.
    pub fn string_to_sign<'t>(
        &self,
        payload: &[u8],
        timestamp: &'t Timestamp,
    ) -> Result<EventStringToSign<'t>, SignError>
    where
        'a: 't,
    {
        let scope = CredentialScope::new(timestamp, self.region, self.service)?;
        let previous = self.previous.as_ref();
        Ok(EventStringToSign::new(timestamp, scope, previous, &date_header(timestamp), payload))
    }

    /// Signs the next event. `payload` is the event's whole encoded frame; for the end of the stream it is empty.
    ///
    /// # Errors
    /// None: [`EventSigner::new`] has checked everything.
    pub fn sign(&mut self, payload: &[u8], timestamp: &Timestamp) -> Result<SignedEvent, SignError> {
        let signature = {
            let string_to_sign = self.string_to_sign(payload, timestamp)?;
            let settings = SigningSettings::default();
            let context =
                SigningContext::new(self.credentials, timestamp, self.region, self.service, settings)?;
            let cached = self.key.take().filter(|(of, _)| of.date() == timestamp.date());
            let (_, key) = self.key.insert(cached.unwrap_or_else(|| (*timestamp, context.derive_key())));
            key.sign(string_to_sign)
        };
        self.previous = Some(signature);
        Ok(SignedEvent { timestamp: *timestamp, signature })
    }
}

/// Signature of one event, with its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedEvent {
    timestamp: Timestamp,
    signature: Signature,
}

impl SignedEvent {
    /// Returns the value of `:date`, in milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn date_millis(&self) -> i64 {
        millis(&self.timestamp)
    }

    /// Returns the value of `:chunk-signature`.
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Returns both headers, encoded for the frame that carries the event.
    #[must_use]
    pub fn encoded_headers(&self) -> [u8; EVENT_HEADERS_LENGTH] {
        let mut headers = [0; EVENT_HEADERS_LENGTH];
        let value_length = u16::try_from(SHA256_LENGTH).unwrap_or_default().to_be_bytes();
        let name_length = [u8::try_from(CHUNK_SIGNATURE_NAME.len()).unwrap_or_default()];
        let bytes = date_header(&self.timestamp)
            .into_iter()
            .chain(name_length)
            .chain(*CHUNK_SIGNATURE_NAME)
            .chain([BYTES_TYPE])
            .chain(value_length)
            .chain(*self.signature.as_bytes());
        for (slot, byte) in headers.iter_mut().zip(bytes) {
            *slot = byte;
        }
        headers
    }
}

/// Encodes the `:date` header, whose bytes are hashed.
fn date_header(timestamp: &Timestamp) -> [u8; DATE_HEADER_LENGTH] {
    let mut header = [0; DATE_HEADER_LENGTH];
    let bytes = [u8::try_from(DATE_NAME.len()).unwrap_or_default()]
        .into_iter()
        .chain(*DATE_NAME)
        .chain([TIMESTAMP_TYPE])
        .chain(millis(timestamp).to_be_bytes());
    for (slot, byte) in header.iter_mut().zip(bytes) {
        *slot = byte;
    }
    header
}

fn millis(timestamp: &Timestamp) -> i64 {
    // Cannot saturate: a timestamp ends in the year 9999.
    timestamp.unix_secs().saturating_mul(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_encoded_as_frames_have_them() {
        let timestamp = Timestamp::parse("20130524T000000Z").expect("valid");
        let credentials = CredentialsRef::new("akid", "secret", None);
        let mut signer = EventSigner::new(credentials, "us-east-1", "demo", None).expect("valid");
        let event = signer.sign(b"", &timestamp).expect("signs");
        let headers = event.encoded_headers();
        // 1,369,353,600,000 ms.
        assert_eq!(headers[..15], *b"\x05:date\x08\x00\x00\x01\x3e\xd3\xd5\xbc\x00");
        assert_eq!(headers[15..35], *b"\x10:chunk-signature\x06\x00\x20");
        assert_eq!(headers[35..], *event.signature().as_bytes());
        assert_eq!(event.date_millis(), 1_369_353_600_000);
    }

    #[test]
    fn each_signature_depends_on_the_one_before() {
        let timestamp = Timestamp::parse("20130524T000000Z").expect("valid");
        let credentials = CredentialsRef::new("akid", "secret", None);
        let mut signer = EventSigner::new(credentials, "us-east-1", "demo", None).expect("valid");
        let first = signer.sign(b"A", &timestamp).expect("signs");
        let second = signer.sign(b"A", &timestamp).expect("signs");
        assert_ne!(first, second);
        let mut resumed =
            EventSigner::new(credentials, "us-east-1", "demo", Some(*first.signature())).expect("valid");
        assert_eq!(resumed.sign(b"A", &timestamp), Ok(second));
    }

    #[test]
    fn the_key_follows_the_day() {
        let late = Timestamp::parse("20130524T235959Z").expect("valid");
        let next = Timestamp::parse("20130525T000000Z").expect("valid");
        let credentials = CredentialsRef::new("akid", "secret", None);
        let mut through = EventSigner::new(credentials, "r", "s", None).expect("valid");
        let first = through.sign(b"A", &late).expect("signs");
        let mut fresh = EventSigner::new(credentials, "r", "s", Some(*first.signature())).expect("valid");
        assert_eq!(through.sign(b"B", &next), fresh.sign(b"B", &next));
    }
}
