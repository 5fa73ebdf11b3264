//! Selection of the fixture for a request.

use crate::fixture::Fixture;
use crate::likeness::likeness;
use crate::operation::{Asked, Operation};
use crate::request_body::RequestBody;
use barerock_audit::json;
use core::fmt;
use core::str::FromStr;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Where the paths of model operations begin.
const MODEL_PATH: &str = "/model/";
/// The most names listed when no fixture matches.
const LISTED: usize = 8;

/// How like its fixture a request must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum MatchMode {
    /// The same operation, model or guardrail, and body; bodies are compared as JSON values.
    #[default]
    Exact,
    /// The same operation and model or guardrail: the exact fixture if there is one, else the most similar.
    Model,
    /// The same operation: the exact fixture if there is one, else one of the same model or guardrail, else the most similar.
    /// Fixtures that fail are served for their own model only.
    Any,
}

impl fmt::Display for MatchMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exact => "exact",
            Self::Model => "model",
            Self::Any => "any",
        })
    }
}

impl FromStr for MatchMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "exact" => Ok(Self::Exact),
            "model" => Ok(Self::Model),
            "any" => Ok(Self::Any),
            _ => Err(format!("unknown match mode {text:?}: wants exact, model or any")),
        }
    }
}

/// Fixtures, grouped by request.
#[derive(Debug)]
pub(crate) struct Matcher {
    mode: MatchMode,
    groups: Vec<Group>,
}

/// Fixtures with the same request, served in turn.
#[derive(Debug)]
struct Group {
    fixtures: Vec<Fixture>,
    next: AtomicUsize,
}

impl Group {
    /// The next in turn; of those that complete, if there are any, where the request was not meant for this group.
    fn take_turn(&self, exact: bool) -> Option<&Fixture> {
        let all = exact || self.is_broken();
        let fixtures: Vec<&Fixture> =
            self.fixtures.iter().filter(|fixture| all || !fixture.is_broken()).collect();
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        fixtures.get(turn.checked_rem(fixtures.len())?).copied()
    }

    fn is_broken(&self) -> bool {
        self.fixtures.iter().all(Fixture::is_broken)
    }

    fn first(&self) -> Option<&Fixture> {
        self.fixtures.first()
    }
}

impl Matcher {
    pub(crate) fn new(fixtures: Vec<Fixture>, mode: MatchMode) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        for fixture in fixtures {
            let same = groups.iter_mut().find(|group| {
                group.first().is_some_and(|first| {
                    first.operation() == fixture.operation()
                        && same_body(first.request_body(), fixture.request_body())
                })
            });
            match same {
                Some(group) => group.fixtures.push(fixture),
                None => groups.push(Group { fixtures: vec![fixture], next: AtomicUsize::new(0) }),
            }
        }
        Self { mode, groups }
    }

    /// The fixture to serve, or the reason why none matches.
    pub(crate) fn find(&self, operation: &Operation, body: &RequestBody) -> Result<&Fixture, String> {
        let best = self
            .groups
            .iter()
            .filter_map(|group| Some((self.rank(group, operation, body)?, group)))
            // Of equals the first by name: `max_by` would take the last.
            .reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.and_then(|(rank, group)| group.take_turn(rank.exact))
            .ok_or_else(|| self.explain(operation, body))
    }

    /// How well a group matches; `None` if the mode excludes it.
    fn rank(&self, group: &Group, operation: &Operation, body: &RequestBody) -> Option<Rank> {
        let fixture = group.first()?;
        if !fixture.operation().same_kind(operation) {
            return None;
        }
        let same_model = fixture.operation().asked() == operation.asked();
        let exact = same_model && same_body(fixture.request_body(), body);
        let admitted = match self.mode {
            MatchMode::Exact => exact,
            MatchMode::Model => same_model,
            MatchMode::Any => same_model || !group.is_broken(),
        };
        let likeness = likeness(fixture, body);
        admitted.then_some(Rank { exact, same_model, completes: !group.is_broken(), likeness })
    }

    fn explain(&self, operation: &Operation, body: &RequestBody) -> String {
        let mut text = format!("No fixture answers {operation} (match mode {}). ", self.mode);
        let all = || self.groups.iter().filter_map(Group::first);
        let nearest = all()
            .filter(|fixture| fixture.operation() == operation)
            .reduce(|best, next| if likeness(next, body) > likeness(best, body) { next } else { best });
        if let Some(nearest) = nearest {
            let difference = match (body, nearest.request_body()) {
                (RequestBody::Json(asked), RequestBody::Json(recorded)) => {
                    json::first_difference(asked, recorded).unwrap_or_default()
                }
                (RequestBody::Other(_), RequestBody::Json(_)) => "the body is not JSON".to_owned(),
                _ => "the bodies differ".to_owned(),
            };
            text.push_str(&format!("The nearest is {:?}: {difference}. ", nearest.name()));
        } else if all().any(|fixture| fixture.operation().same_kind(operation)) {
            let models = all().filter(|fixture| fixture.operation().same_kind(operation));
            let models: Vec<String> =
                models.filter_map(|fixture| fixture.operation().asked()).map(Asked::to_string).collect();
            let models = listed(models.iter().map(String::as_str));
            text.push_str(&format!("There are fixtures of this operation for: {models}. "));
        } else {
            let operations = listed(all().map(|fixture| fixture.operation().name()));
            text.push_str(&format!("There are fixtures for: {operations}. "));
        }
        if operation.model_id().is_none() && operation.name().starts_with(MODEL_PATH) {
            text.push_str("The path is not /model/ID/OPERATION: a slash in a model id must be sent as %2F. ");
        }
        text.push_str(match self.mode {
            MatchMode::Exact => "Ask as recorded, add a fixture, or use match mode model or any.",
            MatchMode::Model => "Ask a model listed, add a fixture, or use match mode any.",
            MatchMode::Any => "Add a fixture of this operation.",
        });
        text
    }
}

/// The better of two is the greater, the first member deciding.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    exact: bool,
    same_model: bool,
    completes: bool,
    likeness: i32,
}

fn same_body(a: &RequestBody, b: &RequestBody) -> bool {
    match (a, b) {
        (RequestBody::Json(a), RequestBody::Json(b)) => json::equal(a, b),
        (RequestBody::Other(a), RequestBody::Other(b)) => a == b,
        _ => false,
    }
}

/// The first few, each once.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut unique: Vec<&str> = Vec::new();
    for name in names {
        if !unique.contains(&name) {
            unique.push(name);
        }
    }
    let more = unique.len().saturating_sub(LISTED);
    unique.truncate(LISTED);
    let mut text = unique.join(", ");
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

#[cfg(test)]
mod tests;
