//! Tests that the shapes of `barerock-converse` are those of the service model. The model is not part of the project: it is the
//! file `BAREROCK_MODEL` names (`service-2.json`), else that of botocore in the Python installation.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use barerock_test_data::report_cases;
use barerock_tests::declared::{Declared, DeclaredMember, shapes};
use barerock_tests::workspace;
use serde_json::Value;

/// Prints the service model as JSON.
const SCRIPT: &str = "
import gzip, os, sys
path = os.environ.get('BAREROCK_MODEL')
if not path:
    import botocore
    folder = os.path.join(os.path.dirname(botocore.__file__), 'data', 'bedrock-runtime')
    path = os.path.join(folder, sorted(os.listdir(folder))[-1], 'service-2.json')
    path = path if os.path.exists(path) else path + '.gz'
with (gzip.open if path.endswith('.gz') else open)(path, 'rt', encoding='utf-8') as file:
    sys.stdout.write(file.read())
";

/// Our shapes with another name: several equal shapes of the model are one of ours.
const ALIASES: &[(&str, &[&str])] = &[
    ("CacheTtl", &["CacheTTL"]),
    ("ConverseMetrics", &["ConverseMetrics", "ConverseStreamMetrics"]),
    ("ConverseRequest", &["ConverseRequest", "ConverseStreamRequest"]),
    ("ConverseTrace", &["ConverseTrace", "ConverseStreamTrace"]),
    ("DocumentRangeLocation", &["DocumentCharLocation", "DocumentPageLocation", "DocumentChunkLocation"]),
    ("GuardrailConfiguration", &["GuardrailConfiguration", "GuardrailStreamConfiguration"]),
    ("GuardrailContentQualifier", &["GuardrailContentQualifier", "GuardrailConverseContentQualifier"]),
    ("GuardrailConverseContentBlock", &["GuardrailConverseContentBlock", "GuardrailContentBlock"]),
    ("GuardrailConverseImageBlock", &["GuardrailConverseImageBlock", "GuardrailImageBlock"]),
    ("GuardrailConverseImageFormat", &["GuardrailConverseImageFormat", "GuardrailImageFormat"]),
    ("GuardrailConverseImageSource", &["GuardrailConverseImageSource", "GuardrailImageSource"]),
    ("GuardrailConverseTextBlock", &["GuardrailConverseTextBlock", "GuardrailTextBlock"]),
    ("GuardrailPartCoverage", &["GuardrailTextCharactersCoverage", "GuardrailImageCoverage"]),
    (
        "GuardrailPolicyAction",
        &[
            "GuardrailContentPolicyAction",
            "GuardrailContextualGroundingPolicyAction",
            "GuardrailSensitiveInformationPolicyAction",
            "GuardrailTopicPolicyAction",
            "GuardrailWordPolicyAction",
        ],
    ),
    ("MetadataEvent", &["ConverseStreamMetadataEvent"]),
];

/// Our shapes that are not in the model.
const OWN: &[&str] = &[
    "Assembled",
    "Correction",
    "CorrectionKind",
    "MalformedToolInput",
    "ServiceError",
    "UnknownDelta",
    "UnknownEvent",
];

/// Differences from the model, with the reason.
const DIFFERENCES: &[(&str, &str)] = &[
    ("ConversationRole system", "the service takes it, and the model of guardrail checks has it"),
    ("ConverseRequest.streamProcessingMode", "only ConverseStream's guardrail has it"),
    ("GuardrailConfiguration.streamProcessingMode", "only ConverseStream's guardrail has it"),
    ("MetadataEvent.usage required", "gateways leave it out"),
    ("MetadataEvent.metrics required", "gateways leave it out"),
    ("ConverseResponse.trace type", "a document, so that its types are linked only where it is read"),
    ("MetadataEvent.trace type", "a document, so that its types are linked only where it is read"),
];

/// Members, values and shapes that older installed models lack; a model that has them is compared in full.
const LATER: &[&str] = &[
    "ContentBlock.toolAddition",
    "ContentBlock.toolRemoval",
    "ConverseRequest.projectIdentifier",
    "OutputConfig.effort",
];

/// Shapes of a later model, by the prefix of their names.
const LATER_SHAPES: [&str; 4] = ["GuardrailChecks", "InvokeGuardrailChecks", "ToolReference", "Effort"];

const OPERATIONS: [&str; 5] =
    ["Converse", "ConverseStream", "CountTokens", "ApplyGuardrail", "InvokeGuardrailChecks"];

/// Reads the model; `None` if this machine has none.
#[expect(clippy::disallowed_methods, reason = "the model is of this machine")]
fn model() -> Option<Value> {
    let output = Command::new("python3").args(["-c", SCRIPT]).output();
    let output = output.ok().filter(|output| output.status.success());
    if output.is_none() {
        assert!(std::env::var_os("BAREROCK_MODEL").is_none(), "BAREROCK_MODEL names no service model");
        println!("not run: no service model; set BAREROCK_MODEL, or install botocore for python3");
    }
    Some(serde_json::from_slice(&output?.stdout).unwrap())
}

struct Comparison<'a> {
    model: &'a Value,
    ours: &'a BTreeMap<String, Declared>,
    found: Vec<String>,
}

impl Comparison<'_> {
    fn shape(&self, name: &str) -> &Value {
        &self.model["shapes"][name]
    }

    /// Our name of a shape of the model.
    fn our_name<'n>(&self, theirs: &'n str) -> &'n str {
        ALIASES.iter().find(|(_, names)| names.contains(&theirs)).map_or(theirs, |(ours, _)| ours)
    }

    /// The Rust type for a shape of the model.
    fn rust_type(&self, name: &str) -> String {
        let shape = self.shape(name);
        let of = |member: &str| self.rust_type(shape[member]["shape"].as_str().unwrap());
        match shape["type"].as_str().unwrap() {
            "structure" if shape["document"] == true => "Document".to_owned(),
            "structure" => self.our_name(name).to_owned(),
            "string" if shape["enum"].is_array() => self.our_name(name).to_owned(),
            "string" => "String".to_owned(),
            "integer" | "long" => "integer".to_owned(),
            "float" | "double" => "f64".to_owned(),
            "boolean" => "bool".to_owned(),
            "blob" => "Blob".to_owned(),
            "list" => format!("Vec<{}>", of("member")),
            "map" => format!("BTreeMap<{},{}>", of("key"), of("value")),
            other => panic!("{name}: {other}"),
        }
    }

    fn compare(&mut self, name: &str, declared: &Declared, theirs: &str) {
        let shape = self.shape(theirs).clone();
        let is_union = shape["union"] == true;
        let required = shape["required"].as_array().cloned().unwrap_or_default();
        match declared {
            Declared::Enum(values) => self.values(name, values, theirs),
            Declared::Structure(_) if is_union => self.found.push(format!("{name} is a union")),
            Declared::Union(_) if !is_union => self.found.push(format!("{name} is a structure")),
            Declared::Structure(members) => {
                for (member, DeclaredMember { is_required, r#type }) in members {
                    self.member(name, member, r#type, &shape["members"][member]);
                    if *is_required != required.contains(&Value::from(&**member)) {
                        self.found.push(format!("{name}.{member} required"));
                    }
                }
                self.missing(name, members.keys(), &shape["members"]);
            }
            Declared::Union(members) => {
                for (member, r#type) in members {
                    self.member(name, member, r#type, &shape["members"][member]);
                }
                self.missing(name, members.keys(), &shape["members"]);
            }
        }
    }

    fn values(&mut self, name: &str, ours: &[String], theirs: &str) {
        // An alias has the values of all its shapes.
        let names =
            ALIASES.iter().find(|(ours, _)| *ours == name).map_or(vec![theirs], |(_, names)| names.to_vec());
        let values: BTreeSet<_> = names
            .iter()
            .flat_map(|name| self.shape(name)["enum"].as_array().unwrap().clone())
            .collect::<Vec<_>>()
            .iter()
            .map(|value| value.as_str().unwrap().to_owned())
            .collect();
        let ours: BTreeSet<_> = ours.iter().cloned().collect();
        self.found.extend(ours.symmetric_difference(&values).map(|value| format!("{name} {value}")));
    }

    fn member(&mut self, name: &str, member: &str, r#type: &str, theirs: &Value) {
        let Some(theirs) = theirs["shape"].as_str() else {
            return self.found.push(format!("{name}.{member}"));
        };
        // Boxing of a value is our choice.
        let r#type = r#type.strip_prefix("Box<").and_then(|boxed| boxed.strip_suffix('>')).unwrap_or(r#type);
        let words = r#type.split_inclusive(['<', '>', ',']).map(|word| {
            let (word, end) = word.split_at(word.trim_end_matches(['<', '>', ',']).len());
            let plain = match word {
                "u64" | "u32" | "u16" => "integer",
                "Text" => "String",
                word => self.our_name(word),
            };
            format!("{plain}{end}")
        });
        if words.collect::<String>() != self.rust_type(theirs) {
            self.found.push(format!("{name}.{member} type"));
        }
    }

    fn missing<'m>(&mut self, name: &str, ours: impl Iterator<Item = &'m String>, theirs: &Value) {
        let ours: BTreeSet<_> = ours.collect();
        let missing = theirs.as_object().unwrap().keys().filter(|member| !ours.contains(member));
        self.found.extend(missing.map(|member| format!("{name}.{member} is missing")));
    }

    /// The shapes that a shape of the model refers to.
    fn walk(&self, name: &str, seen: &mut BTreeSet<String>) {
        if !seen.insert(name.to_owned()) {
            return;
        }
        let shape = self.shape(name);
        let members = shape["members"].as_object().into_iter().flat_map(|members| members.values());
        for inner in members.chain([&shape["member"], &shape["key"], &shape["value"]]) {
            if let Some(inner) = inner["shape"].as_str() {
                self.walk(inner, seen);
            }
        }
    }
}

#[test]
fn shapes_are_those_of_the_model() {
    let Some(model) = model() else { return };
    let ours = shapes(&workspace::root().join("crates/barerock-converse/src"));
    let mut comparison = Comparison { model: &model, ours: &ours, found: Vec::new() };
    let mut compared = 0;
    for (name, declared) in &ours {
        let itself = [&**name];
        let theirs = ALIASES.iter().find(|(alias, _)| alias == name).map_or(&itself[..], |(_, names)| names);
        for theirs in theirs {
            if comparison.shape(theirs).is_object() {
                comparison.compare(name, declared, theirs);
                compared += 1;
            } else if !OWN.contains(theirs) && !LATER_SHAPES.iter().any(|later| theirs.starts_with(later)) {
                comparison.found.push(format!("{name}: the model has no {theirs}"));
            }
        }
    }
    // Every shape of an operation has a type.
    let mut seen = BTreeSet::new();
    for operation in OPERATIONS {
        let operation = &model["operations"][operation];
        for shape in [&operation["input"], &operation["output"]]
            .into_iter()
            .filter_map(|shape| shape["shape"].as_str())
        {
            comparison.walk(shape, &mut seen);
        }
    }
    for name in &seen {
        let shape = comparison.shape(name);
        let is_typed =
            shape["enum"].is_array() || (shape["type"] == "structure" && shape["document"] != true);
        // The stream is read event by event, and its errors are one type.
        let is_stream =
            shape["exception"] == true || shape["eventstream"] == true || name == "ConverseStreamResponse";
        if is_typed && !is_stream && !comparison.ours.contains_key(comparison.our_name(name)) {
            comparison.found.push(format!("{name} has no type"));
        }
    }
    report_cases(compared, "shapes of the service model");
    let is_expected = |found: &&String| {
        DIFFERENCES.iter().any(|(difference, _)| difference == found) || LATER.contains(&found.as_str())
    };
    let found: Vec<_> = comparison.found.iter().filter(|found| !is_expected(found)).collect();
    assert!(found.is_empty(), "{found:#?}");
}
