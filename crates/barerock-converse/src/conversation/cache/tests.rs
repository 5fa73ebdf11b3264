use serde_json::{Value, json};

use super::*;
use crate::request::ConverseRequest;
use crate::types::Message;

const HOUR: CacheTtl = CacheTtl::OneHour;
const MINUTES: CacheTtl = CacheTtl::FiveMinutes;

fn point(ttl: CacheTtl) -> CachePointBlock {
    CachePointBlock::default().ttl(ttl)
}

fn conversation() -> Conversation {
    let request = ConverseRequest::new("m", [Message::user("0")]).system("be brief");
    Conversation::new(request.tool(Tool::new("t", json!({"type": "object"}))))
}

/// Appends a response and a prompt.
fn go_on(conversation: &mut Conversation) {
    conversation.push_response(Message::assistant("yes")).unwrap();
    conversation.push_user("more");
}

/// Where the cache points are, with their time to live.
fn found(conversation: &Conversation) -> Vec<String> {
    let points = conversation.cache_points(&CachePoints::new());
    let ttl = |ttl: Option<u32>| ttl.map_or("?".to_owned(), |ttl| ttl.to_string());
    points.iter().map(|point| format!("{} {}", point.place, ttl(point.ttl))).collect()
}

#[test]
fn points_follow_what_they_cache() {
    let mut conversation = conversation();
    conversation.set_cache_points(&CachePoints::everywhere().tools(point(HOUR))).unwrap();
    let request = serde_json::to_value(conversation.request()).unwrap();
    let point = json!({"cachePoint": {"type": "default"}});
    assert_eq!(request["toolConfig"]["tools"][1], json!({"cachePoint": {"type": "default", "ttl": "1h"}}));
    assert_eq!(request["system"], json!([{"text": "be brief"}, point]));
    assert_eq!(request["messages"], json!([{"role": "user", "content": [{"text": "0"}, point]}]));
    // Again, with another time to live: replaced.
    let before = conversation.clone();
    conversation
        .set_cache_points(&CachePoints::everywhere().tools(CachePointBlock::default().ttl(HOUR)))
        .unwrap();
    assert_eq!(conversation, before);
    // A response comes after the last user message.
    conversation.push_response(Message::assistant("yes")).unwrap();
    conversation.set_cache_points(&CachePoints::everywhere().tools(CachePointBlock::default())).unwrap();
    assert_eq!(
        found(&conversation),
        ["toolConfig.tools[1] 300", "system[1] 300", "messages[0].content[1] 300"]
    );
}

#[test]
fn a_place_without_content_gets_none() {
    let mut conversation = Conversation::new(ConverseRequest::new("m", []));
    conversation.set_cache_points(&CachePoints::everywhere()).unwrap();
    assert_eq!(serde_json::to_value(conversation.request()).unwrap(), json!({}));
}

#[test]
fn of_more_than_four_the_earliest_in_messages_go() {
    let mut conversation = conversation();
    for _ in 0..6 {
        conversation.set_cache_points(&CachePoints::everywhere()).unwrap();
        conversation.request().validate().unwrap();
        go_on(&mut conversation);
    }
    let points = found(&conversation);
    assert_eq!(points.len(), 4);
    assert_eq!(points[2..], ["messages[8].content[1] 300", "messages[10].content[1] 300"]);
}

// spec-test: bedrock#cache-ttl
#[test]
fn a_longer_time_to_live_comes_first() {
    let mut conversation = conversation();
    let before = conversation.clone();
    let later_is_longer = CachePoints::new().tools(point(MINUTES)).last_user(point(HOUR));
    let error = conversation.set_cache_points(&later_is_longer).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the cache point at toolConfig.tools[1] has a shorter ttl than the later one at messages[0].content[1]"
    );
    assert_eq!(conversation, before);
    // Unset is five minutes.
    assert!(conversation.set_cache_points(&CachePoints::everywhere().last_user(point(HOUR))).is_err());
    // One left behind by an earlier turn goes instead.
    conversation.set_cache_points(&CachePoints::new().last_user(point(MINUTES))).unwrap();
    go_on(&mut conversation);
    conversation.set_cache_points(&CachePoints::new().last_user(point(HOUR))).unwrap();
    assert_eq!(found(&conversation), ["messages[2].content[1] 3600"]);
    // And so does a longer one after the system prompt's.
    conversation.set_cache_points(&CachePoints::everywhere()).unwrap();
    assert_eq!(found(&conversation)[2..], ["messages[2].content[1] 300"]);
    // A time to live that this crate does not know is compared with no other.
    conversation.set_cache_points(&CachePoints::everywhere().system(point("1d".into()))).unwrap();
    assert_eq!(found(&conversation)[1], "system[1] ?");
}

#[test]
fn points_of_the_callers_own_in_tools_and_system_stay() {
    let mut request = ConverseRequest::new("m", [Message::user("0")]);
    for _ in 0..5 {
        request = request.system("more").system(CachePointBlock::default());
    }
    let mut conversation = Conversation::new(request);
    let before = conversation.clone();
    let error = conversation.set_cache_points(&CachePoints::everywhere()).unwrap_err();
    assert_eq!(error, CachePointError::TooMany(6));
    assert_eq!(conversation, before);
}

/// Whatever was there before, the request is one that the service takes, or unchanged.
#[test]
fn every_combination_is_in_order() {
    let ttls = [None, Some(MINUTES), Some(HOUR)];
    let some = |at: usize| ttls[at % 3].clone().map(point);
    for case in 0..3_usize.pow(6) {
        let digit = |place: u32| case / 3_usize.pow(place);
        let mut conversation = conversation();
        let mut plan = CachePoints::new();
        (plan.tools, plan.system, plan.last_user) = (some(digit(0)), some(digit(1)), some(digit(2)));
        let mut other = CachePoints::new();
        (other.tools, other.system, other.last_user) = (some(digit(3)), some(digit(4)), some(digit(5)));
        let _ = conversation.set_cache_points(&plan);
        go_on(&mut conversation);
        let before = conversation.clone();
        if conversation.set_cache_points(&other).is_err() {
            assert_eq!(conversation, before);
        }
        let points = conversation.cache_points(&CachePoints::new());
        assert!(points.len() <= MAX_CACHE_POINTS);
        assert!(points.windows(2).all(|pair| pair[0].ttl >= pair[1].ttl), "{points:?}");
        let texts = |value: &Value| value.to_string().matches("\"text\"").count();
        assert_eq!(texts(&serde_json::to_value(conversation.request()).unwrap()), 4);
    }
}
