//! Parsing of the text form of faults.

use super::{Fault, FaultError, FaultRule};
use crate::duration::parse_duration;
use core::ops::Range;
use core::str::FromStr;
use http::{HeaderValue, StatusCode};

/// Text forms of all faults, comma-separated.
pub(super) const FORMS: &str = "throttle[=DURATION], status=CODE[:ERROR], html[=STATUS], redirect[=STATUS], reset-before, reset-after=BYTES, \
                     close-after=BYTES, truncate=BYTES, stall=DURATION, stall-after=BYTES[:DURATION], slow=DURATION, \
                     corrupt=OFFSET[:BIT], exception=NAME[:FRAME], error-frame[=CODE[:FRAME]], content-type=VALUE";
/// Default code of an error frame.
const DEFAULT_ERROR_CODE: &str = "InternalError";
/// Default status of a web page: that of a proxy which cannot reach the server.
const DEFAULT_HTML_STATUS: StatusCode = StatusCode::BAD_GATEWAY;
/// Default status of a redirect: temporary, with the same method and body.
const DEFAULT_REDIRECT_STATUS: StatusCode = StatusCode::TEMPORARY_REDIRECT;
/// Limit on the name of an error or exception, in bytes: it must fit into a frame header.
const MAX_NAME: usize = 256;

impl FromStr for FaultRule {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (fault, when) = match text.rsplit_once('@') {
            Some((fault, when)) => (fault, Some(when)),
            None => (text, None),
        };
        let fault: Fault = fault.parse()?;
        let Some(when) = when else { return Ok(Self::always(fault)) };
        let wrong = || {
            FaultError(format!(
                "fault {text:?}: \"@{when}\" is not @FIRST, @FIRSTxCOUNT or @FIRST+ with numbers above 0"
            ))
        };
        let number = |text: &str| text.parse::<u64>().ok().filter(|number| *number > 0).ok_or_else(wrong);
        if let Some(first) = when.strip_suffix('+') {
            return Ok(Self { fault, first: number(first)?, end: None });
        }
        let (first, count) = when.split_once('x').unwrap_or((when, "1"));
        Ok(Self::starting_at(fault, number(first)?, number(count)?))
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        let wrong = |problem: String| FaultError(format!("fault {text:?}: {problem}"));
        let needed = || value.ok_or_else(|| wrong(format!("missing value: {}", form(name))));
        let count = |text: &str| {
            text.parse::<usize>().map_err(|_| wrong(format!("{text:?} is not a number: {}", form(name))))
        };
        let duration = |text: &str| parse_duration(text).map_err(wrong);
        match name {
            "throttle" => Ok(Self::Throttle { retry_after: value.map(duration).transpose()? }),
            "status" => {
                let (status, error) = detail(needed()?);
                let status = parse_status(status, 400..600).map_err(wrong)?;
                Ok(Self::Status { status, error: error.map(identifier).transpose().map_err(wrong)? })
            }
            "html" => {
                let status = value.map_or(Ok(DEFAULT_HTML_STATUS), |value| parse_status(value, 200..600));
                Ok(Self::Html { status: status.map_err(wrong)? })
            }
            "redirect" => {
                let status = value.map_or(Ok(DEFAULT_REDIRECT_STATUS), |value| parse_status(value, 300..400));
                Ok(Self::Redirect { status: status.map_err(wrong)? })
            }
            "reset-before" if value.is_none() => Ok(Self::ResetBefore),
            "reset-before" => Err(wrong("reset-before takes no value".to_owned())),
            "reset-after" => Ok(Self::ResetAfter(count(needed()?)?)),
            "close-after" => Ok(Self::CloseAfter(count(needed()?)?)),
            "truncate" => Ok(Self::Truncate(count(needed()?)?)),
            "stall" => Ok(Self::Stall(duration(needed()?)?)),
            "stall-after" => {
                let (bytes, time) = detail(needed()?);
                Ok(Self::StallAfter { bytes: count(bytes)?, duration: time.map(duration).transpose()? })
            }
            "slow" => Ok(Self::Slow(duration(needed()?)?)),
            "corrupt" => {
                let (offset, bit) = detail(needed()?);
                let bit = bit.map_or(Ok(0), |bit| {
                    bit.parse()
                        .ok()
                        .filter(|bit| *bit < 8)
                        .ok_or_else(|| wrong(format!("{bit:?} is not a bit from 0 to 7")))
                })?;
                Ok(Self::Corrupt { offset: count(offset)?, bit })
            }
            "exception" | "error-frame" => {
                let value = if name == "exception" { needed()? } else { value.unwrap_or(DEFAULT_ERROR_CODE) };
                let (code, frame) = detail(value);
                let frame = frame.map_or(Ok(1), count)?;
                if frame == 0 {
                    return Err(wrong("frames are counted from 1".to_owned()));
                }
                let code = identifier(code).map_err(wrong)?;
                Ok(if name == "exception" {
                    Self::Exception { name: code, frame }
                } else {
                    Self::ErrorFrame { code, frame }
                })
            }
            "content-type" => {
                let value = HeaderValue::from_str(needed()?);
                value.map(Self::ContentType).map_err(|_| wrong("invalid header value".to_owned()))
            }
            _ => Err(FaultError(format!("unknown fault {name:?}: expected one of {FORMS}"))),
        }
    }
}

/// Splits `value:detail`.
fn detail(text: &str) -> (&str, Option<&str>) {
    text.split_once(':').map_or((text, None), |(value, detail)| (value, Some(detail)))
}

/// Returns the text form of one fault.
fn form(name: &str) -> &'static str {
    let named = |form: &&str| form.split(['=', '[']).next() == Some(name);
    FORMS.split(", ").find(named).unwrap_or(FORMS)
}

fn parse_status(text: &str, range: Range<u16>) -> Result<StatusCode, String> {
    let status = text.parse::<u16>().ok().filter(|status| range.contains(status));
    status.and_then(|status| StatusCode::from_u16(status).ok()).ok_or_else(|| {
        format!("{text:?} is not a status from {} to {}", range.start, range.end.saturating_sub(1))
    })
}

/// Checks the name of an error, which is sent in a header.
fn identifier(text: &str) -> Result<String, String> {
    let good = |c: char| c.is_ascii_alphanumeric() || "._-#".contains(c);
    if text.is_empty() || text.len() > MAX_NAME || !text.chars().all(good) {
        return Err(format!("invalid error name {text:?}"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_read_can_be_written_and_read_again(
            text in r"(throttle|status|html|reset-(before|after)|truncate|stall(-after)?|exception|error-frame|\PC{0,9})(=[0-9a-z:]{0,9})?(@[0-9x+]{0,6})?"
        ) {
            if let Ok(rule) = text.parse::<FaultRule>() {
                prop_assert_eq!(rule.to_string().parse::<FaultRule>(), Ok(rule));
            }
        }
    }

    #[test]
    fn a_rule_reads_what_it_writes() {
        for text in [
            "throttle",
            "throttle=1500ms@1x2",
            "status=503",
            "status=424:ModelErrorException@3",
            "html=502@2+",
            "redirect=302@2",
            "reset-before@1",
            "reset-after=100",
            "close-after=0",
            "truncate=400",
            "stall=250ms",
            "stall-after=10",
            "stall-after=10:20ms",
            "slow=5ms",
            "corrupt=130:7",
            "exception=throttlingException:3",
            "error-frame=InternalError:1",
            "content-type=text/html; charset=utf-8@2",
        ] {
            assert_eq!(text.parse::<FaultRule>().unwrap().to_string(), text);
        }
        assert_eq!("exception=x".parse::<FaultRule>().unwrap().to_string(), "exception=x:1");
        assert_eq!("error-frame".parse::<FaultRule>().unwrap().to_string(), "error-frame=InternalError:1");
        assert_eq!("corrupt=5".parse::<FaultRule>().unwrap().to_string(), "corrupt=5:0");
        assert_eq!("html".parse::<FaultRule>().unwrap().to_string(), "html=502");
        assert_eq!("redirect".parse::<FaultRule>().unwrap().to_string(), "redirect=307");
    }

    #[test]
    fn a_rule_strikes_what_it_names() {
        let numbers = |text: &str| -> Vec<u64> {
            let rule: FaultRule = text.parse().unwrap();
            (1..=5).filter(|number| rule.strikes(*number)).collect()
        };
        assert_eq!(numbers("throttle"), [1, 2, 3, 4, 5]);
        assert_eq!(numbers("throttle@2"), [2]);
        assert_eq!(numbers("throttle@2x3"), [2, 3, 4]);
        assert_eq!(numbers("throttle@4+"), [4, 5]);
        assert_eq!(numbers("throttle@2x18446744073709551615"), [2, 3, 4, 5]);
    }

    #[test]
    fn an_invalid_rule_is_an_error_that_names_the_expected_form() {
        for (text, expected) in [
            ("throttel", "unknown fault \"throttel\": expected one of throttle[=DURATION], status="),
            ("", "unknown fault \"\": expected one of "),
            ("status", "fault \"status\": missing value: status=CODE[:ERROR]"),
            ("status=200", "fault \"status=200\": \"200\" is not a status from 400 to 599"),
            ("redirect=200", "fault \"redirect=200\": \"200\" is not a status from 300 to 399"),
            ("status=500:a b", "fault \"status=500:a b\": invalid error name \"a b\""),
            ("truncate=-1", "fault \"truncate=-1\": \"-1\" is not a number: truncate=BYTES"),
            ("stall=5", "fault \"stall=5\": \"5\" is not a duration"),
            ("reset-before=1", "fault \"reset-before=1\": reset-before takes no value"),
            ("exception=x:0", "fault \"exception=x:0\": frames are counted from 1"),
            ("corrupt=1:8", "fault \"corrupt=1:8\": \"8\" is not a bit from 0 to 7"),
            ("throttle@0", "fault \"throttle@0\": \"@0\" is not @FIRST, @FIRSTxCOUNT or @FIRST+"),
            ("throttle@1x", "fault \"throttle@1x\": \"@1x\" is not "),
            ("content-type=a\nb", "fault \"content-type=a\\nb\": invalid header value"),
        ] {
            let error = text.parse::<FaultRule>().unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
