//! JSON values compared member by member.

use std::collections::BTreeMap;

use super::tree::Tree;
use super::{Compare, Ignored};
use crate::json::same_number;

/// Members that hold a duration.
const TIMES: [&str; 2] = ["latencyMs", "guardrailProcessingLatency"];

/// What is compared at one place.
pub(super) struct Values<'w, 'c> {
    pub(super) compare: &'w mut Compare<'c>,
    /// The place of the value being compared.
    pub(super) place: String,
    /// True in the payload of an event, whose member `p` is padding.
    pub(super) is_event: bool,
}

impl Values<'_, '_> {
    /// Compares two values; true if they are equal but for ignored differences.
    pub(super) fn trees(&mut self, a: &Tree<'_>, b: &Tree<'_>) -> bool {
        self.at_depth(a, b, 0)
    }

    fn at_depth(&mut self, a: &Tree<'_>, b: &Tree<'_>, depth: usize) -> bool {
        match (a, b) {
            (Tree::Object(a), Tree::Object(b)) => self.objects(a, b, depth),
            (Tree::List(a), Tree::List(b)) => self.lists(a, b, depth),
            (Tree::Number(a), Tree::Number(b)) if !self.compare.is_strict && is_same(a, b) => true,
            (a, b) if a == b => true,
            (a, b) => self.differ(None, Some(a), Some(b)),
        }
    }

    fn lists(&mut self, a: &[Tree<'_>], b: &[Tree<'_>], depth: usize) -> bool {
        let mut is_same = true;
        for index in 0..a.len().max(b.len()) {
            let length = self.place.len();
            self.place.push_str(&format!("[{index}]"));
            is_same &= match (a.get(index), b.get(index)) {
                (Some(a), Some(b)) => self.at_depth(a, b, depth + 1),
                (a, b) => self.differ(None, a, b),
            };
            self.place.truncate(length);
        }
        is_same
    }

    fn objects(&mut self, a: &[(String, Tree<'_>)], b: &[(String, Tree<'_>)], depth: usize) -> bool {
        let mut others = by_name(b);
        let mut is_same = true;
        for (key, value) in by_name_in_order(a) {
            let other = others.remove(&key);
            is_same &= self.member(key, Some(value), other, depth);
        }
        // Those that are left, in the order of the text.
        for (key, value) in by_name_in_order(b) {
            if others.contains_key(&key) {
                is_same &= self.member(key, None, Some(value), depth);
            }
        }
        let names = |members: &[(String, Tree<'_>)]| -> Vec<String> {
            members.iter().map(|(name, _)| name.clone()).collect()
        };
        if is_same
            && self.compare.is_strict
            && !a.iter().map(|(name, _)| name).eq(b.iter().map(|(name, _)| name))
        {
            let order = |members| Some(serde_json::Value::from(names(members)).to_string());
            let place = format!("{}.(order of members)", self.place);
            return self.compare.add(None, &place, order(a), order(b));
        }
        is_same
    }

    fn member(
        &mut self,
        (name, occurrence): (&str, usize),
        a: Option<&Tree<'_>>,
        b: Option<&Tree<'_>>,
        depth: usize,
    ) -> bool {
        let length = self.place.len();
        push_member(&mut self.place, name);
        if occurrence > 0 {
            self.place.push_str(&format!("({})", occurrence + 1));
        }
        let ignored = if self.is_event && depth == 0 && name == "p" {
            Some(Ignored::Padding)
        } else {
            TIMES.contains(&name).then_some(Ignored::Time)
        };
        let is_same = match (a, b) {
            (Some(a), Some(b)) if ignored.is_none() => self.at_depth(a, b, depth + 1),
            (a, b) if a == b => true,
            (a, b) => self.differ(ignored, a, b),
        };
        self.place.truncate(length);
        is_same
    }

    fn differ(&mut self, ignored: Option<Ignored>, a: Option<&Tree<'_>>, b: Option<&Tree<'_>>) -> bool {
        self.compare.add(ignored, &self.place, a.map(Tree::to_json), b.map(Tree::to_json))
    }
}

/// A member's name, and how many of the same name precede it.
type Key<'m> = (&'m str, usize);

fn by_name_in_order<'m, 't>(
    members: &'m [(String, Tree<'t>)],
) -> impl Iterator<Item = (Key<'m>, &'m Tree<'t>)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    members.iter().map(move |(name, value)| {
        let count = counts.entry(name).or_default();
        *count += 1;
        ((name.as_str(), *count - 1), value)
    })
}

fn by_name<'m, 't>(members: &'m [(String, Tree<'t>)]) -> BTreeMap<Key<'m>, &'m Tree<'t>> {
    by_name_in_order(members).collect()
}

/// Appends a member's name to a place: `.name`, or `["a name"]` where it would be read as something else.
pub(crate) fn push_member(place: &mut String, name: &str) {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ':' | '$');
    if !name.is_empty() && name.chars().all(is_plain) {
        place.push('.');
        place.push_str(name);
    } else {
        place.push_str(&format!("[{}]", serde_json::Value::from(name)));
    }
}

/// Whether two spellings are one number.
fn is_same(a: &str, b: &str) -> bool {
    a == b
        || match (a.parse(), b.parse()) {
            (Ok(a), Ok(b)) => same_number(&a, &b),
            _ => false,
        }
}
