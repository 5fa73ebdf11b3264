//! Values out, JSON text into one buffer.

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding as _};

use super::camel_case;
use super::string::write_quoted;
use crate::types::UnknownMember;

/// A value that can be written as JSON.
pub(crate) trait ToJson {
    /// Writes the value.
    fn to_json(&self, out: &mut Writer);
}

/// Compact JSON as it grows.
#[derive(Default)]
pub(crate) struct Writer {
    out: String,
}

impl Writer {
    /// The whole text of a value.
    pub(crate) fn write(value: &impl ToJson) -> String {
        let mut writer = Self::default();
        value.to_json(&mut writer);
        writer.out
    }

    /// Begins an object. A function for each bracket, for most of what a type costs are the arguments of its calls.
    pub(crate) fn begin_object(&mut self) {
        self.out.push('{');
    }

    /// Ends an object.
    pub(crate) fn end_object(&mut self) {
        self.out.push('}');
    }

    /// What stands between two entries. Only at the beginning is there a bracket before an entry, for no value ends
    /// in one that opens.
    pub(crate) fn separate(&mut self) {
        if !matches!(self.out.as_bytes().last(), Some(b'{' | b'[')) {
            self.out.push(',');
        }
    }

    /// A member's name, from the name Rust has it by.
    pub(crate) fn member(&mut self, name: &str) {
        self.separate();
        self.out.push('"');
        self.out.extend(camel_case(name).map(char::from));
        self.out.push_str("\":");
    }

    /// A member's name as it stands on the wire.
    pub(crate) fn key(&mut self, name: &str) {
        self.separate();
        self.string(name);
        self.out.push(':');
    }

    /// A member that no type is known for.
    #[inline(never)]
    pub(crate) fn unknown(&mut self, member: &UnknownMember) {
        self.key(&member.name);
        self.raw(member.value.as_json());
    }

    /// A string.
    pub(crate) fn string(&mut self, text: &str) {
        write_quoted(text, &mut self.out);
    }

    /// Bytes as base64, of which no letter needs an escape.
    pub(crate) fn base64(&mut self, bytes: &[u8]) {
        self.out.push('"');
        self.out.push_str(&Base64::encode_string(bytes));
        self.out.push('"');
    }

    /// JSON that is text already.
    pub(crate) fn raw(&mut self, json: &str) {
        self.out.push_str(json);
    }
}

impl ToJson for String {
    fn to_json(&self, out: &mut Writer) {
        out.string(self);
    }
}

impl ToJson for bool {
    fn to_json(&self, out: &mut Writer) {
        out.raw(if *self { "true" } else { "false" });
    }
}

impl ToJson for u64 {
    fn to_json(&self, out: &mut Writer) {
        out.raw(&self.to_string());
    }
}

impl ToJson for u32 {
    fn to_json(&self, out: &mut Writer) {
        u64::from(*self).to_json(out);
    }
}

impl ToJson for f64 {
    /// As serde_json writes it, `null` if it is no number. That cannot fail, for it is written into memory.
    fn to_json(&self, out: &mut Writer) {
        out.raw(&serde_json::to_string(self).unwrap_or_default());
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn to_json(&self, out: &mut Writer) {
        out.raw("[");
        for value in self {
            out.separate();
            value.to_json(out);
        }
        out.raw("]");
    }
}

impl<T: ToJson> ToJson for BTreeMap<String, T> {
    fn to_json(&self, out: &mut Writer) {
        out.begin_object();
        for (key, value) in self {
            out.key(key);
            value.to_json(out);
        }
        out.end_object();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_what_serde_json_writes() {
        let lists: BTreeMap<String, Vec<f64>> =
            [("a\"\n".to_owned(), vec![]), ("ü".to_owned(), vec![0.5, 1.0, 1e300, f64::NAN])].into();
        let written = Writer::write(&lists);
        assert_eq!(written, serde_json::to_string(&lists).unwrap());
    }
}
