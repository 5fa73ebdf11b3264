//! Suggestions for a mistyped name.

/// Limit on the number of suggested names.
const MOST: usize = 3;

/// The names that differ from `name` in at most a third of its characters, or two, the most similar first.
pub(super) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let name: Vec<char> = name.to_lowercase().chars().collect();
    let limit = (name.len() / 3).max(2);
    let mut near: Vec<(usize, &str)> = names
        .map(|other| (distance(&name, &other.to_lowercase()), other))
        .filter(|(far, _)| *far <= limit)
        .collect();
    near.sort_unstable();
    near.into_iter().take(MOST).map(|(_, name)| name.to_owned()).collect()
}

/// The Levenshtein distance: characters to add, remove or change.
fn distance(from: &[char], to: &str) -> usize {
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (above, letter) in (1..).zip(to.chars()) {
        let mut diagonal = above - 1;
        let mut left = above;
        for (cell, other) in row.iter_mut().skip(1).zip(from) {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = *cell;
            *cell = changed.min(left + 1).min(diagonal + 1);
            left = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = above;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let far = |from: &str, to| distance(&from.chars().collect::<Vec<_>>(), to);
        assert_eq!(
            [
                far("", ""),
                far("", "abc"),
                far("abc", ""),
                far("kitten", "sitting"),
                far("dev", "dve"),
                far("é", "e")
            ],
            [0, 3, 3, 3, 2, 1]
        );
    }

    #[test]
    fn the_nearest_come_first() {
        let names = ["default", "prod", "prd", "production", "Prod"];
        assert_eq!(nearest("prdo", names.into_iter()), ["prd", "Prod", "prod"]);
        assert!(nearest("staging", names.into_iter()).is_empty());
    }
}
