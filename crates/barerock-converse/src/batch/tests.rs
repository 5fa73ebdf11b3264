use http::{HeaderMap, StatusCode};

use super::*;

const BODY: &str = r#"{ "messages" : [{"role":"user","content":[{"text":"a\u0062"}]}], "x": 1.50 }"#;

fn record() -> BatchRecord {
    BatchRecord::parse(format!(r#"{{"modelInput":{BODY},"recordId":"a\"b","note":[]}}"#).as_bytes(), 3)
        .unwrap()
}

fn response(body: &str) -> ConverseResponse {
    ConverseResponse::from_http(StatusCode::OK, &HeaderMap::new(), body.as_bytes()).unwrap()
}

#[test]
fn input_and_output_pass_through_unchanged() {
    let record = record();
    assert_eq!((record.record_id(), record.line(), record.model_input().as_json()), ("a\"b", 3, BODY));
    let output =
        r#"{"stopReason" : "end_turn","output":{"message":{"content":[],"role":"assistant"}}, "new":1e1}"#;
    let line = record.output_line(&response(output));
    assert_eq!(line, format!("{{\"recordId\":\"a\\\"b\",\"modelInput\":{BODY},\"modelOutput\":{output}}}\n"));
    let read = BatchOutput::parse(line.as_bytes()).unwrap();
    assert_eq!((&*read.record_id, read.model_input), ("a\"b", Some(record.model_input().clone())));
    let BatchOutcome::Output(document) = read.outcome else { panic!() };
    assert_eq!(document.as_json(), output);
}

#[test]
fn a_record_is_one_line() {
    let pretty = "{\n  \"stopReason\": \"a \\n b\",\r\n  \"output\": {}\n}\n";
    let line = record().output_line(&response(pretty));
    assert_eq!(line.matches('\n').count(), 1);
    assert!(line.contains(r#""modelOutput":{"stopReason":"a \n b","#), "{line}");
    let error = record().error_line(&BatchError::new(429, "a\nb \"c\" \u{1}"));
    assert_eq!(error.matches('\n').count(), 1);
    let BatchOutcome::Error(read) = BatchOutput::parse(error.as_bytes()).unwrap().outcome else { panic!() };
    assert_eq!(read, BatchError::new(429, "a\nb \"c\" \u{1}"));
}

#[test]
fn an_id_is_made_of_the_line() {
    for id in ["", r#""recordId":null,"#] {
        let record = BatchRecord::parse(format!(r#"{{{id}"modelInput":{{}}}}"#).as_bytes(), 42).unwrap();
        assert_eq!(record.record_id(), "LINE0000042");
    }
    assert_eq!(generated_id(u64::MAX), "LINE18446744073709551615");
    let marked = BatchRecord::parse("\u{feff} {\"modelInput\":{}} \r".as_bytes(), 1).unwrap();
    assert_eq!(marked.model_input().as_json(), "{}");
}

#[test]
fn a_broken_line_names_its_number() {
    for (line, id, input, why) in [
        (
            &b"{\"recordId\":\"a\""[..],
            "LINE0000007",
            "null",
            "line 7: invalid JSON at byte 15 (end of input)",
        ),
        (b"[1]", "LINE0000007", "null", "line 7: not a JSON object"),
        (b"{}{}", "LINE0000007", "null", "line 7: invalid JSON at byte 2"),
        (b"{\"a\":\"\xff\"}", "LINE0000007", "null", "line 7: invalid UTF-8 at byte 6"),
        (br#"{"recordId":7,"modelInput":{}}"#, "LINE0000007", "{}", "line 7: recordId is not a string"),
        (br#"{"recordId":"","modelInput":{}}"#, "LINE0000007", "{}", "line 7: recordId is empty"),
        (br#"{"recordId":"a"}"#, "a", "null", "line 7: modelInput is missing"),
        (br#"{"recordId":"a","modelInput":[1]}"#, "a", "[1]", "line 7: modelInput is not an object"),
    ] {
        let error = BatchRecord::parse(line, 7).unwrap_err();
        assert!(error.to_string().starts_with(why), "{error}");
        assert_eq!((error.record_id(), error.line()), (id, 7));
        let text = error.error_line();
        let start = format!(
            r#"{{"recordId":"{id}","modelInput":{input},"error":{{"errorCode":400,"errorMessage":"line 7: "#
        );
        assert!(text.starts_with(&start), "{text}");
        BatchOutput::parse(text.as_bytes()).unwrap();
    }
    assert_eq!(InvalidRecord::too_long(2, 9).to_string(), "line 2: longer than 9 bytes");
}

/// Every line cut at every byte is an error and not a panic, and is recognised as the end of a stopped output.
#[test]
fn every_cut_is_recognised() {
    let line = record().error_line(&BatchError::new(400, "ä"));
    let whole = line.trim_end();
    for end in 0..whole.len() {
        let cut = whole.as_bytes().get(..end).unwrap();
        assert_eq!(tail(cut), Tail::Torn, "{end}");
        assert!(BatchRecord::parse(cut, 1).is_err() && BatchOutput::parse(cut).is_err());
    }
    assert_eq!(tail(whole.as_bytes()), Tail::Whole);
    for other in ["hello", "{\"modelInput\":{}", "{ \"recordId\":\"", "\0\0"] {
        assert_eq!(tail(other.as_bytes()), Tail::Foreign, "{other:?}");
    }
}

#[test]
fn the_model_is_that_of_the_batch_or_of_the_record() {
    let record = |model: &str| {
        let line = format!(r#"{{"modelInput":{{"messages":[]{model}}}}}"#);
        BatchRecord::parse(line.as_bytes(), 1).unwrap()
    };
    let model = |given: &str, batch| {
        let (checked, unchecked) = (record(given).request(batch), record(given).request_unchecked(batch));
        let model = checked.map(|(request, _)| request.model_id).map_err(|error| error.to_string());
        assert_eq!(model, unchecked.map(|request| request.model_id).map_err(|error| error.to_string()));
        model
    };
    let own = r#","modelId":"own""#;
    assert_eq!(model("", Some("m")), Ok("m".to_owned()));
    assert_eq!(model(own, None), Ok("own".to_owned()));
    assert_eq!(model(own, Some("own")), Ok("own".to_owned()));
    assert!(model("", None).unwrap_err().starts_with("no model"));
    let error = model(own, Some("m")).unwrap_err();
    assert_eq!(error, r#"modelInput.modelId is "own", but the model of the batch is "m""#);
    let wrong = BatchRecord::parse(br#"{"modelInput":{"max_tokens":5}}"#, 1).unwrap();
    assert!(wrong.request(Some("m")).unwrap_err().to_string().starts_with("invalid modelInput: max_tokens "));
}

/// However far a run came, the next one completes it: no record twice, none lost.
#[test]
fn a_stopped_batch_goes_on() {
    let input = ["a", "b", "a", "c", "a", "b"].map(|id| {
        BatchRecord::parse(format!(r#"{{"recordId":"{id}","modelInput":{{}}}}"#).as_bytes(), 1).unwrap()
    });
    // A run that stops after some lines, in any order of completion.
    let run = |output: &mut Vec<String>, most: usize, backwards: bool| {
        let mut progress = BatchProgress::default();
        for line in &*output {
            progress.add_output(line.as_bytes()).unwrap();
        }
        let lines = input.iter().filter_map(|record| match progress.take(record.record_id()) {
            RecordStatus::New => Some(record.output_line(&response("{}"))),
            RecordStatus::Done => None,
            RecordStatus::Duplicate => Some(record.duplicate_line()),
        });
        let mut lines: Vec<_> = lines.collect();
        if backwards {
            lines.reverse();
        }
        output.extend(lines.into_iter().take(most));
    };
    for most in 0..=6 {
        for backwards in [false, true] {
            let mut output = Vec::new();
            run(&mut output, most, backwards);
            run(&mut output, 6, !backwards);
            run(&mut output, 6, backwards);
            let outcome = |id: &str| {
                let outputs: Vec<_> =
                    output.iter().map(|line| BatchOutput::parse(line.as_bytes()).unwrap()).collect();
                let of_id = outputs.iter().filter(|output| output.record_id == id);
                let responses =
                    of_id.clone().filter(|output| matches!(output.outcome, BatchOutcome::Output(_)));
                (of_id.count(), responses.count())
            };
            assert_eq!([outcome("a"), outcome("b"), outcome("c")], [(3, 1), (2, 1), (1, 1)], "{most}");
        }
    }
    let mut progress = BatchProgress::default();
    assert!(progress.add_output(br#"{"recordId":"a","modelInput":{}}"#).is_err());
    progress.add_output(br#"{"recordId":"a","modelInput":{},"error":{"errorCode":429}}"#).unwrap();
    assert_eq!((progress.outputs(), progress.errors(), progress.take("a")), (0, 1, RecordStatus::Done));
}
