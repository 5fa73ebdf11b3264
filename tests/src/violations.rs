//! Values that violate one rule of the service model, with the path of the violation.

use serde_json::{Map, Value, json};

use crate::model::{Kind, Model, Need, Range, Type};
use crate::samples::{TEXTS, is_text};

/// A value that violates a rule.
#[derive(Debug, Clone)]
pub struct Violation {
    /// Path of the violation, as expected in the error: `messages[0].content[0].toolUse.name`.
    pub path: String,
    /// The value.
    pub given: Value,
}

/// Texts that at least one pattern rejects.
const ODD_TEXTS: [&str; 20] = [
    "",
    " ",
    "a b",
    "é",
    "a\nb",
    "a\0",
    "-",
    "--",
    "A",
    "0",
    "01",
    "DRAFT",
    "draft",
    "123456789",
    "s3://ab",
    "s3://a_b/c",
    "s3://-bucket/key",
    "s3://bucket",
    "arn:aws:bedrock:us-east-1:1234:guardrail/x",
    "arn:aws:bedrock:us-east-1:123456789012:guardrail/",
];

impl Model {
    /// Returns values of a shape that violate each of its rules once and are otherwise minimal.
    pub fn violations(&self, shape: &str) -> Vec<Violation> {
        self.broken("", &Type::Named(shape.to_owned()))
    }

    fn broken(&self, path: &str, r#type: &Type) -> Vec<Violation> {
        let at = |given: Value| Violation { path: path.to_owned(), given };
        match r#type {
            Type::Named(name) => {
                let shape = self.shape(name);
                if let Kind::Scalar(r#type) = &shape.kind {
                    return self.broken(path, r#type);
                }
                let rest = match shape.kind {
                    Kind::Union => Value::Object(Map::new()),
                    _ => self.least(r#type),
                };
                let members = shape.members.iter().flat_map(|member| {
                    let dot = if path.is_empty() { "" } else { "." };
                    let path = format!("{path}{dot}{}", member.name);
                    let mut broken = self.broken(&path, &member.r#type);
                    if member.need == Need::InPath {
                        broken.push(Violation { path: path.clone(), given: "".into() });
                    }
                    let rest = rest.clone();
                    broken.into_iter().map(move |broken| {
                        let mut whole = rest.clone();
                        whole[&member.name] = broken.given;
                        Violation { given: whole, ..broken }
                    })
                });
                members.collect()
            }
            Type::Text(range, pattern) => {
                let is_text = is_text(*range, pattern.as_deref());
                let texts = TEXTS.into_iter().chain(ODD_TEXTS).map(str::to_owned);
                let long = range.1.map(|max| "a".repeat(max + 1));
                texts.chain(long).filter(|text| !is_text(text)).map(|text| at(text.into())).collect()
            }
            Type::Integer(range) => numbers(*range, 1.0).map(|number| at(whole(number))).collect(),
            Type::Number(range) => numbers(*range, 0.1).map(|number| at(number.into())).collect(),
            Type::Blob((min, max)) => {
                let lengths =
                    min.and_then(|min| min.checked_sub(1)).into_iter().chain(max.map(|max| max + 1));
                // "AAAA" is three bytes, and "AA==" is one.
                let base64 = |length| "AAAA".repeat(length / 3) + ["", "AA==", "AAA="][length % 3];
                lengths.map(|length| at(base64(length).into())).collect()
            }
            Type::List(item, (min, max)) => {
                let lengths =
                    min.and_then(|min| min.checked_sub(1)).into_iter().chain(max.map(|max| max + 1));
                let lists = lengths.map(|length| at(vec![self.least(item); length].into()));
                let items = self.broken(&format!("{path}[0]"), item).into_iter();
                lists.chain(items.map(|item| Violation { given: vec![item.given].into(), ..item })).collect()
            }
            Type::Map(key, value, (min, max)) => {
                let least = self.least(value);
                let lengths =
                    min.and_then(|min| min.checked_sub(1)).into_iter().chain(max.map(|max| max + 1));
                let maps = lengths.map(|length| {
                    let entries = (0..length).map(|entry| (format!("key{entry}"), least.clone()));
                    at(entries.collect::<Map<_, _>>().into())
                });
                let keys = self.broken(&format!("{path}.key"), key).into_iter().map(|key| Violation {
                    given: json!({key.given.as_str().unwrap(): least.clone()}),
                    ..key
                });
                let values = self.broken(&format!("{path}[\"x\"]"), value).into_iter();
                let values = values.map(|value| Violation { given: json!({"x": value.given}), ..value });
                maps.chain(keys).chain(values).collect()
            }
            Type::Bool | Type::Json | Type::Enum(_) => Vec::new(),
        }
    }
}

/// Returns the numbers just outside a range.
fn numbers((min, max): Range, step: f64) -> impl Iterator<Item = f64> {
    let number = |bound: usize| f64::from(u32::try_from(bound).unwrap());
    min.map(|min| number(min) - step).into_iter().chain(max.map(|max| number(max) + step))
}

/// Converts a number without a fraction into a JSON integer.
fn whole(number: f64) -> Value {
    serde_json::from_str(&format!("{number:.0}")).unwrap()
}
