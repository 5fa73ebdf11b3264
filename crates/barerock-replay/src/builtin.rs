//! Fixtures embedded in the crate: complete responses to the calls that users try first.

use crate::fixture::Fixture;
use crate::fixtures::Fixtures;

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        &[$((
            $name,
            include_bytes!(concat!("../fixtures/", $name, "/request.json")),
            include_bytes!(concat!("../fixtures/", $name, "/response.json")),
            include_bytes!(concat!("../fixtures/", $name, "/response.body")),
        )),*]
    };
}

/// A fixture's name and the contents of its three files.
type Embedded = (&'static str, &'static [u8], &'static [u8], &'static [u8]);

/// Every fixture whose name does not begin with `error-`; `barerock-fixtures` writes the files.
static EMBEDDED: &[Embedded] = embedded![
    "chat",
    "chat-count-tokens",
    "chat-stream",
    "chat-tool-stream-turn-1",
    "chat-tool-stream-turn-2",
    "guardrail-apply",
    "guardrail-checks",
    "tutorial-converse",
    "tutorial-converse-llama",
    "tutorial-converse-mistral",
    "tutorial-converse-stream",
    "tutorial-helper-claude",
    "tutorial-helper-llama",
    "tutorial-helper-mistral",
    "tutorial-stream",
    "tutorial-tool-stream-turn-1",
    "tutorial-tool-stream-turn-2",
    "tutorial-tool-turn-1",
    "tutorial-tool-turn-2",
    "unusual-max-tokens-in-tool-input",
    "unusual-metadata-early",
    "unusual-parallel-tools",
    "unusual-reasoning",
    "unusual-reasoning-converse",
    "unusual-tool-without-arguments",
    "unusual-unicode",
];

impl Fixtures {
    /// The fixtures built into this crate. They are composed, not recorded.
    pub fn builtin() -> Self {
        // None is skipped: a test parses each one.
        Self::new(EMBEDDED.iter().filter_map(|&(name, request, response, body)| {
            Fixture::parse(name, request, response, body).ok()
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fixture_of_the_package_is_embedded_and_complete() {
        let packaged = Fixtures::load(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures")).unwrap();
        let builtin = Fixtures::builtin();
        let names = |fixtures: &Fixtures| -> Vec<String> {
            fixtures.iter().map(|fixture| fixture.name().to_owned()).collect()
        };
        assert_eq!(names(&builtin), names(&packaged));
        assert!(builtin.iter().all(|fixture| !fixture.is_broken()));
    }
}
