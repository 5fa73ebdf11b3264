//! Members of a structure that this crate does not know.

use core::fmt;

use super::UnknownMember;

/// Unknown members of a structure. Takes 8 bytes if there are no such members.
#[derive(Clone, PartialEq, Eq, Default)]
#[expect(clippy::box_collection, reason = "eight bytes in every structure, not twenty-four")]
pub(crate) struct Extra(Option<Box<Vec<UnknownMember>>>);

impl Extra {
    pub(crate) fn as_slice(&self) -> &[UnknownMember] {
        self.0.as_ref().map(|members| members.as_slice()).unwrap_or_default()
    }

    /// Appends a member.
    #[cold]
    #[inline(never)]
    pub(crate) fn push(&mut self, member: UnknownMember) {
        self.0.get_or_insert_default().push(member);
    }

    /// Sets a member, replacing one of the same name.
    pub(crate) fn set(&mut self, member: UnknownMember) {
        if let Some(members) = &mut self.0 {
            members.retain(|other| other.name != member.name);
        }
        self.push(member);
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.as_slice().iter().map(|member| (&member.name, &member.value))).finish()
    }
}
