//! The fixtures every program with this crate carries: answers that complete, for the calls a newcomer makes first.

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

/// A name and the three files.
type Embedded = (&'static str, &'static [u8], &'static [u8], &'static [u8]);

/// Every composed fixture but those that fail.
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
        // A test parses each one, so none is left out.
        Self::new(EMBEDDED.iter().filter_map(|&(name, request, response, body)| {
            Fixture::parse(name, request, response, body).ok()
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fixture_that_does_not_fail_is_embedded() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
        let all = Fixtures::load(folder).unwrap();
        let good: Vec<&str> = all.iter().filter(|fixture| !fixture.is_broken()).map(Fixture::name).collect();
        let builtin = Fixtures::builtin();
        assert_eq!(builtin.iter().map(Fixture::name).collect::<Vec<_>>(), good);
        for fixture in all.iter().filter(|fixture| fixture.is_broken()) {
            assert!(fixture.name().starts_with("error-"), "{}", fixture.name());
        }
    }
}
