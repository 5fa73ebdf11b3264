//! Writer of the members of a structure.

use super::names::take;
use super::{ToJson, Writer, index_of};
use crate::types::Extra;

/// Writes the members of a structure in the order of their names. A member is written by one call without its name, because
/// call arguments are most of the code of a structure. Only a request has members that are replaced.
pub(crate) struct Structure<'w, const IS_REQUEST: bool> {
    out: &'w mut Writer,
    /// Names of the members that follow, as [`index_of`] takes them.
    names: &'static str,
    /// Members that are replaced by an unknown one of the same name, one bit each, the next member lowest.
    replaced: u32,
}

/// Begins an object with the members `names`.
#[inline(never)]
pub(crate) fn open<'w>(names: &'static str, out: &'w mut Writer) -> Structure<'w, false> {
    out.begin_object();
    Structure { out, names, replaced: 0 }
}

/// Begins the body of a request: the first members, `in_path`, are not in it, and members in `extra` replace others.
#[inline(never)]
pub(crate) fn open_request<'w>(
    mut names: &'static str,
    in_path: usize,
    extra: &Extra,
    out: &'w mut Writer,
) -> Structure<'w, true> {
    for _ in 0..in_path {
        take(&mut names);
    }
    let mut replaced = 0;
    for member in extra.as_slice() {
        let index = u32::try_from(index_of(names, &member.name)).unwrap_or(u32::MAX);
        replaced |= 1_u32.checked_shl(index).unwrap_or(0);
    }
    out.begin_object();
    Structure { out, names, replaced }
}

impl<const IS_REQUEST: bool> Structure<'_, IS_REQUEST> {
    /// Goes to the next member and writes its name.
    #[inline(never)]
    fn name(&mut self) -> &mut Writer {
        let name = take(&mut self.names);
        self.out.plain_key(name);
        self.out
    }

    /// Goes past the next member.
    #[inline(never)]
    fn leave_out(&mut self) {
        take(&mut self.names);
        self.replaced >>= 1;
    }

    /// Writes the next member.
    pub(crate) fn required<T: ToJson>(&mut self, value: &T) {
        if IS_REQUEST && self.replaced & 1 != 0 {
            return self.leave_out();
        }
        self.replaced >>= u32::from(IS_REQUEST);
        value.to_json(self.name());
    }

    /// Writes the next member, if it is set.
    pub(crate) fn optional<T: ToJson>(&mut self, value: &Option<T>) {
        match value {
            Some(value) => self.required(value),
            None => self.leave_out(),
        }
    }

    /// Writes the next member, if it has an element.
    pub(crate) fn unless_empty<T: ToJson>(&mut self, values: &Vec<T>) {
        match values.is_empty() {
            true => self.leave_out(),
            false => self.required(values),
        }
    }

    /// Writes unknown members and ends the structure.
    #[inline(never)]
    pub(crate) fn end(self, extra: &Extra) {
        extra.as_slice().iter().for_each(|member| self.out.member(member));
        self.out.end_object();
    }
}
