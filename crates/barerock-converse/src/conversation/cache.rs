//! Cache points of a conversation.

use core::fmt;

use super::Conversation;
use crate::types::{CachePointBlock, CacheTtl, ContentBlock, ConversationRole, SystemContentBlock, Tool};

/// Number of cache points that the service takes in a request.
const MAX_CACHE_POINTS: usize = 4;

/// Where [`Conversation::set_cache_points`] places cache points: after the tools, after the system prompt, and after the
/// last user message. Unset by default.
#[doc(alias = "prompt_caching")]
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct CachePoints {
    /// Cache point after the tools.
    pub tools: Option<CachePointBlock>,
    /// Cache point after the system prompt.
    pub system: Option<CachePointBlock>,
    /// Cache point after the last user message.
    pub last_user: Option<CachePointBlock>,
}

impl CachePoints {
    /// Cache points at none of the places.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Cache points at all three places, with the model's default time to live.
    #[must_use]
    pub fn everywhere() -> Self {
        let point = || Some(CachePointBlock::default());
        Self { tools: point(), system: point(), last_user: point() }
    }

    /// Sets the cache point after the tools.
    #[must_use]
    pub fn tools(mut self, point: impl Into<CachePointBlock>) -> Self {
        self.tools = Some(point.into());
        self
    }

    /// Sets the cache point after the system prompt.
    #[must_use]
    pub fn system(mut self, point: impl Into<CachePointBlock>) -> Self {
        self.system = Some(point.into());
        self
    }

    /// Sets the cache point after the last user message.
    #[must_use]
    pub fn last_user(mut self, point: impl Into<CachePointBlock>) -> Self {
        self.last_user = Some(point.into());
        self
    }
}

/// A cache point that the request would have.
#[derive(Debug, Clone, Copy)]
struct Point {
    place: Place,
    /// Time to live in seconds; `None` if this crate does not know it.
    ttl: Option<u32>,
    /// True if it has to stay.
    is_fixed: bool,
}

/// The list that has the cache point, and its index there.
#[derive(Debug, Clone, Copy)]
enum Place {
    Tool(usize),
    System(usize),
    Message(usize, usize),
}

impl Conversation {
    /// Places cache points for the next request. Call it before each request: the cache point after the last user message
    /// then moves on with the conversation, and those it left behind let the service find the prefix of the request
    /// before.
    ///
    /// A cache point that is there already is replaced. A place with nothing before it gets none. A request has at most
    /// four cache points: of those in messages, the earliest are removed first, and so is one whose time to live does not
    /// fit those before and after it (the service demands that a longer time to live comes before a shorter one, in the
    /// order tools, system prompt, messages; AWS documents it with `CachePointBlock`).
    ///
    /// ```
    /// # use barerock_converse::{Conversation, ConverseRequest};
    /// use barerock_converse::conversation::CachePoints;
    /// use barerock_converse::types::{CachePointBlock, CacheTtl};
    ///
    /// let request = ConverseRequest::new("us.anthropic.claude-sonnet-4-6", []).system("A long system prompt");
    /// let mut conversation = Conversation::new(request);
    /// conversation.push_user("hello");
    /// let one_hour = CachePointBlock::default().ttl(CacheTtl::OneHour);
    /// conversation.set_cache_points(&CachePoints::everywhere().system(one_hour))?;
    /// assert_eq!(conversation.messages()[0].content.len(), 2);
    /// # Ok::<(), barerock_converse::conversation::CachePointError>(())
    /// ```
    ///
    /// # Errors
    /// If the cache points of the tools, the system prompt and the last user message are more than four, or one has a
    /// longer time to live than one before it. The request is then unchanged.
    pub fn set_cache_points(&mut self, points: &CachePoints) -> Result<(), CachePointError> {
        for (message, block) in surplus(self.cache_points(points))? {
            if let Some(message) = self.request.messages.get_mut(message) {
                message.content.remove(block);
            }
        }
        let last = self.last_user();
        if let Some(config) = &mut self.request.tool_config {
            set_last(&mut config.tools, points.tools.as_ref());
        }
        if let Some(system) = &mut self.request.system {
            set_last(system, points.system.as_ref());
        }
        if let Some(message) = last.and_then(|last| self.request.messages.get_mut(last)) {
            set_last(&mut message.content, points.last_user.as_ref());
        }
        Ok(())
    }

    /// All cache points with the new ones, in the order in which the service reads the request.
    fn cache_points(&self, points: &CachePoints) -> Vec<Point> {
        let tools = self.request.tool_config.as_ref().map(|config| &*config.tools).unwrap_or_default();
        let system = self.request.system.as_deref().unwrap_or_default();
        let of_tools = with_last(tools, points.tools.as_ref()).map(|(at, ttl, _)| Point {
            place: Place::Tool(at),
            ttl,
            is_fixed: true,
        });
        let of_system = with_last(system, points.system.as_ref()).map(|(at, ttl, _)| Point {
            place: Place::System(at),
            ttl,
            is_fixed: true,
        });
        let last = self.last_user();
        let of_messages = self.messages().iter().enumerate().flat_map(|(index, message)| {
            let new = points.last_user.as_ref().filter(|_| last == Some(index));
            with_last(&message.content, new).map(move |(at, ttl, is_fixed)| Point {
                place: Place::Message(index, at),
                ttl,
                is_fixed,
            })
        });
        of_tools.chain(of_system).chain(of_messages).collect()
    }

    fn last_user(&self) -> Option<usize> {
        self.messages().iter().rposition(|message| message.role == ConversationRole::User)
    }
}

/// The message and block of each cache point that has to go, the last first.
fn surplus(points: Vec<Point>) -> Result<Vec<(usize, usize)>, CachePointError> {
    let mut kept: Vec<Point> = Vec::new();
    let mut surplus = Vec::new();
    for point in points.into_iter().rev() {
        // spec: bedrock#cache-ttl "ttl: Optional TTL duration for cache entries.", not longer than an earlier one
        // AWS's API reference, CachePointBlock: the times to live of tools, system prompt and messages do not increase.
        let is_longer = |later: &Point| point.ttl.zip(later.ttl).is_some_and(|(ttl, later)| ttl < later);
        if !point.is_fixed && kept.iter().any(is_longer) {
            surplus.push(point);
            continue;
        }
        if let Some(later) = kept.iter().find(|later| later.is_fixed && is_longer(later)) {
            return Err(CachePointError::TtlOrder(point.place.to_string(), later.place.to_string()));
        }
        let (longer, fitting): (Vec<_>, Vec<_>) = kept.into_iter().partition(is_longer);
        surplus.extend(longer);
        kept = fitting;
        kept.push(point);
    }
    while kept.len() > MAX_CACHE_POINTS {
        let Some(earliest) = kept.iter().rposition(|point| !point.is_fixed) else {
            return Err(CachePointError::TooMany(kept.len()));
        };
        surplus.push(kept.remove(earliest));
    }
    let mut places: Vec<_> = surplus.into_iter().filter_map(|point| point.place.in_messages()).collect();
    places.sort_unstable_by(|a, b| b.cmp(a));
    Ok(places)
}

impl Place {
    fn in_messages(self) -> Option<(usize, usize)> {
        match self {
            Self::Message(message, block) => Some((message, block)),
            Self::Tool(_) | Self::System(_) => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tool(at) => write!(f, "toolConfig.tools[{at}]"),
            Self::System(at) => write!(f, "system[{at}]"),
            Self::Message(message, block) => write!(f, "messages[{message}].content[{block}]"),
        }
    }
}

/// An entry of a list that may be a cache point.
trait MaybePoint: From<CachePointBlock> {
    fn point(&self) -> Option<&CachePointBlock>;
}

macro_rules! maybe_point {
    ($($union:ident),*) => {$(
        impl MaybePoint for $union {
            fn point(&self) -> Option<&CachePointBlock> {
                match self {
                    Self::CachePoint(point) => Some(point),
                    _ => None,
                }
            }
        }
    )*};
}
maybe_point!(Tool, SystemContentBlock, ContentBlock);

/// Index and time to live of each cache point of a list, with the one that [`set_last`] would set, for which the flag is
/// true.
fn with_last<T: MaybePoint>(
    list: &[T],
    new: Option<&CachePointBlock>,
) -> impl Iterator<Item = (usize, Option<u32>, bool)> {
    let new = new.filter(|_| has_content(list));
    let kept = match list.split_last() {
        Some((last, rest)) if new.is_some() && last.point().is_some() => rest,
        _ => list,
    };
    let kept_points =
        kept.iter().enumerate().filter_map(|(at, entry)| Some((at, seconds(entry.point()?), false)));
    kept_points.chain(new.map(|new| (kept.len(), seconds(new), true)))
}

/// Sets the cache point at the end of a list with content.
fn set_last<T: MaybePoint>(list: &mut Vec<T>, new: Option<&CachePointBlock>) {
    if let Some(new) = new.filter(|_| has_content(list)) {
        let point = new.clone().into();
        match list.last_mut() {
            Some(last) if last.point().is_some() => *last = point,
            _ => list.push(point),
        }
    }
}

fn has_content<T: MaybePoint>(list: &[T]) -> bool {
    list.iter().any(|entry| entry.point().is_none())
}

/// Time to live of a cache point: five minutes if unset.
fn seconds(point: &CachePointBlock) -> Option<u32> {
    match &point.ttl {
        None | Some(CacheTtl::FiveMinutes) => Some(300),
        Some(CacheTtl::OneHour) => Some(3600),
        Some(CacheTtl::Unknown(_)) => None,
    }
}

/// Error for cache points that the service would refuse. Displays the paths of both, or their number.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CachePointError {
    /// The cache point at the first path has a shorter time to live than the later one at the second path.
    TtlOrder(String, String),
    /// The tools, the system prompt and the last user message have more than four cache points: this many.
    TooMany(usize),
}

impl fmt::Display for CachePointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TtlOrder(earlier, later) => {
                write!(f, "the cache point at {earlier} has a shorter ttl than the later one at {later}")
            }
            Self::TooMany(found) => {
                write!(f, "{found} cache points, but at most {MAX_CACHE_POINTS} are allowed")
            }
        }
    }
}

impl core::error::Error for CachePointError {}

#[cfg(test)]
mod tests;
