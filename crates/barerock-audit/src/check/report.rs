//! Findings as text and as JSON.

use core::fmt;

use serde::Serialize;
use serde::ser::{SerializeMap as _, SerializeSeq as _, Serializer};

use super::{Finding, Findings};
use crate::text::{counted, safe};

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&safe(&self.place))?;
        if let Some(offset) = self.offset {
            write!(f, " (offset {offset})")?;
        }
        write!(f, ": {}\n    {}: {}", safe(&self.message), self.rule.id, self.rule.source)
    }
}

impl fmt::Display for Findings {
    /// Two lines a finding, then one that counts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list.iter().try_for_each(|finding| writeln!(f, "{finding}"))?;
        if self.further > 0 {
            writeln!(f, "… {} more", counted(self.further, "finding"))?;
        }
        let number = u64::try_from(self.list.len()).unwrap_or(u64::MAX).saturating_add(self.further);
        let checked = counted(self.checked, "response");
        match number {
            0 => writeln!(f, "no findings in {checked}"),
            _ => writeln!(f, "{} in {checked}", counted(number, "finding")),
        }
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("rule", self.rule.id)?;
        map.serialize_entry("where", &self.place)?;
        map.serialize_entry("offset", &self.offset)?;
        map.serialize_entry("message", &self.message)?;
        map.serialize_entry("source", self.rule.source)?;
        map.end()
    }
}

impl Serialize for Findings {
    /// `{"findings":[{"rule","where","offset","message","source"}],"checked"}`; `further` counts findings that are not listed.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct List<'f>(&'f [Finding]);
        impl Serialize for List<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut list = serializer.serialize_seq(Some(self.0.len()))?;
                self.0.iter().try_for_each(|finding| list.serialize_element(finding))?;
                list.end()
            }
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("findings", &List(&self.list))?;
        map.serialize_entry("checked", &self.checked)?;
        if self.further > 0 {
            map.serialize_entry("further", &self.further)?;
        }
        map.end()
    }
}
