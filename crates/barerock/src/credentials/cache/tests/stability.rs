//! Statically stable credentials.

use super::*;

/// The key, and why the refresh before failed.
fn key_and_error(cache: &CachedCredentials) -> (String, Option<String>) {
    let provided = block_on(cache.provide()).unwrap();
    let error = provided.refresh_error.map(|error| error.to_string());
    (provided.credentials.access_key_id().to_owned(), error)
}

#[test]
fn statically_stable_credentials_outlive_an_outage() {
    const NONE: &str = "test credentials: there are none";
    let source = Source::stable(Some(HOUR));
    for (jitter, wait) in [(0.0, 600), (1.0, 300), (0.5, 450)] {
        let cache = source.cached(jitter);
        source.life(Some(HOUR));
        source.at(0);
        let first = key(&cache).unwrap();
        let before = source.calls();
        source.life(None);
        // The first caller after the expiry waits for the refresh, and learns why it failed.
        source.at(2 * HOUR);
        assert_eq!(key_and_error(&cache), (first.clone(), Some(NONE.to_owned())));
        assert_eq!(source.calls(), before + 1);
        source.at(2 * HOUR + wait - 1);
        assert_eq!(key_and_error(&cache), (first.clone(), Some(NONE.to_owned())));
        assert_eq!(source.calls(), before + 1, "jitter {jitter}");
        source.at(2 * HOUR + wait);
        assert_eq!(key(&cache), Ok(first.clone()));
        assert_eq!(source.calls(), before + 2, "jitter {jitter}");
        // The end of the outage.
        source.life(Some(HOUR));
        source.at(2 * HOUR + 2 * wait);
        let (new, error) = key_and_error(&cache);
        assert!(new != first && error.is_none(), "{new} {error:?}");
    }
}

#[test]
fn one_caller_refreshes_while_the_others_use_expired_credentials() {
    let source = Source::stable(Some(HOUR));
    let cache = source.cached(0.0);
    key(&cache).unwrap();
    source.life(None);
    source.at(2 * HOUR);
    key(&cache).unwrap();
    source.at(3 * HOUR);
    source.shut();
    let mut first = cache.provide();
    assert!(poll(&mut first).is_pending());
    assert_eq!(key(&cache), Ok("KEY1".to_owned()));
    source.open();
    assert_eq!(block_on(first).unwrap().credentials.access_key_id(), "KEY1");
}

#[test]
fn credentials_that_come_expired_are_used_if_they_are_statically_stable() {
    let source = Source::stable(Some(0));
    let cache = source.cached(0.0);
    assert_eq!(key_and_error(&cache), ("KEY1".to_owned(), None));
    source.at(599);
    let (old, error) = key_and_error(&cache);
    assert!(old == "KEY1" && error.unwrap().contains("expired at"), "{old}");
    source.at(600);
    assert_eq!(key(&cache), Ok("KEY2".to_owned()));
    // They do not replace credentials that have not expired.
    let source = Source::stable(Some(HOUR));
    let cache = source.cached(0.0);
    key(&cache).unwrap();
    source.life(Some(0));
    source.at(55 * 60);
    assert_eq!((key(&cache), source.calls()), (Ok("KEY1".to_owned()), 2));
    assert_eq!((key(&cache), source.calls()), (Ok("KEY1".to_owned()), 2));
    source.at(HOUR);
    assert_eq!((key(&cache), source.calls()), (Ok("KEY3".to_owned()), 3));
}

#[test]
fn statically_stable_credentials_that_the_service_refused_are_not_used() {
    let source = Source::stable(Some(HOUR));
    let cache = source.cached(0.0);
    key(&cache).unwrap();
    source.life(None);
    source.at(2 * HOUR);
    key(&cache).unwrap();
    cache.refused(&Credentials::new("KEY1", "s", None));
    assert_eq!(key(&cache), Err("test credentials: there are none".to_owned()));
}
