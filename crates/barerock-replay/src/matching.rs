//! Selection of the fixture for a request.

use crate::fixture::Fixture;
use crate::operation::{Operation, Subject};
use crate::request_body::RequestBody;
use crate::similarity::{Similarity, similarity};
use barerock_audit::json;
use core::fmt;
use core::str::FromStr;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Prefix of the paths of model operations.
const MODEL_PATH: &str = "/model/";
/// Limit on the names listed in the error that no fixture matches.
const LISTED: usize = 8;

/// Condition under which a fixture serves a request.
///
/// If a mode admits several fixtures, the best by these criteria is served; an earlier criterion outweighs all later ones:
///
/// 1. it was recorded for exactly this request;
/// 2. it was composed for the model;
/// 3. it has the same model or guardrail;
/// 4. its response completes;
/// 5. its request has no tools, or the received one has some too;
/// 6. both or neither request ends with a tool result;
/// 7. the last texts are equal;
/// 8. the difference in the number of messages is smallest;
/// 9. the number of equal messages from the start is largest;
/// 10. both or neither have tools, then a system prompt, then additional fields.
///
/// Of equally good fixtures the first is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum MatchMode {
    /// Same operation, model or guardrail, and body; bodies are compared as JSON values.
    #[default]
    Exact,
    /// Same operation and model or guardrail: the exact fixture if there is one, else the most similar.
    Model,
    /// Same operation: the exact fixture if there is one, else one of the same model or guardrail, else the most similar.
    /// Fixtures whose response is an error or does not complete are served for their own model only.
    Any,
    /// The fixtures in order, each once, for requests of the same operation with any model and body.
    InOrder,
}

impl fmt::Display for MatchMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exact => "exact",
            Self::Model => "model",
            Self::Any => "any",
            Self::InOrder => "in-order",
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
            "in-order" => Ok(Self::InOrder),
            _ => Err(format!("unknown match mode {text:?}: expected exact, model, any or in-order")),
        }
    }
}

/// Fixtures, grouped by request.
#[derive(Debug)]
pub(crate) struct Matcher {
    mode: MatchMode,
    groups: Vec<Group>,
    /// Every fixture once, for [`MatchMode::InOrder`].
    sequence: Vec<Fixture>,
    /// Number of fixtures of the sequence that were served.
    served: Mutex<usize>,
}

/// Fixtures with the same request, served in turn.
#[derive(Debug)]
struct Group {
    fixtures: Vec<Fixture>,
    next: AtomicUsize,
}

impl Group {
    /// Returns the next fixture in turn. If the group was not made for this request, fixtures whose response does not complete
    /// are skipped, unless all are such.
    fn take_turn(&self, intended: Intended) -> Option<&Fixture> {
        let all = intended > Intended::No || self.is_broken();
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
        let in_order = mode == MatchMode::InOrder;
        let sequence = if in_order { fixtures.clone() } else { Vec::new() };
        let mut groups: Vec<Group> = Vec::new();
        for fixture in fixtures.into_iter().flat_map(Fixture::by_operation) {
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
        Self { mode, groups, sequence, served: Mutex::new(0) }
    }

    /// Finds the fixture to serve, or returns the reason why none matches.
    pub(crate) fn find(&self, operation: &Operation, body: &RequestBody) -> Result<&Fixture, String> {
        if self.mode == MatchMode::InOrder {
            return self.next_in_order(operation);
        }
        let best = self
            .groups
            .iter()
            .filter_map(|group| Some((self.rank(group, operation, body)?, group)))
            // Takes the first of equals; `max_by` would take the last.
            .reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.and_then(|(rank, group)| group.take_turn(rank.intended))
            .ok_or_else(|| self.explain(operation, body))
    }

    /// Returns the next fixture of the sequence. A request for another operation does not consume it.
    fn next_in_order(&self, operation: &Operation) -> Result<&Fixture, String> {
        // Ignores lock poisoning: the guarded state is a number.
        let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        let position = served.saturating_add(1);
        let Some(next) = self.sequence.get(*served) else {
            return Err(format!(
                "no fixture left for {operation}: all {served} were served (match mode in-order)"
            ));
        };
        let alternatives = [Some(next), next.streamed()];
        let found =
            alternatives.into_iter().flatten().find(|fixture| fixture.operation().same_kind(operation));
        let found = found.ok_or_else(|| {
            format!(
                "no fixture for {operation}: number {position}, {:?}, is of {} (match mode in-order)",
                next.name(),
                next.operation()
            )
        })?;
        *served = position;
        Ok(found)
    }

    /// Ranks a group for a request; `None` if the mode excludes it.
    fn rank(&self, group: &Group, operation: &Operation, body: &RequestBody) -> Option<Rank> {
        let fixture = group.first()?;
        if !fixture.operation().same_kind(operation) {
            return None;
        }
        let same_model = fixture.operation().subject() == operation.subject();
        let intended = match fixture.request_body() {
            _ if !same_model => Intended::No,
            RequestBody::Any => Intended::ForModel,
            recorded if same_body(recorded, body) => Intended::ForRequest,
            _ => Intended::No,
        };
        let admitted = match self.mode {
            MatchMode::Exact => intended > Intended::No,
            MatchMode::Model => same_model,
            MatchMode::Any => same_model || !group.is_broken(),
            MatchMode::InOrder => false,
        };
        let similarity = similarity(fixture, body);
        admitted.then_some(Rank { intended, same_model, completes: !group.is_broken(), similarity })
    }

    fn explain(&self, operation: &Operation, body: &RequestBody) -> String {
        let mut text = format!("no fixture for {operation} (match mode {})", self.mode);
        let all = || self.groups.iter().filter_map(Group::first);
        let nearest = all()
            .filter(|fixture| fixture.operation() == operation)
            .reduce(|best, next| if similarity(next, body) > similarity(best, body) { next } else { best });
        if let Some(nearest) = nearest {
            let difference = match (body, nearest.request_body()) {
                (RequestBody::Json(request), RequestBody::Json(recorded)) => {
                    json::first_difference(request, recorded).unwrap_or_default()
                }
                (RequestBody::Other(_), RequestBody::Json(_)) => "the body is not JSON".to_owned(),
                _ => "the bodies differ".to_owned(),
            };
            text.push_str(&format!("; most similar: {:?}: {difference}", nearest.name()));
        } else if all().any(|fixture| fixture.operation().same_kind(operation)) {
            let models = all().filter(|fixture| fixture.operation().same_kind(operation));
            let models: Vec<String> =
                models.filter_map(|fixture| fixture.operation().subject()).map(Subject::to_string).collect();
            let models = listed(models.iter().map(String::as_str));
            text.push_str(&format!("; this operation has fixtures for: {models}"));
        } else {
            let operations = listed(all().map(|fixture| fixture.operation().name()));
            text.push_str(&format!("; operations with fixtures: {operations}"));
        }
        if operation.model_id().is_none() && operation.name().starts_with(MODEL_PATH) {
            text.push_str("; the path is not /model/ID/OPERATION: a slash in a model id is sent as %2F");
        }
        text
    }
}

/// Relation of a group to the received request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Intended {
    /// Recorded for another request.
    No,
    /// Composed for every request to the model.
    ForModel,
    /// Recorded for exactly this request.
    ForRequest,
}

/// Rank of a group for a request. Greater is better; earlier fields take precedence.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    intended: Intended,
    same_model: bool,
    completes: bool,
    similarity: Option<Similarity>,
}

fn same_body(a: &RequestBody, b: &RequestBody) -> bool {
    match (a, b) {
        (RequestBody::Json(a), RequestBody::Json(b)) => json::equal(a, b),
        (RequestBody::Other(a), RequestBody::Other(b)) => a == b,
        (RequestBody::Any, RequestBody::Any) => true,
        _ => false,
    }
}

/// Lists the first few names, each once.
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
