//! Shapes of the service model, read from `model/*.txt`; `operations.txt` describes the format.

use std::collections::BTreeMap;

/// The shapes, by name.
#[derive(Debug)]
pub struct Model(BTreeMap<String, Shape>);

/// A named shape.
#[derive(Debug)]
pub struct Shape {
    /// Kind of the shape.
    pub kind: Kind,
    /// Members; empty for a scalar.
    pub members: Vec<Member>,
}

/// Kind of a shape.
#[derive(Debug, PartialEq)]
pub enum Kind {
    /// A structure.
    Structure,
    /// A union: an object with exactly one member.
    Union,
    /// An error, with its HTTP status.
    Exception(u16),
    /// A named type.
    Scalar(Type),
}

/// A member of a shape.
#[derive(Debug)]
pub struct Member {
    /// Name on the wire.
    pub name: String,
    /// Whether the member is required, and whether it is part of the path.
    pub need: Need,
    /// Type of the member.
    pub r#type: Type,
}

/// Whether a member is required.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Need {
    /// Optional.
    Optional,
    /// Required.
    Required,
    /// Required, part of the path.
    InPath,
}

/// A type.
#[derive(Debug, PartialEq)]
pub enum Type {
    /// Reference to a shape by name.
    Named(String),
    /// A string with a length range and an optional pattern.
    Text(Range, Option<String>),
    /// An integer.
    Integer(Range),
    /// A number.
    Number(Range),
    /// A boolean.
    Bool,
    /// Any JSON value.
    Json,
    /// Bytes.
    Blob(Range),
    /// A string enum.
    Enum(Vec<String>),
    /// A list.
    List(Box<Type>, Range),
    /// A map.
    Map(Box<Type>, Box<Type>, Range),
}

/// Minimum and maximum.
pub type Range = (Option<usize>, Option<usize>);

const FILES: [&str; 5] = [
    include_str!("../model/operations.txt"),
    include_str!("../model/converse.txt"),
    include_str!("../model/guardrails.txt"),
    include_str!("../model/guardrail_checks.txt"),
    include_str!("../model/stream.txt"),
];

impl Model {
    /// Loads all shapes.
    ///
    /// # Panics
    ///
    /// If a file is malformed or defines a shape twice.
    pub fn load() -> Self {
        let mut shapes: BTreeMap<String, Shape> = BTreeMap::new();
        let mut last = String::new();
        let lines = FILES.iter().flat_map(|file| file.lines());
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(member) = line.strip_prefix("  ") {
                shapes.get_mut(&last).unwrap().members.push(self::member(member));
                continue;
            }
            let (kind, rest) = line.split_once(' ').unwrap();
            let (name, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            let kind = match kind {
                "structure" => Kind::Structure,
                "union" => Kind::Union,
                "exception" => Kind::Exception(rest.parse().unwrap()),
                "scalar" => Kind::Scalar(r#type(rest)),
                other => panic!("{other} is no kind of shape"),
            };
            last = name.to_owned();
            let twice = shapes.insert(last.clone(), Shape { kind, members: Vec::new() });
            assert!(twice.is_none(), "{name} stands in the model twice");
        }
        Self(shapes)
    }

    /// Returns the shape with this name.
    ///
    /// # Panics
    ///
    /// If there is no such shape.
    pub fn shape(&self, name: &str) -> &Shape {
        self.0.get(name).unwrap_or_else(|| panic!("{name} is not in the model"))
    }

    /// All shapes with their names.
    pub fn shapes(&self) -> impl Iterator<Item = (&str, &Shape)> {
        self.0.iter().map(|(name, shape)| (&**name, shape))
    }
}

fn member(text: &str) -> Member {
    let (name, rest) = text.split_once(' ').unwrap();
    let (name, need) = match (name.strip_suffix('!'), name.strip_suffix('@')) {
        (Some(name), _) => (name, Need::Required),
        (_, Some(name)) => (name, Need::InPath),
        _ => (name, Need::Optional),
    };
    Member { name: name.to_owned(), need, r#type: r#type(rest) }
}

fn r#type(text: &str) -> Type {
    if let Some(values) = text.strip_prefix("one of ") {
        return Type::Enum(values.split(' ').map(str::to_owned).collect());
    }
    if let Some(list) = text.strip_prefix('[') {
        let (item, rest) = list.rsplit_once(']').unwrap();
        return Type::List(Box::new(r#type(item)), range(rest.trim()));
    }
    if let Some(map) = text.strip_prefix('{') {
        let (entry, rest) = map.rsplit_once('}').unwrap();
        let (key, value) = entry.split_once(": ").unwrap();
        return Type::Map(Box::new(r#type(key)), Box::new(r#type(value)), range(rest.trim()));
    }
    let (text, pattern) = match text.split_once('/') {
        Some((text, pattern)) => (text.trim(), Some(pattern.strip_suffix('/').unwrap().to_owned())),
        None => (text, None),
    };
    let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
    match name {
        "string" => Type::Text(range(rest), pattern),
        "int" | "long" => Type::Integer(range(rest)),
        "float" | "double" => Type::Number(range(rest)),
        "bool" => Type::Bool,
        "json" => Type::Json,
        "blob" => Type::Blob(range(rest)),
        name => {
            assert!(name.starts_with(|first: char| first.is_ascii_uppercase()), "{name} is no type");
            Type::Named(name.to_owned())
        }
    }
}

fn range(text: &str) -> Range {
    if text.is_empty() {
        return (None, None);
    }
    let (min, max) = text.split_once("..").unwrap();
    (min.parse().ok(), max.parse().ok())
}
