//! Detection of names that occur twice in a header block.

#[cfg(feature = "alloc")]
use alloc::collections::BinaryHeap;

/// Bloom filter of 64 bits: a name whose bit is not set was not seen.
#[derive(Default)]
pub(crate) struct SeenNames(u64);

impl SeenNames {
    /// Adds `name`, and returns true if it may have been added before.
    pub(crate) fn maybe(&mut self, name: &[u8]) -> bool {
        let bit = name_bit(name);
        let seen = self.0 & bit != 0;
        self.0 |= bit;
        seen
    }
}

/// Returns the bit of a name, from its length and second letter, in which the names that AWS sends differ.
#[cfg_attr(feature = "fast", inline(always))]
pub(super) fn name_bit(name: &[u8]) -> u64 {
    let letter = name.get(1).copied().unwrap_or_default();
    1_u64 << ((letter.wrapping_mul(7) ^ name.len().to_le_bytes()[0]) & 63)
}

/// Limit on the number of names that are compared in pairs.
#[cfg(feature = "alloc")]
const FEW: usize = 32;

/// Finds the first repeated name, and returns the positions of its first two occurrences.
///
/// More than [`FEW`] names are sorted, which takes O(n log n) time; without an allocator the time is O(n²).
pub(crate) fn first_repeat<'a>(mut names: impl Iterator<Item = &'a [u8]> + Clone) -> Option<(usize, usize)> {
    #[cfg(feature = "alloc")]
    if names.clone().nth(FEW).is_some() {
        let heap: BinaryHeap<_> = names.enumerate().map(|(position, name)| (name, position)).collect();
        let sorted = heap.into_sorted_vec();
        // Equal names are adjacent, in the order of their positions.
        let pairs = sorted.windows(2).filter_map(|pair| match pair {
            [(one, first), (other, repeat)] if one == other => Some((*first, *repeat)),
            _ => None,
        });
        return pairs.min_by_key(|(_, repeat)| *repeat);
    }
    let all = names.clone();
    let mut position = 0_usize;
    names.find_map(|name| {
        let first = all.clone().take(position).position(|earlier| earlier == name);
        let repeat = position;
        position = position.saturating_add(1);
        first.map(|first| (first, repeat))
    })
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use std::string::{String, ToString};
    use std::vec::Vec;

    use super::*;

    fn of(names: &[String]) -> Option<(usize, usize)> {
        first_repeat(names.iter().map(|name| name.as_bytes()))
    }

    /// The cost is counted in comparisons, not in seconds.
    #[test]
    fn many_names_are_looked_at_a_few_times_each() {
        let names: Vec<_> = (0..1000).map(|number: usize| number.to_string()).collect();
        let looked_at = core::cell::Cell::new(0);
        let counted = names.iter().map(|name| {
            looked_at.set(looked_at.get() + 1);
            name.as_bytes()
        });
        assert_eq!(first_repeat(counted), None);
        assert!(looked_at.get() < 2 * names.len(), "{looked_at:?}");
    }

    #[test]
    fn the_first_repeat_is_found_among_few_and_many() {
        for count in [1, 2, 10, 32, 33, 34, 500] {
            let distinct: Vec<_> =
                (0..count).map(|number: usize| (number * 7919 % 1000).to_string()).collect();
            assert_eq!(of(&distinct), None, "{count}");
            for (first, repeat) in [(0, count), (count / 2, count), (count - 1, count)] {
                let mut names = distinct.clone();
                names.push(distinct[first].clone());
                assert_eq!(of(&names), Some((first, repeat)));
                // A later repeat does not come first, nor does a third occurrence.
                names.push(distinct[0].clone());
                names.push(distinct[first].clone());
                assert_eq!(of(&names), Some((first, repeat)), "{count}");
            }
        }
    }
}
