//! Shapes as `barerock-converse` declares them, read from its sources.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A shape of the crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Declared {
    /// `structure!`: its members by their names on the wire.
    Structure(BTreeMap<String, DeclaredMember>),
    /// `union!`: the type of each member.
    Union(BTreeMap<String, String>),
    /// `string_enum!`: its values.
    Enum(Vec<String>),
}

/// A member of a structure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredMember {
    /// Whether it is declared as required.
    pub is_required: bool,
    /// Its Rust type, without lifetimes and spaces.
    pub r#type: String,
}

/// The sections of a structure that hold required members.
const REQUIRED: [&str; 3] = ["path", "required", "lists"];

/// Reads the shapes declared in the sources in a folder.
///
/// # Panics
///
/// If a source cannot be read, or declares a shape in a form this does not know.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the test reads the sources")]
pub fn shapes(folder: &Path) -> BTreeMap<String, Declared> {
    let mut shapes = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            shapes.extend(self::shapes(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            declared_in(&fs::read_to_string(&path).unwrap(), &mut shapes);
        }
    }
    shapes
}

fn declared_in(source: &str, shapes: &mut BTreeMap<String, Declared>) {
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        let Some(kind) = line.strip_suffix("! {") else { continue };
        if !["structure", "union", "string_enum"].contains(&kind) {
            continue;
        }
        // A macro ends at the brace in the first column.
        let body = lines.by_ref().take_while(|line| *line != "}").map(str::trim);
        let body: Vec<_> = body.filter(|line| !line.starts_with("//") && !line.starts_with("#[")).collect();
        let (first, members) = body.split_first().unwrap();
        let (name, rest) = first.split_once(' ').unwrap();
        let name = name.trim_end_matches("<'a>").to_owned();
        let shape = match kind {
            "structure" => Declared::Structure(structure(members)),
            "union" => Declared::Union(members.iter().filter_map(|line| union_member(line)).collect()),
            _ => {
                let quoted = [rest].into_iter().chain(members.iter().copied());
                let quoted = quoted.flat_map(|line| line.split('"').skip(1).step_by(2));
                Declared::Enum(quoted.map(str::to_owned).collect())
            }
        };
        assert_eq!(shapes.insert(name.clone(), shape), None, "{name} is declared twice");
    }
}

fn structure(lines: &[&str]) -> BTreeMap<String, DeclaredMember> {
    let (mut section, mut members) = ("", BTreeMap::new());
    for line in lines {
        if let Some(name) = line.strip_suffix(" {") {
            section = name;
        } else if let Some((name, r#type)) = line.trim_end_matches(',').split_once(": ") {
            let member = DeclaredMember { is_required: REQUIRED.contains(&section), r#type: plain(r#type) };
            members.insert(camel_case(name), member);
        } else {
            assert!(["}", "received"].contains(line) || line.ends_with("{}"), "{line}");
        }
    }
    members
}

/// `Text(Text<'a>) = "text",`
fn union_member(line: &str) -> Option<(String, String)> {
    let (_, rest) = line.split_once('(')?;
    let (r#type, name) = rest.split_once(") = ")?;
    Some((name.trim_matches([',', '"']).to_owned(), plain(r#type)))
}

fn plain(r#type: &str) -> String {
    r#type.replace("<'a>", "").replace(' ', "")
}

fn camel_case(name: &str) -> String {
    let mut words = name.trim_start_matches("r#").split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
}
