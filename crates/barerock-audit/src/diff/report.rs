//! A comparison as text and as JSON.

use core::fmt;

use serde::ser::{SerializeMap as _, Serializer};
use serde::{Serialize, ser::SerializeSeq as _};
use serde_json::value::RawValue;

use super::{Change, Comparison};
use crate::text::{counted, safe};

/// Characters of a value shown in text.
const SHOWN_CHARS: usize = 400;

/// Differences shown in text; JSON has all that are kept.
const SHOWN: usize = 200;

impl fmt::Display for Comparison {
    /// A block a difference, then a line that counts them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in self.differences.iter().take(SHOWN) {
            writeln!(f, "{}", safe(&change.place))?;
            writeln!(f, "  a  {}", shown(change.a()))?;
            writeln!(f, "  b  {}", shown(change.b()))?;
        }
        let number =
            |kept: usize, further: u64| u64::try_from(kept).unwrap_or(u64::MAX).saturating_add(further);
        let differences = number(self.differences.len(), self.further);
        let hidden = differences.saturating_sub(number(self.differences.len().min(SHOWN), 0));
        if hidden > 0 {
            writeln!(f, "… {} more", counted(hidden, "difference"))?;
        }
        let ignored = number(self.ignored.len(), self.further_ignored);
        match differences {
            0 => f.write_str("equal")?,
            _ => f.write_str(&counted(differences, "difference"))?,
        }
        if ignored > 0 {
            write!(f, "; {ignored} ignored ({})", self.reasons())?;
        }
        writeln!(f)
    }
}

impl Comparison {
    /// The reasons of what is ignored, each once.
    fn reasons(&self) -> String {
        let mut reasons: Vec<&str> =
            self.ignored.iter().filter_map(Change::ignored).map(|why| why.as_str()).collect();
        reasons.sort_unstable();
        reasons.dedup();
        reasons.join(", ")
    }
}

/// A value on one line.
fn shown(value: Option<&str>) -> String {
    let Some(value) = value else { return "(none)".to_owned() };
    let end = value.char_indices().nth(SHOWN_CHARS).map_or(value.len(), |(end, _)| end);
    let (start, rest) = value.split_at(end);
    let more = if rest.is_empty() {
        String::new()
    } else {
        format!("… ({} more)", counted(crate::text::count(rest.as_bytes()), "byte"))
    };
    safe(start) + &more
}

impl Serialize for Comparison {
    /// `{"equal","differences":[{"where","a","b"}],"ignored":[…]}`; `further` counts differences that are not listed.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("equal", &self.is_equal())?;
        map.serialize_entry("differences", &List(&self.differences))?;
        map.serialize_entry("ignored", &List(&self.ignored))?;
        if self.further > 0 {
            map.serialize_entry("further", &self.further)?;
        }
        map.end()
    }
}

struct List<'c>(&'c [Change]);

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        self.0.iter().try_for_each(|change| list.serialize_element(change))?;
        list.end()
    }
}

impl Serialize for Change {
    /// A value that one side has not is `null`, and `only` names the side that has it; `ignored` is the reason.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json =
            |value: Option<&str>| value.and_then(|json| serde_json::from_str::<Box<RawValue>>(json).ok());
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("where", &self.place)?;
        map.serialize_entry("a", &json(self.a()))?;
        map.serialize_entry("b", &json(self.b()))?;
        match (&self.a, &self.b) {
            (Some(_), None) => map.serialize_entry("only", "a")?,
            (None, Some(_)) => map.serialize_entry("only", "b")?,
            _ => {}
        }
        if let Some(why) = self.ignored {
            map.serialize_entry("ignored", why.as_str())?;
        }
        map.end()
    }
}
