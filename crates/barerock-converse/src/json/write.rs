//! Values out, JSON text into one buffer.

use std::collections::BTreeMap;

use serde::Serialize;

use super::camel_case;

/// A value that can be written as JSON.
pub(crate) trait ToJson {
    /// Writes the value.
    fn to_json(&self, out: &mut Writer);
}

/// Compact JSON as it grows.
#[derive(Default)]
pub(crate) struct Writer {
    out: Vec<u8>,
    failed: Option<serde_json::Error>,
}

impl Writer {
    /// The whole text of a value.
    ///
    /// # Errors
    /// serde_json's, if it could not write a string or a number.
    pub(crate) fn write(value: &impl ToJson) -> serde_json::Result<Vec<u8>> {
        let mut writer = Self::default();
        value.to_json(&mut writer);
        match writer.failed {
            Some(error) => Err(error),
            None => Ok(writer.out),
        }
    }

    /// Begins an object or an array.
    pub(crate) fn open(&mut self, bracket: u8) {
        self.out.push(bracket);
    }

    /// Ends an object or an array.
    pub(crate) fn close(&mut self, bracket: u8) {
        self.out.push(bracket);
    }

    /// What stands between two entries. Only at the beginning is there a bracket before an entry, for no value ends
    /// in one that opens.
    pub(crate) fn separate(&mut self) {
        if !matches!(self.out.last(), Some(b'{' | b'[')) {
            self.out.push(b',');
        }
    }

    /// A member's name, from the name Rust has it by.
    pub(crate) fn member(&mut self, name: &str) {
        self.separate();
        self.out.push(b'"');
        self.out.extend(camel_case(name));
        self.out.extend_from_slice(b"\":");
    }

    /// A member's name as it stands on the wire.
    pub(crate) fn key(&mut self, name: &str) {
        self.separate();
        self.string(name);
        self.out.push(b':');
    }

    /// A string.
    pub(crate) fn string(&mut self, text: &str) {
        self.scalar(text);
    }

    /// JSON that is text already.
    pub(crate) fn raw(&mut self, json: &str) {
        self.out.extend_from_slice(json.as_bytes());
    }

    fn scalar<T: Serialize + ?Sized>(&mut self, value: &T) {
        if let Err(error) = serde_json::to_writer(&mut self.out, value) {
            self.failed.get_or_insert(error);
        }
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
        out.scalar(self);
    }
}

impl ToJson for u32 {
    fn to_json(&self, out: &mut Writer) {
        u64::from(*self).to_json(out);
    }
}

impl ToJson for f64 {
    fn to_json(&self, out: &mut Writer) {
        out.scalar(self);
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn to_json(&self, out: &mut Writer) {
        out.open(b'[');
        for value in self {
            out.separate();
            value.to_json(out);
        }
        out.close(b']');
    }
}

impl<T: ToJson> ToJson for BTreeMap<String, T> {
    fn to_json(&self, out: &mut Writer) {
        out.open(b'{');
        for (key, value) in self {
            out.key(key);
            value.to_json(out);
        }
        out.close(b'}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_what_serde_json_writes() {
        let lists: BTreeMap<String, Vec<f64>> =
            [("a\"\n".to_owned(), vec![]), ("ü".to_owned(), vec![0.5, 1.0, 1e300, f64::NAN])].into();
        let written = Writer::write(&lists).unwrap();
        assert_eq!(written, serde_json::to_vec(&lists).unwrap());
    }
}
