//! Corrections: members that were not as the service model has them.

use core::fmt;

use crate::types::{string_enum, structure};

structure! {
    /// A member of a response or event that was not as the service model has it, and what it was read as: nothing is
    /// refused because of a member. `docs/reading.md` has the rules.
    Correction {
        required {
            /// Where, such as `output.message.content[0].text`; in a stream it begins with the event's name.
            path: String,
            /// What was wrong.
            kind: CorrectionKind,
        }
        optional {}
    }
}

string_enum! {
    /// What was wrong with a member.
    CorrectionKind {
        /// A required member is missing: read as its type's empty value.
        Missing = "missing",
        /// A required member is null: read as its type's empty value.
        Null = "null",
        /// Another type where a string belongs: read as the empty string.
        NotAString = "not-a-string",
        /// Another type where an integer belongs, or a number with a fraction: read as 0.
        NotAnInteger = "not-an-integer",
        /// Another type where a number belongs: read as 0.
        NotANumber = "not-a-number",
        /// Another type where a boolean belongs: read as false.
        NotABoolean = "not-a-boolean",
        /// Another type where a list belongs: read as the empty list.
        NotAList = "not-a-list",
        /// Another type where an object belongs: all its members are empty.
        NotAnObject = "not-an-object",
        /// Another type where a union belongs: kept as it is.
        NotAUnion = "not-a-union",
        /// A number that does not fit: read as 0.
        OutOfRange = "out-of-range",
        /// The same member twice in an object: the last value that is not null is read.
        Twice = "twice",
        /// A union without a member: kept as it is.
        NoMember = "no-member",
        /// A union with several members: kept as it is.
        SeveralMembers = "several-members",
        /// A union with unknown members beside the known one, which is read.
        UnknownBeside = "unknown-beside",
        /// Half a surrogate pair: read as U+FFFD.
        LoneSurrogate = "lone-surrogate",
        /// Invalid base64: kept as text.
        InvalidBase64 = "invalid-base64",
        /// An event that does not fit the block it names: it begins another block of the message.
        WrongBlock = "wrong-block",
        /// A delta for a block that was already stopped: it is added all the same.
        AfterBlockStop = "after-block-stop",
        /// More corrections than are kept.
        Further = "further",
    }
}

impl CorrectionKind {
    /// True if the value that was read holds all that was sent, so that it can be written back.
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

/// How many are kept: a hostile response could hold a million.
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
