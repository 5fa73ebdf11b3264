//! Writer: values to JSON text.

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding as _};

use super::names::nth;
use super::string::write_quoted;
use super::values::NOT_FINITE;
use crate::types::UnknownMember;

/// A value with a JSON form.
pub(crate) trait ToJson {
    /// Writes the value.
    fn to_json(&self, out: &mut Writer);
}

/// Writer of compact JSON.
#[derive(Default)]
pub(crate) struct Writer {
    out: String,
}

impl Writer {
    /// Writes a value to a text.
    pub(crate) fn write(value: &impl ToJson) -> String {
        // Most requests are short, and a string that starts empty moves eight times until it has this size.
        let mut writer = Self { out: String::with_capacity(512) };
        value.to_json(&mut writer);
        writer.out
    }

    pub(super) fn as_str(&self) -> &str {
        &self.out
    }

    pub(crate) fn into_string(self) -> String {
        self.out
    }

    /// Begins an object. Each bracket has its own function, because call arguments are most of the code of a type.
    pub(crate) fn begin_object(&mut self) {
        self.out.push('{');
    }

    /// Ends an object.
    pub(crate) fn end_object(&mut self) {
        self.out.push('}');
    }

    /// Writes a comma unless the entry is the first: no value ends in an opening bracket.
    pub(crate) fn separate(&mut self) {
        if !matches!(self.out.as_bytes().last(), Some(b'{' | b'[')) {
            self.out.push(',');
        }
    }

    /// Writes a member's name.
    #[inline(never)]
    pub(crate) fn key(&mut self, name: &str) {
        self.separate();
        self.string(name);
        self.out.push(':');
    }

    /// Writes the name of a member of the model, which needs no escape.
    #[inline(never)]
    pub(super) fn plain_key(&mut self, name: &str) {
        self.separate();
        self.out.push('"');
        self.out.push_str(name);
        self.out.push_str("\":");
    }

    /// Begins a list.
    #[inline(never)]
    pub(crate) fn begin_list(&mut self) {
        self.out.push('[');
    }

    /// Ends a list.
    #[inline(never)]
    pub(crate) fn end_list(&mut self) {
        self.out.push(']');
    }

    /// Begins a union with the member at `index` of `names`, as [`index_of`](super::index_of) takes them.
    #[inline(never)]
    pub(crate) fn begin_union_at(&mut self, names: &'static str, index: usize) {
        self.begin_object();
        self.plain_key(nth(names, index));
    }

    /// Begins a union with the name of its member.
    #[inline(never)]
    pub(crate) fn begin_union(&mut self, name: &str) {
        self.begin_object();
        self.key(name);
    }

    /// Writes an unknown member of a union; one without a name is the whole value of the union.
    #[inline(never)]
    pub(crate) fn unknown(&mut self, member: &UnknownMember) {
        if member.name.is_empty() {
            self.raw(member.value.as_json());
            return;
        }
        self.begin_object();
        self.member(member);
        self.end_object();
    }

    /// Writes an unknown member.
    pub(crate) fn member(&mut self, member: &UnknownMember) {
        self.key(&member.name);
        self.raw(member.value.as_json());
    }

    /// Writes a string.
    pub(crate) fn string(&mut self, text: &str) {
        write_quoted(text, &mut self.out);
    }

    /// Writes bytes as base64, which needs no escape.
    pub(crate) fn base64(&mut self, bytes: &[u8]) {
        self.out.push('"');
        self.out.push_str(&Base64::encode_string(bytes));
        self.out.push('"');
    }

    /// Writes JSON text unchanged.
    pub(crate) fn raw(&mut self, json: &str) {
        self.out.push_str(json);
    }
}

/// The JSON of an object with one member, whose value is JSON text.
pub(crate) fn write_member(name: &str, json: &str) -> String {
    let mut writer = Writer::default();
    writer.begin_union(name);
    writer.raw(json);
    writer.end_object();
    writer.out
}

impl<T: ToJson> ToJson for Box<T> {
    fn to_json(&self, out: &mut Writer) {
        (**self).to_json(out);
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

impl ToJson for u16 {
    fn to_json(&self, out: &mut Writer) {
        u64::from(*self).to_json(out);
    }
}

impl ToJson for f64 {
    // spec: restjson1#float "JSON number for numeric values. JSON strings for NaN, Infinity, and -Infinity"
    /// Uses serde_json, which cannot fail for a number; NaN and infinities are strings, as in Smithy's JSON.
    fn to_json(&self, out: &mut Writer) {
        let same = |value: f64| value == *self || (value.is_nan() && self.is_nan());
        match NOT_FINITE.iter().find(|(_, value)| same(*value)) {
            Some((name, _)) => out.string(name),
            None => out.raw(&serde_json::to_string(self).unwrap_or_default()),
        }
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn to_json(&self, out: &mut Writer) {
        out.begin_list();
        for value in self {
            out.separate();
            value.to_json(out);
        }
        out.end_list();
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

    // spec-test: restjson1#float
    #[test]
    fn is_what_serde_json_writes() {
        let lists: BTreeMap<String, Vec<f64>> =
            [("a\"\n".to_owned(), vec![]), ("ü".to_owned(), vec![0.5, 1.0, 1e300])].into();
        let written = Writer::write(&lists);
        assert_eq!(written, serde_json::to_string(&lists).unwrap());
        assert_eq!(Writer::write(&vec![f64::NAN, f64::NEG_INFINITY]), r#"["NaN","-Infinity"]"#);
    }
}
