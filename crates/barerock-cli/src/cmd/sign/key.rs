//! Short-term Bedrock API keys.

use std::path::Path;

use barerock_sigv4::{ApiKey, ApiKeyInfo, Timestamp};

use super::page::Page;
use super::{Signing, failure, input};
use crate::exit::Failure;
use crate::render::{Output, safe};

const SECONDS_PER_MINUTE: u64 = 60;
const MINUTES_PER_HOUR: u64 = 60;

/// Prints a new key, and writes the page of its stages.
pub(super) fn mint(signing: &Signing, seconds: u32, page: Option<Page<'_>>) -> Result<(), Failure> {
    let key = ApiKey::mint(&signing.credentials, &signing.region, &signing.timestamp, seconds)
        .map_err(|error| failure(error, error.to_string()))?;
    page.map_or(Ok(()), |page| page.of_key(&key, seconds, signing))?;
    let mut output = Output::new();
    output.text(key.as_str())?;
    output.end_line()?;
    tell!(
        "for {}, valid for {}, or until the credentials it was made with expire",
        signing.region,
        duration(seconds.into())
    );
    Ok(())
}

/// Says what a key says about itself. The key may be given where the path should be, so the path is not shown.
pub(super) fn inspect(path: &Path, now: Timestamp) -> Result<(), Failure> {
    let bytes = input::read(path, |_| {
        Failure::usage("--inspect-api-key: no file of that name can be read")
            .with_hint(Some("Pipe the key in with `--inspect-api-key -`."))
    })?;
    let wrong = |error: &dyn core::fmt::Display| Failure::usage(format!("--inspect-api-key: {error}"));
    let text = core::str::from_utf8(&bytes).map_err(|_| wrong(&"not text"))?;
    let key = ApiKeyInfo::read(text).map_err(|error| wrong(&error).with_hint(error.hint()))?;
    let (signed_at, expires_at) = (key.signed_at(), key.expires_at());
    let apart = |one: Timestamp, other: Timestamp| duration(one.unix_secs().abs_diff(other.unix_secs()));
    let (is_valid, state) = if now < signed_at {
        (false, format!("not valid before {} from now", apart(signed_at, now)))
    } else if now < expires_at {
        (true, format!("valid for another {}", apart(expires_at, now)))
    } else {
        (false, format!("expired {} ago", apart(now, expires_at)))
    };
    Output::new().text(&format!(
        "region: {}\naccess key id: {}\nsigned at: {signed_at}\nexpires at: {expires_at}\nstate: {state}\n",
        key.region(),
        safe(key.access_key_id()),
    ))?;
    if is_valid { Ok(()) } else { Err(Failure::unusable_credentials(format!("the API key is {state}"))) }
}

/// `11 h 59 min`, `5 min 7 s`, `59 s`.
fn duration(seconds: u64) -> String {
    let (minutes, seconds) = (seconds / SECONDS_PER_MINUTE, seconds % SECONDS_PER_MINUTE);
    match (minutes / MINUTES_PER_HOUR, minutes % MINUTES_PER_HOUR) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min {seconds} s"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_rounded_down() {
        for (seconds, text) in
            [(0, "0 s"), (59, "59 s"), (307, "5 min 7 s"), (43_199, "11 h 59 min"), (43_200, "12 h 0 min")]
        {
            assert_eq!(duration(seconds), text);
        }
    }
}
