//! The service model's shapes, read from `model/*.txt`; `operations.txt` says how they are written.

use std::collections::BTreeMap;

/// The shapes, by name.
#[derive(Debug)]
pub struct Model(BTreeMap<String, Shape>);

/// What a name stands for.
#[derive(Debug)]
pub struct Shape {
    /// Its kind.
    pub kind: Kind,
    /// Its members; none for a scalar.
    pub members: Vec<Member>,
}

/// What a shape is.
#[derive(Debug, PartialEq)]
pub enum Kind {
    /// Any of its members.
    Structure,
    /// Exactly one of its members.
    Union,
    /// An error, with its HTTP status.
    Exception(u16),
    /// A type with a name.
    Scalar(Type),
}

/// A member of a shape.
#[derive(Debug)]
pub struct Member {
    /// Its name on the wire.
    pub name: String,
    /// Whether it must be there, and where.
    pub need: Need,
    /// Its type.
    pub r#type: Type,
}

/// Whether a member must be there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Need {
    /// It may be left out.
    Optional,
    /// It must be there.
    Required,
    /// It must be there, in the path.
    InPath,
}

/// A type.
#[derive(Debug, PartialEq)]
pub enum Type {
    /// A shape's name.
    Named(String),
    /// A text, and what it matches.
    Text(Range, Option<String>),
    /// A whole number.
    Integer(Range),
    /// A number.
    Number(Range),
    /// Yes or no.
    Bool,
    /// Any JSON.
    Json,
    /// Bytes.
    Blob(Range),
    /// One of some texts.
    Enum(Vec<String>),
    /// Several of a type.
    List(Box<Type>, Range),
    /// Several of a type, by key.
    Map(Box<Type>, Box<Type>, Range),
}

/// The least and the most.
pub type Range = (Option<usize>, Option<usize>);

const FILES: [&str; 5] = [
    include_str!("../model/operations.txt"),
    include_str!("../model/converse.txt"),
    include_str!("../model/guardrails.txt"),
    include_str!("../model/guardrail_checks.txt"),
    include_str!("../model/stream.txt"),
];

impl Model {
    /// All shapes.
    ///
    /// # Panics
    ///
    /// Where a file is not written as it should be, or a shape stands in it twice.
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

    /// The shape of this name.
    ///
    /// # Panics
    ///
    /// Where there is none.
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
