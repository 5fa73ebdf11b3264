//! Sample values of the shapes of the service model: each member, enum value and union member occurs once, alone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;
use serde_json::{Map, Value, json};

use crate::model::{Kind, Member, Model, Need, Range, Type};

/// A value, and the expected value after reading and writing it.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Path of the member under test.
    pub path: String,
    /// The value.
    pub given: Value,
    /// The expected value.
    pub kept: Value,
    /// True if the model defines all members of the value.
    pub is_known: bool,
}

/// Name used for unknown members and values.
const NOT_YET_KNOWN: &str = "notYetKnown";

/// Texts of which at least one matches each pattern of the model.
pub const TEXTS: [&str; 12] = [
    "x",
    "1",
    "a.b",
    "s3://bucket/key",
    "123456789012",
    "a1b2c3d4e5f6",
    "anthropic.claude-3-haiku-20240307-v1:0",
    "arn:aws:bedrock:us-east-1:123456789012:guardrail/x",
    "arn:aws:bedrock:us-east-1:123456789012:automated-reasoning-policy/a1b2c3d4e5f6",
    "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite",
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0",
    "arn:aws:sagemaker:us-east-1:123456789012:endpoint/x",
];

impl Model {
    /// Returns the smallest value of a type.
    ///
    /// # Panics
    ///
    /// If the model has a pattern that none of [`TEXTS`] matches.
    pub fn least(&self, r#type: &Type) -> Value {
        match r#type {
            Type::Named(name) => {
                let shape = self.shape(name);
                match &shape.kind {
                    Kind::Scalar(r#type) => self.least(r#type),
                    Kind::Union => {
                        let first = &shape.members[0];
                        json!({&*first.name: self.least(&first.r#type)})
                    }
                    Kind::Structure | Kind::Exception(_) => {
                        let required = shape.members.iter().filter(|member| member.need != Need::Optional);
                        required
                            .map(|member| (member.name.clone(), self.least(&member.r#type)))
                            .collect::<Map<_, _>>()
                            .into()
                    }
                }
            }
            Type::Text(range, pattern) => {
                let is_text = is_text(*range, pattern.as_deref());
                let text = TEXTS.iter().find(|text| is_text(text));
                (*text.unwrap_or_else(|| panic!("no text matches {pattern:?}"))).into()
            }
            Type::Integer((min, _)) => min.unwrap_or(7).into(),
            Type::Number(_) => 0.5.into(),
            Type::Bool => true.into(),
            Type::Json => json!({"z": [1.5, null], "type": "object"}),
            Type::Blob(_) => STANDARD.encode([0, 255, 7]).into(),
            Type::Enum(values) => (&*values[0]).into(),
            Type::List(item, (min, _)) => vec![self.least(item); min.unwrap_or(0)].into(),
            Type::Map(..) => self.map_of(r#type, |value| self.least(value)),
        }
    }

    /// Returns values of a type that together contain everything the model defines for it, and unknown members and
    /// values.
    pub fn samples(&self, path: &str, r#type: &Type) -> Vec<Sample> {
        let known =
            |given: Value| Sample { path: path.to_owned(), kept: given.clone(), given, is_known: true };
        let unknown = |given| Sample { is_known: false, ..known(given) };
        match r#type {
            Type::Named(name) => {
                let shape = self.shape(name);
                if let Kind::Scalar(r#type) = &shape.kind {
                    return self.samples(path, r#type);
                }
                let is_union = shape.kind == Kind::Union;
                let least = self.least(r#type);
                let mut samples: Vec<_> = shape
                    .members
                    .iter()
                    .flat_map(|member| self.member_samples(path, member, (!is_union).then_some(&least)))
                    .collect();
                let more = json!({"z": 1.5, "a": [null]});
                if is_union {
                    samples.push(unknown(json!({NOT_YET_KNOWN: more})));
                } else {
                    // An error keeps only the members of the model.
                    let kept =
                        if matches!(shape.kind, Kind::Exception(_)) { Some(least.clone()) } else { None };
                    let given = with(least, NOT_YET_KNOWN, more);
                    samples.push(Sample { kept: kept.unwrap_or_else(|| given.clone()), ..known(given) });
                }
                samples
            }
            Type::Enum(values) => {
                let values = values.iter().map(|value| known((&**value).into()));
                values.chain([unknown(NOT_YET_KNOWN.into())]).collect()
            }
            Type::List(item, range) => {
                let samples = self.samples(&format!("{path}[0]"), item).into_iter().map(|sample| Sample {
                    given: vec![sample.given].into(),
                    kept: vec![sample.kept].into(),
                    ..sample
                });
                let empty = (range.0.unwrap_or(0) == 0).then(|| known(json!([])));
                samples.chain(empty).collect()
            }
            Type::Map(_, value, _) => self
                .samples(&format!("{path}[\"x\"]"), value)
                .into_iter()
                .map(|sample| Sample {
                    given: self.map_of(r#type, |_| sample.given.clone()),
                    kept: self.map_of(r#type, |_| sample.kept.clone()),
                    ..sample
                })
                .collect(),
            _ => vec![known(self.least(r#type))],
        }
    }

    fn member_samples(&self, path: &str, member: &Member, rest: Option<&Value>) -> Vec<Sample> {
        let whole = |value| match rest {
            Some(rest) => with(rest.clone(), &member.name, value),
            None => json!({&*member.name: value}),
        };
        self.samples(&format!("{path}.{}", member.name), &member.r#type)
            .into_iter()
            .map(|sample| Sample { given: whole(sample.given), kept: whole(sample.kept), ..sample })
            .collect()
    }

    /// Builds a map with one entry.
    fn map_of(&self, map: &Type, of: impl Fn(&Type) -> Value) -> Value {
        let Type::Map(key, value, _) = map else { panic!("{map:?} is no map") };
        json!({self.least(key).as_str().unwrap(): of(value)})
    }
}

/// Returns a predicate for texts in the length range that match the whole pattern.
///
/// # Panics
///
/// If the pattern is invalid.
pub fn is_text((min, max): Range, pattern: Option<&str>) -> impl Fn(&str) -> bool {
    let whole = |pattern| Regex::new(&format!("^(?:{pattern})$")).expect("the model's patterns are regexes");
    let regex = pattern.map(whole);
    move |text| {
        let length = text.chars().count();
        min.is_none_or(|min| length >= min)
            && max.is_none_or(|max| length <= max)
            && regex.as_ref().is_none_or(|regex| regex.is_match(text))
    }
}

fn with(mut object: Value, name: &str, value: Value) -> Value {
    object[name] = value;
    object
}
