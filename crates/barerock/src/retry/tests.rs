use super::*;
use barerock_converse::ServiceError;
use http::{HeaderMap, StatusCode};

const NOW: Duration = Duration::from_secs(1_700_000_000);

fn throttled() -> Failure {
    Failure::new(RetryClass::Throttling)
}

fn transient() -> Failure {
    Failure::new(RetryClass::Transient)
}

/// The longest wait after each failure, in milliseconds: `min(base * 2^i, 20 s)`.
#[test]
fn waits_double_up_to_twenty_seconds() {
    for (failure, longest) in [
        (transient(), [50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 20_000, 20_000]),
        (throttled(), [1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000, 20_000, 20_000, 20_000, 20_000]),
    ] {
        let mut most = [Duration::ZERO; 11];
        let mut least = [Duration::MAX; 11];
        for seed in 0..2_000 {
            let mut retries = Retries::new(&RetryPolicy::standard().max_attempts(12), seed);
            let mut call = Attempts::default();
            for round in 0..11 {
                retries.before_attempt(&mut call, NOW);
                let Decision::Wait(wait) = retries.after_failure(&mut call, &failure, NOW) else { panic!() };
                most[round] = most[round].max(wait);
                least[round] = least[round].min(wait);
            }
        }
        for (round, longest) in longest.into_iter().enumerate() {
            let longest = Duration::from_millis(longest);
            assert!(most[round] <= longest && most[round] > longest.mul_f64(0.99), "{round}: {most:?}");
            assert!(least[round] < longest.mul_f64(0.01), "{round}: {least:?}");
        }
    }
}

#[test]
fn equal_seeds_wait_equally() {
    let waits = |seed| {
        let mut retries = Retries::new(&RetryPolicy::standard(), seed);
        let mut call = Attempts::default();
        [(); 2].map(|()| {
            retries.before_attempt(&mut call, NOW);
            retries.after_failure(&mut call, &throttled(), NOW)
        })
    };
    assert_eq!(waits(1), waits(1));
    assert_ne!(waits(1), waits(2));
}

/// `max(t_i, min(hint, t_i + 5 s))`
#[test]
fn the_hint_lengthens_a_wait_within_bounds() {
    for seed in 0..100 {
        let wait = |hint: Option<u64>| {
            let mut retries = Retries::new(&RetryPolicy::standard(), seed);
            let mut call = Attempts::default();
            retries.before_attempt(&mut call, NOW);
            let failure = throttled().retry_after(hint.map(Duration::from_millis));
            let Decision::Wait(wait) = retries.after_failure(&mut call, &failure, NOW) else { panic!() };
            wait
        };
        let own = wait(None);
        assert_eq!(wait(Some(0)), own);
        assert_eq!(wait(Some(1_500)), Duration::from_millis(1_500));
        assert_eq!(wait(Some(600_000)), own + Duration::from_secs(5));
        assert_eq!(wait(Some(u64::MAX)), own + Duration::from_secs(5));
    }
}

#[test]
fn three_attempts_and_no_more() {
    let mut retries = Retries::new(&RetryPolicy::standard(), 1);
    let mut call = Attempts::default();
    for number in 1..=2 {
        retries.before_attempt(&mut call, NOW);
        assert_eq!(call.number(), number);
        assert!(matches!(retries.after_failure(&mut call, &transient(), NOW), Decision::Wait(_)));
    }
    retries.before_attempt(&mut call, NOW);
    assert_eq!(retries.after_failure(&mut call, &transient(), NOW), Decision::NoAttemptsLeft);

    let mut call = Attempts::default();
    retries.before_attempt(&mut call, NOW);
    assert_eq!(retries.after_failure(&mut call, &Failure::permanent(), NOW), Decision::NotRetryable);

    let mut retries = Retries::new(&RetryPolicy::off(), 1);
    let mut call = Attempts::default();
    retries.before_attempt(&mut call, NOW);
    assert_eq!(retries.after_failure(&mut call, &transient(), NOW), Decision::NoAttemptsLeft);
}

/// 500 tokens pay 35 retries at 14, or 100 at 5; what a mended call paid last comes back.
#[test]
fn tokens_run_out_and_come_back() {
    for (failure, retries_paid) in [(transient(), 35), (throttled(), 100)] {
        let mut retries = Retries::new(&RetryPolicy::standard(), 1);
        let mut fail = |call: &mut Attempts| {
            retries.before_attempt(call, NOW);
            retries.after_failure(call, &failure, NOW)
        };
        let mut paid = 0;
        loop {
            match fail(&mut Attempts::default()) {
                Decision::Wait(_) => paid += 1,
                decision => break assert_eq!(decision, Decision::NoTokensLeft),
            }
        }
        assert_eq!(paid, retries_paid);
    }

    let mut retries = Retries::new(&RetryPolicy::standard(), 1);
    let mut mended = Attempts::default();
    retries.before_attempt(&mut mended, NOW);
    retries.after_failure(&mut mended, &throttled(), NOW);
    retries.after_failure(&mut mended, &transient(), NOW);
    assert_eq!(format!("{:?}", retries.quota), "RetryQuota(481)");
    retries.after_success(&mended, NOW); // the last retry's 14 alone
    assert_eq!(format!("{:?}", retries.quota), "RetryQuota(495)");
    for _ in 0..10 {
        retries.after_success(&Attempts::default(), NOW); // one each
    }
    assert_eq!(format!("{:?}", retries.quota), "RetryQuota(500)");
}

#[test]
fn modes_by_name() {
    assert_eq!("Standard".parse(), Ok(RetryMode::Standard));
    assert_eq!("adaptive".parse().map(RetryPolicy::of).unwrap().mode(), RetryMode::Adaptive);
    let error = |text: &str| text.parse::<RetryMode>().unwrap_err().to_string();
    assert_eq!(error("legacy"), r#""legacy" is supported by boto3 only: expected standard or adaptive"#);
    assert_eq!(error("fast"), r#""fast" is not a retry mode: expected standard or adaptive"#);
    assert_eq!(RetryPolicy::standard().max_attempts(0).attempts(), 1);
}

#[test]
fn classes() {
    use RetryClass::{Throttling, Transient};
    for (status, code, message, class) in [
        (429, "ThrottlingException", "Too many tokens, please wait before trying again.", Some(Throttling)),
        (429, "ThrottlingException", "Too many requests, please wait before trying again.", Some(Throttling)),
        (429, "ThrottlingException", "Too many tokens per day, please wait before trying again.", None),
        (429, "", "", Some(Throttling)),
        (429, "SomethingNew", "", Some(Throttling)),
        (429, "ModelNotReadyException", "", Some(Transient)),
        (400, "ThrottlingException", "", Some(Throttling)),
        (400, "SlowDown", "", Some(Throttling)),
        (400, "RequestTimeout", "", Some(Transient)),
        (400, "ValidationException", "", None),
        (400, "ValidationException", "at most 5 per day", None),
        (400, "ServiceQuotaExceededException", "", None),
        (403, "AccessDeniedException", "", None),
        (404, "ResourceNotFoundException", "", None),
        (408, "ModelTimeoutException", "", None),
        (424, "ModelErrorException", "", None),
        (424, "ModelStreamErrorException", "", None),
        (500, "ModelErrorException", "", None),
        (500, "InternalServerException", "", Some(Transient)),
        (500, "", "", Some(Transient)),
        (501, "", "", None),
        (502, "", "", Some(Transient)),
        (503, "ServiceUnavailableException", "", Some(Transient)),
        (504, "", "", Some(Transient)),
        (200, "UnknownOperationException", "", None),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert("x-amzn-errortype", code.parse().unwrap());
        let body = serde_json::json!({ "message": message }).to_string();
        let error = ServiceError::from_http(StatusCode::from_u16(status).unwrap(), &headers, body.as_bytes());
        assert_eq!(RetryClass::of_service_error(&error), class, "{status} {code} {message}");
    }
}
