//! The JSON schema of a type, as the service takes it.

use std::collections::{BTreeMap, BTreeSet};

use barerock_converse::types::Document;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};

use super::refused;
use crate::error::Error;

/// Longest name of a tool, in bytes.
const MAX_NAME: usize = 64;

/// Keywords that `outputConfig.textFormat` does not take, but descriptions can say: "numerical constraints" and "string
/// constraints" of the user guide's list, and those of arrays.
const LIMITS: [&str; 13] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "minItems",
];

/// Formats of strings that `outputConfig.textFormat` takes.
const FORMATS: [&str; 10] =
    ["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"];

/// The schema of a type, with a name that can be a tool's.
pub(super) struct TypeSchema {
    name: String,
    schema: Schema,
}

impl TypeSchema {
    /// # Errors
    /// If it is not the schema of an object.
    pub(super) fn of<R: JsonSchema>() -> Result<Self, Error> {
        let schema = schemars::schema_for!(R);
        let name = tool_name(&R::schema_name());
        match schema.get("type").and_then(|kind| kind.as_str()) {
            Some("object") => Ok(Self { name, schema }),
            Some(other) => Err(refused(format!("the schema of {name} is of type {other}: expected object"))),
            None => Err(refused(format!("the schema of {name} has no single type: expected object"))),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn description(&self) -> Option<&str> {
        self.schema.get("description").and_then(|text| text.as_str())
    }

    /// The schema as the input of a tool.
    pub(super) fn tool_input(&self) -> Document {
        document(&self.schema)
    }

    /// The schema as `outputConfig.textFormat` takes it.
    ///
    /// # Errors
    /// What of the schema a text format does not take.
    pub(super) fn text_format(&self) -> Result<Document, &'static str> {
        if is_recursive(&self.schema) {
            return Err("it is recursive");
        }
        let (mut schema, mut restrict) = (self.schema.clone(), Restrict { fault: None });
        restrict.transform(&mut schema);
        restrict.fault.map_or_else(|| Ok(document(&schema)), Err)
    }
}

/// The schema of a type, as the input of a tool.
pub(crate) fn schema_of<R: JsonSchema>() -> Document {
    document(&schemars::schema_for!(R))
}

/// A schema is JSON.
fn document(schema: &Schema) -> Document {
    Document::from_serialize(schema).unwrap_or_default()
}

/// A name of 1 to 64 characters of `a-zA-Z0-9_-`.
fn tool_name(name: &str) -> String {
    let allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    let name: String = name
        .chars()
        .map(|character| if allowed(character) { character } else { '_' })
        .take(MAX_NAME)
        .collect();
    if name.is_empty() { "answer".to_owned() } else { name }
}

/// Closes objects, replaces `oneOf`, and moves limits into descriptions.
struct Restrict {
    fault: Option<&'static str>,
}

impl Transform for Restrict {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        // A schema of any value.
        if schema.as_bool() == Some(true) || schema.as_object().is_some_and(|members| members.is_empty()) {
            self.fault = Some("it has members of any type");
        }
        let Some(members) = schema.as_object_mut() else { return };
        members.remove("$schema");
        if let Some(variants) = members.remove("oneOf") {
            members.insert("anyOf".to_owned(), variants);
        }
        let is_known = |format: &str| FORMATS.contains(&format);
        if members.get("format").and_then(|format| format.as_str()).is_some_and(|format| !is_known(format)) {
            members.remove("format");
        }
        let mut limits = Vec::new();
        for keyword in LIMITS {
            let value = members.get(keyword).and_then(|limit| limit.as_u64());
            let is_taken = keyword == "minItems" && value.is_some_and(|limit| limit <= 1);
            let limit = if is_taken { None } else { members.remove(keyword) };
            limits.extend(limit.map(|limit| format!("{keyword} {limit}")));
        }
        if !limits.is_empty() {
            let limits = limits.join(", ");
            let description = match members.get("description").and_then(|text| text.as_str()) {
                Some(text) => format!("{text} ({limits})"),
                None => limits,
            };
            members.insert("description".to_owned(), description.into());
        }
        if members.get("type").and_then(|kind| kind.as_str()) == Some("object") {
            let others = members.insert("additionalProperties".to_owned(), false.into());
            if others.is_some_and(|others| others.as_bool() != Some(false)) {
                self.fault = Some("it has maps");
            }
        }
    }
}

/// The references of a schema.
#[derive(Default)]
struct References(BTreeSet<String>);

impl Transform for References {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let reference = schema.get("$ref").and_then(|reference| reference.as_str());
        self.0.extend(reference.map(str::to_owned));
    }
}

fn references(mut schema: Schema) -> BTreeSet<String> {
    let mut references = References::default();
    references.transform(&mut schema);
    references.0
}

/// True if a definition leads back to itself.
fn is_recursive(schema: &Schema) -> bool {
    let mut root = schema.clone();
    let definitions = root.remove("$defs");
    let definitions =
        definitions.as_ref().and_then(|definitions| definitions.as_object()).into_iter().flatten();
    let mut graph: BTreeMap<String, BTreeSet<String>> = definitions
        .filter_map(|(name, definition)| {
            let definition = Schema::try_from(definition.clone()).ok()?;
            Some((format!("#/$defs/{name}"), references(definition)))
        })
        .collect();
    graph.insert("#".to_owned(), references(root));
    // Removes definitions without references to those that are left; what remains leads to a cycle.
    loop {
        let before = graph.len();
        let ends: BTreeSet<String> = graph.keys().cloned().collect();
        graph.retain(|_, references| references.iter().any(|reference| ends.contains(reference)));
        if graph.len() == before {
            return before > 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::*;

    /// A city.
    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "its schema is tested")]
    struct City {
        /// Its name.
        #[schemars(length(min = 1, max = 9))]
        name: String,
        inhabitants: u64,
        river: Option<River>,
        tags: Vec<String>,
    }

    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "its schema is tested")]
    enum River {
        /// None.
        Dry,
        Wet {
            metres: f32,
        },
    }

    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "its schema is tested")]
    struct Tree {
        children: Vec<Tree>,
    }

    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "its schema is tested")]
    struct Map {
        counts: HashMap<String, u32>,
    }

    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "its schema is tested")]
    struct Any {
        value: Value,
    }

    /// Calls `see` with every object of a JSON value.
    fn each(value: &Value, see: &mut dyn FnMut(&serde_json::Map<String, Value>)) {
        match value {
            Value::Object(members) => {
                see(members);
                members.values().for_each(|member| each(member, see));
            }
            Value::Array(values) => values.iter().for_each(|value| each(value, see)),
            _ => {}
        }
    }

    #[test]
    fn a_text_format_has_what_the_service_takes() {
        let schema = TypeSchema::of::<City>().unwrap();
        assert_eq!((schema.name(), schema.description()), ("City", Some("A city.")));
        let text: Value = schema.text_format().unwrap().parse().unwrap();
        assert_eq!(text["properties"]["name"]["description"], "Its name. (minLength 1, maxLength 9)");
        assert_eq!(text["properties"]["inhabitants"], json!({"type": "integer", "description": "minimum 0"}));
        let mut objects = 0;
        each(&text, &mut |members| {
            let names = ["$schema", "oneOf", "minimum", "maxLength", "minLength", "format"];
            assert!(names.iter().all(|name| !members.contains_key(*name)), "{members:?}");
            if members.get("type") == Some(&json!("object")) {
                assert_eq!(members.get("additionalProperties"), Some(&json!(false)), "{members:?}");
                objects += 1;
            }
        });
        assert!(objects >= 3, "{text:#}");
        assert!(text.to_string().contains("anyOf"));
        // A tool takes the schema as it is.
        let tool: Value = schema.tool_input().parse().unwrap();
        assert_eq!(tool["properties"]["inhabitants"]["minimum"], 0);
    }

    #[test]
    fn what_a_text_format_cannot_say() {
        let why = |schema: Result<TypeSchema, Error>| schema.unwrap().text_format().unwrap_err();
        assert_eq!(why(TypeSchema::of::<Tree>()), "it is recursive");
        assert_eq!(why(TypeSchema::of::<Map>()), "it has maps");
        assert_eq!(why(TypeSchema::of::<Any>()), "it has members of any type");
    }

    #[test]
    fn only_objects_are_requested() {
        let why = |schema: Result<TypeSchema, Error>| schema.err().unwrap().to_string();
        assert!(why(TypeSchema::of::<Vec<u8>>()).contains("is of type array: expected object"));
        assert!(why(TypeSchema::of::<River>()).contains("has no single type: expected object"));
    }

    #[test]
    fn a_name_is_that_of_a_tool() {
        for (name, expected) in [("City", "City"), ("Array_of_é b", "Array_of___b"), ("", "answer")] {
            assert_eq!(tool_name(name), expected);
        }
        assert_eq!(tool_name(&"a".repeat(99)).len(), MAX_NAME);
    }
}
