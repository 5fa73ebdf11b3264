//! Tests that the types cover every member of the service model: values survive JSON -> type -> JSON.

use core::fmt::Debug;
use std::collections::BTreeSet;

use barerock_converse::stream::{EventDecoder, StreamError, StreamEvent};
use barerock_converse::types::{ConverseTrace, Document};
use barerock_converse::{
    ApplyGuardrailRequest, ApplyGuardrailResponse, ConverseRequest, ConverseResponse, CountTokensRequest,
    CountTokensResponse, Endpoint, InvokeGuardrailChecksRequest, InvokeGuardrailChecksResponse, ServiceError,
};
use barerock_eventstream::{Header, encode_frame};
use barerock_test_data::report_cases;
use barerock_tests::model::{Kind, Model, Need, Type};
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Map, Value, json};

/// The resulting JSON, and the `Debug` text of the value.
type Back = Result<(Value, String), String>;

type ThereAndBack = fn(&Value) -> Back;

/// Top-level shapes, with their conversion to the type and back.
const ROOTS: [(&str, ThereAndBack); 11] = [
    ("ConverseRequest", |given| {
        let request: ConverseRequest = read(given)?;
        Ok(written(&request, request.to_http(&endpoint()), &[("modelId", &request.model_id)]))
    }),
    ("ConverseStreamRequest", |given| {
        let request: ConverseRequest = read(given)?;
        Ok(written(&request, request.to_http_stream(&endpoint()), &[("modelId", &request.model_id)]))
    }),
    ("ConverseResponse", |given| {
        let mut response: ConverseResponse = read_answer(given, ConverseResponse::from_http)?;
        let trace = response.read_trace().map_err(|error| error.to_string())?;
        response.trace = trace.as_ref().map(rewritten);
        Ok((serde_json::to_value(&response).unwrap(), format!("{response:?} {trace:?}")))
    }),
    ("ConverseStreamOutput", event),
    ("ConverseTrace", |given| whole(read::<ConverseTrace>(given)?)),
    ("CountTokensRequest", |given| {
        let request: CountTokensRequest = read(given)?;
        Ok(written(&request, request.to_http(&endpoint()), &[("modelId", &request.model_id)]))
    }),
    ("CountTokensResponse", |given| whole(read_answer(given, CountTokensResponse::from_http)?)),
    ("ApplyGuardrailRequest", |given| {
        let request: ApplyGuardrailRequest = read(given)?;
        let in_path = [
            ("guardrailIdentifier", &*request.guardrail_identifier),
            ("guardrailVersion", &*request.guardrail_version),
        ];
        Ok(written(&request, request.to_http(&endpoint()), &in_path))
    }),
    ("ApplyGuardrailResponse", |given| whole(read_answer(given, ApplyGuardrailResponse::from_http)?)),
    ("InvokeGuardrailChecksRequest", |given| {
        let request: InvokeGuardrailChecksRequest = read(given)?;
        Ok(written(&request, request.to_http(&endpoint()), &[]))
    }),
    ("InvokeGuardrailChecksResponse", |given| {
        whole(read_answer(given, InvokeGuardrailChecksResponse::from_http)?)
    }),
];

fn endpoint() -> Endpoint {
    Endpoint::for_region("us-east-1").unwrap()
}

fn read<T: serde::de::DeserializeOwned>(given: &Value) -> Result<T, String> {
    serde_json::from_str(&given.to_string()).map_err(|error| error.to_string())
}

fn read_answer<T, E: ToString>(
    given: &Value,
    from_http: impl Fn(StatusCode, &HeaderMap, &[u8]) -> Result<T, E>,
) -> Result<T, String> {
    from_http(StatusCode::OK, &HeaderMap::new(), given.to_string().as_bytes())
        .map_err(|error| error.to_string())
}

fn whole(value: impl serde::Serialize + Debug) -> Back {
    Ok((serde_json::to_value(&value).unwrap(), format!("{value:?}")))
}

fn rewritten(trace: &ConverseTrace) -> Document {
    Document::from_serialize(trace).unwrap()
}

/// Returns the request body with the path members added.
fn written<E: Debug>(
    request: &impl Debug,
    sent: Result<Request<Bytes>, E>,
    in_path: &[(&str, &str)],
) -> (Value, String) {
    let sent = sent.unwrap();
    let mut body: Value = serde_json::from_slice(sent.body()).unwrap();
    for (name, value) in in_path {
        body[*name] = (*value).into();
    }
    (body, format!("{request:?}"))
}

/// Encodes `{"messageStart": {…}}` as a frame and decodes it; an exception becomes an error.
fn event(given: &Value) -> Back {
    let (name, payload) = given.as_object().unwrap().iter().next().unwrap();
    let kind = if name.ends_with("Exception") { "exception" } else { "event" };
    let type_header = format!(":{kind}-type");
    let headers = [Header::new(&type_header, &**name), Header::new(":message-type", kind)];
    let mut frame = Vec::new();
    encode_frame(&headers, payload.to_string().as_bytes(), &mut frame).unwrap();
    let mut decoder = EventDecoder::new();
    match decoder.next_event(&mut &frame[..]) {
        Ok(Some(StreamEvent::Metadata(mut metadata))) => {
            let trace = metadata.read_trace().map_err(|error| error.to_string())?;
            metadata.trace = trace.as_ref().map(rewritten);
            Ok((json!({"metadata": *metadata}), format!("{metadata:?} {trace:?}")))
        }
        Ok(Some(event)) => whole(event),
        Err(StreamError::Exception(error)) => Ok((json!({&**name: members(&error)}), format!("{error:?}"))),
        other => Err(format!("{other:?}")),
    }
}

/// Returns the members of an error body.
fn members(error: &ServiceError) -> Value {
    let text = |text: &String| Some(Value::from(text.clone()));
    // `originalMessage` replaces a missing message.
    let has_message = !error.message.is_empty() && error.original_message.as_ref() != Some(&error.message);
    let members = [
        ("message", Some(&error.message).filter(|_| has_message).and_then(text)),
        ("originalStatusCode", error.original_status_code.map(Value::from)),
        ("originalMessage", error.original_message.as_ref().and_then(text)),
        ("resourceName", error.resource_name.as_ref().and_then(text)),
    ];
    members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect::<Map<_, _>>()
        .into()
}

/// Known differences, with the reason.
const DIFFERENCES: [(&str, &str); 2] = [
    ("ConverseRequest.messages", "a conversation without messages is sent without the member"),
    ("ConverseStreamRequest.messages", "the same"),
];

// spec-test: bedrock#unknown-value
#[test]
fn every_member_survives() {
    let model = Model::load();
    let (mut ran, mut differ, mut missing) = (0, 0, Vec::new());
    for (root, there_and_back) in ROOTS {
        for sample in model.samples(root, &Type::Named(root.to_owned())) {
            ran += 1;
            if DIFFERENCES.iter().any(|(path, _)| *path == sample.path) {
                differ += 1;
                continue;
            }
            match there_and_back(&sample.given) {
                Err(error) => {
                    missing.push(format!("{}: {} cannot be read: {error}", sample.path, sample.given))
                }
                Ok((back, _)) if back != sample.kept => {
                    missing.push(format!("{}: {} came back as {back}", sample.path, sample.given));
                }
                Ok((_, inside)) if inside.contains("Unknown(") == sample.is_known => {
                    missing.push(format!("{}: {} is {inside}", sample.path, sample.given));
                }
                Ok(_) => {}
            }
        }
    }
    report_cases(ran, "values of members of the model");
    assert_eq!(differ, DIFFERENCES.len(), "a path of DIFFERENCES no longer stands for one value");
    assert!(missing.is_empty(), "{} of {ran}:\n{}", missing.len(), missing.join("\n"));
}

// spec-test: bedrock#error-status
#[test]
fn every_error_has_its_status_and_members() {
    let model = Model::load();
    let mut ran = 0;
    for (name, shape) in model.shapes() {
        let Kind::Exception(status) = shape.kind else { continue };
        for sample in model.samples(name, &Type::Named(name.to_owned())) {
            let headers =
                [("x-amzn-errortype".parse().unwrap(), name.parse().unwrap())].into_iter().collect();
            let status = StatusCode::from_u16(status).unwrap();
            let error = ServiceError::from_http(status, &headers, sample.given.to_string().as_bytes());
            assert_eq!((&*error.code, members(&error)), (name, sample.kept), "{}", sample.path);
            ran += 1;
        }
        // In a stream, the status is that of the service model.
        let in_stream = name[..1].to_lowercase() + &name[1..];
        let (_, inside) = event(&json!({in_stream: {}})).unwrap();
        assert!(inside.contains(&format!("status: {status}, code: {name:?}")), "{inside}");
    }
    report_cases(ran, "errors of the model");
    assert_eq!(model.shapes().filter(|(_, shape)| matches!(shape.kind, Kind::Exception(_))).count(), 12);
}

/// Tests that the traversal reaches every shape, which the test above relies on.
#[test]
fn every_shape_is_walked() {
    fn visit<'a>(model: &'a Model, r#type: &'a Type, seen: &mut BTreeSet<&'a str>) {
        match r#type {
            Type::Named(name) if seen.insert(name) => {
                let shape = model.shape(name);
                if let Kind::Scalar(r#type) = &shape.kind {
                    visit(model, r#type, seen);
                }
                shape.members.iter().for_each(|member| visit(model, &member.r#type, seen));
            }
            Type::List(item, _) => visit(model, item, seen),
            Type::Map(key, value, _) => {
                visit(model, key, seen);
                visit(model, value, seen);
            }
            _ => {}
        }
    }
    let model = Model::load();
    let roots: Vec<_> = ROOTS.iter().map(|(name, _)| Type::Named((*name).to_owned())).collect();
    let mut seen = BTreeSet::new();
    roots.iter().for_each(|root| visit(&model, root, &mut seen));
    for (name, shape) in model.shapes().filter(|(name, _)| !seen.contains(name)) {
        // Its only member, `stream`, is covered by the events.
        let is_walked_elsewhere =
            name == "ConverseStreamResponse" || matches!(shape.kind, Kind::Exception(_));
        assert!(is_walked_elsewhere, "nothing leads to {name}");
    }
    let members: usize = model.shapes().map(|(_, shape)| shape.members.len()).sum();
    let required =
        model.shapes().flat_map(|(_, shape)| &shape.members).filter(|member| member.need == Need::Required);
    println!("{} shapes, {members} members, {} of them required", model.shapes().count(), required.count());
}
