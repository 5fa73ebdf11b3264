//! The order of the signed header lines.

use super::{HeaderLine, MAX_SIGNED_HEADERS, Names, is_token};
use crate::SignError;
use crate::names::header_name::HOST;

/// Number of headers that signing adds: `x-amz-date`, `x-amz-content-sha256` and `x-amz-security-token`.
const MAX_ADDED: usize = 3;

/// Header lines of a request, followed by those that signing adds.
#[derive(Clone, Copy)]
pub(super) struct Lines<'a> {
    sent: &'a [HeaderLine<'a>],
    added: [HeaderLine<'a>; MAX_ADDED],
    added_count: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(sent: &'a [HeaderLine<'a>]) -> Self {
        Self { sent, added: [("", b""); MAX_ADDED], added_count: 0 }
    }

    pub(super) fn add(&mut self, line: HeaderLine<'a>) -> Result<(), SignError> {
        *self.added.get_mut(self.added_count).ok_or(SignError::TooManyHeaders)? = line;
        self.added_count = self.added_count.saturating_add(1);
        Ok(())
    }

    pub(super) fn is_sent(&self, index: usize) -> bool {
        index < self.sent.len()
    }

    pub(super) fn get(&self, index: usize) -> HeaderLine<'a> {
        let added = || self.added.get(index.saturating_sub(self.sent.len()));
        self.sent.get(index).or_else(added).copied().unwrap_or(("", b""))
    }
}

/// Order in which the lines of a request are signed: sorted by name, lines of the same name as sent. It depends on the names
/// alone, so that a signer keeps it for the next request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeaderOrder {
    /// Indices into [`Lines`].
    indices: [u16; MAX_SIGNED_HEADERS],
    count: usize,
    /// True if all names are lowercase, so that they are written unchanged.
    pub(super) has_plain_names: bool,
    /// True if a name occurs more than once.
    pub(super) has_repeats: bool,
    pub(super) has_host: bool,
    /// Length of all names without repeats, each with a separator, in bytes.
    pub(super) names_length: usize,
}

/// Order of lines whose names are those of an earlier request, and the list of the names.
#[derive(Clone, Copy)]
pub(crate) struct KnownOrder<'a> {
    pub(crate) order: &'a HeaderOrder,
    pub(crate) names: &'a [u8],
}

impl HeaderOrder {
    /// Order of no line.
    pub(crate) const EMPTY: Self = Self {
        indices: [0; MAX_SIGNED_HEADERS],
        count: 0,
        has_plain_names: true,
        has_repeats: false,
        has_host: false,
        names_length: 0,
    };

    /// Inserts the sent lines for which `is_signed` returns true, and all added lines.
    pub(super) fn sort(
        &mut self,
        lines: &Lines<'_>,
        names: Names,
        is_signed: impl Fn(&str) -> bool,
    ) -> Result<(), SignError> {
        for (index, (name, _)) in lines.sent.iter().enumerate().filter(|(_, (name, _))| is_signed(name)) {
            if names == Names::Unchecked {
                if name.is_empty() || !name.bytes().all(is_token) {
                    return Err(SignError::InvalidHeaderName { index });
                }
                self.has_plain_names &= !name.bytes().any(|byte| byte.is_ascii_uppercase());
            }
            self.has_host |= name.eq_ignore_ascii_case(HOST);
            self.insert(lines, index)?;
        }
        for added in 0..lines.added_count {
            self.insert(lines, lines.sent.len().saturating_add(added))?;
        }
        Ok(())
    }

    fn insert(&mut self, lines: &Lines<'_>, index: usize) -> Result<(), SignError> {
        let (name, _) = lines.get(index);
        let name_at = |at: u16| lines.get(usize::from(at)).0;
        let new = self.indices.get_mut(self.count).ok_or(SignError::TooManyHeaders)?;
        *new = u16::try_from(index).map_err(|_far| SignError::TooManyHeaders)?;
        self.count = self.count.saturating_add(1);
        let mut sorted = self.indices.get_mut(..self.count).unwrap_or_default();
        let mut is_repeated = false;
        while let [rest @ .., last] = sorted {
            let Some(before) = rest.last_mut() else { break };
            if !sorts_before(name, name_at(*before)) {
                is_repeated = name.eq_ignore_ascii_case(name_at(*before));
                break;
            }
            core::mem::swap(before, last);
            sorted = rest;
        }
        if is_repeated {
            self.has_repeats = true;
        } else {
            self.names_length = self.names_length.saturating_add(name.len()).saturating_add(1);
        }
        Ok(())
    }

    fn selected(&self) -> &[u16] {
        self.indices.get(..self.count).unwrap_or_default()
    }

    /// Iterates over the indices of the lines.
    pub(super) fn indices(&self) -> impl Iterator<Item = usize> {
        self.selected().iter().map(|index| usize::from(*index))
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }
}

/// Compares names by the rule "Sort by lowercase character code."
fn sorts_before(name: &str, other: &str) -> bool {
    let lowercase = |byte: u8| byte.to_ascii_lowercase();
    name.bytes().map(lowercase).lt(other.bytes().map(lowercase))
}
