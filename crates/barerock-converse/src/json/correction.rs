//! Corrections: members that do not conform to the service model.

use core::fmt;

use crate::types::{string_enum, structure};

structure! {
    /// A member of a response or event that does not conform to the service model and was read as another value: no
    /// response is refused because of a member. `docs/reading.md` has the rules.
    Correction {
        required {
            /// Path of the member, such as `output.message.content[0].text`; in a stream its first step is the event type.
            path: String,
            /// Kind of the correction.
            kind: CorrectionKind,
        }
        optional {}
    }
}

string_enum! {
    /// Kind of a correction.
    CorrectionKind {
        /// A required member is missing: read as its type's empty value.
        Missing = "missing",
        /// A required member is null: read as its type's empty value.
        Null = "null",
        /// Not a string: read as the empty string.
        NotAString = "not-a-string",
        /// Not an integer: read as 0.
        NotAnInteger = "not-an-integer",
        /// Not a number: read as 0.
        NotANumber = "not-a-number",
        /// Not a boolean: read as false.
        NotABoolean = "not-a-boolean",
        /// Not a list: read as the empty list.
        NotAList = "not-a-list",
        /// Not an object: read as a structure of empty members.
        NotAnObject = "not-an-object",
        /// Not an object, in the place of a union: kept unchanged.
        NotAUnion = "not-a-union",
        /// A number out of range: read as 0.
        OutOfRange = "out-of-range",
        /// The same member twice in an object: the last value that is not null is read.
        Twice = "twice",
        /// A union without a member: kept unchanged.
        NoMember = "no-member",
        /// A union with several members: kept unchanged.
        SeveralMembers = "several-members",
        /// A union with unknown members beside the known one, which is read.
        UnknownBeside = "unknown-beside",
        /// Half a surrogate pair: read as U+FFFD.
        LoneSurrogate = "lone-surrogate",
        /// Invalid base64: kept as text.
        InvalidBase64 = "invalid-base64",
        /// An event of another kind than its block: it begins another block of the message.
        WrongBlock = "wrong-block",
        /// A delta after contentBlockStop: added to the block.
        AfterBlockStop = "after-block-stop",
        /// More corrections than are kept.
        Further = "further",
    }
}

impl CorrectionKind {
    /// True if the value can be written back as it was sent.
    pub(crate) fn is_lossless(&self) -> bool {
        matches!(self, Self::NoMember | Self::SeveralMembers | Self::NotAUnion | Self::InvalidBase64)
    }
}

impl fmt::Display for Correction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match &self.kind {
            CorrectionKind::Missing => "is missing",
            CorrectionKind::Null => "is null",
            CorrectionKind::NotAString => "is not a string",
            CorrectionKind::NotAnInteger => "is not an integer",
            CorrectionKind::NotANumber => "is not a number",
            CorrectionKind::NotABoolean => "is not a boolean",
            CorrectionKind::NotAList => "is not a list",
            CorrectionKind::NotAnObject => "is not an object",
            CorrectionKind::NotAUnion => "is not an object with one member",
            CorrectionKind::OutOfRange => "is out of range",
            CorrectionKind::Twice => "occurs twice",
            CorrectionKind::NoMember => "is a union without a member",
            CorrectionKind::SeveralMembers => "is a union with several members",
            CorrectionKind::UnknownBeside => "is a union with an unknown member beside the known one",
            CorrectionKind::LoneSurrogate => "has half a surrogate pair",
            CorrectionKind::InvalidBase64 => "is invalid base64",
            CorrectionKind::WrongBlock => "does not fit its block",
            CorrectionKind::AfterBlockStop => "came after contentBlockStop",
            CorrectionKind::Further => "more members were corrected",
            CorrectionKind::Unknown(kind) => kind,
        };
        let separator = if self.path.is_empty() { "" } else { " " };
        write!(f, "{}{separator}{what}", self.path)
    }
}

/// Corrections in the order they were found, each once.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Corrections(Vec<Correction>);

/// Maximum number of corrections: a hostile response could cause a million.
const KEPT: usize = 100;

impl Corrections {
    pub(crate) fn as_slice(&self) -> &[Correction] {
        &self.0
    }

    /// Drops all but the first corrections.
    pub(super) fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }

    pub(crate) fn into_vec(self) -> Vec<Correction> {
        self.0
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn add(&mut self, path: String, kind: CorrectionKind) {
        let correction = Correction::new(path, kind);
        if self.0.len() > KEPT || self.0.contains(&correction) {
            return;
        }
        self.0.push(if self.0.len() < KEPT {
            correction
        } else {
            Correction::new(String::new(), CorrectionKind::Further)
        });
    }

    pub(crate) fn extend(&mut self, more: Self) {
        more.0.into_iter().for_each(|correction| self.add(correction.path, correction.kind));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_kept_once_and_not_without_bound() {
        let mut corrections = Corrections::default();
        for number in 0..3 * KEPT {
            corrections.add(format!("a[{}]", number / 2), CorrectionKind::Null);
        }
        let kept = corrections.as_slice();
        assert_eq!((kept.len(), kept[1].to_string()), (KEPT + 1, "a[1] is null".to_owned()));
        assert_eq!(kept[KEPT].to_string(), "more members were corrected");
    }
}
