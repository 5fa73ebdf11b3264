//! A set of fixtures: from a folder, or built into the program.

use crate::error::FixtureError;
use crate::fixture::Fixture;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The files of a fixture.
const FILES: [&str; 3] = ["request.json", "response.json", "response.body"];

/// Fixtures, in the order of their names.
#[derive(Debug, Clone, Default)]
pub struct Fixtures {
    fixtures: Vec<Fixture>,
}

impl Fixtures {
    /// These, in this order: of several with the same request, each answers in its turn.
    pub fn new(fixtures: impl IntoIterator<Item = Fixture>) -> Self {
        Self { fixtures: fixtures.into_iter().collect() }
    }

    /// Reads every folder in `folder` that holds `request.json`, `response.json` and `response.body`. Everything else
    /// is passed over: other files, and folders with none of the three.
    ///
    /// # Errors
    ///
    /// [`FixtureError`] when the folder cannot be read, holds no fixture, or holds a broken one: a folder with only
    /// some of the three files, or with a wrong member.
    pub fn load(folder: impl AsRef<Path>) -> Result<Self, FixtureError> {
        let folder = folder.as_ref();
        let mut fixtures = Vec::new();
        for path in subfolders(folder)? {
            // Only some of the files is a mistake worth telling; none of them is just another folder.
            let mut contents = Vec::with_capacity(FILES.len());
            let mut missing = None;
            for file in FILES {
                match read(&path.join(file)) {
                    Ok(bytes) => contents.push(bytes),
                    Err(source) if source.kind() == ErrorKind::NotFound => {
                        missing.get_or_insert((file, source));
                    }
                    Err(source) => return Err(FixtureError::Io { path: path.join(file), source }),
                }
            }
            match (<[Vec<u8>; 3]>::try_from(contents), missing) {
                (Ok([request, response, body]), _) => {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    fixtures.push(Fixture::parse(name, &request, &response, body)?);
                }
                (Err(some), Some((file, source))) if !some.is_empty() => {
                    return Err(FixtureError::Io { path: path.join(file), source });
                }
                (Err(_), _) => {}
            }
        }
        if fixtures.is_empty() {
            return Err(FixtureError::Empty { path: folder.to_path_buf() });
        }
        Ok(Self { fixtures })
    }

    /// Every fixture, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Fixture> {
        self.fixtures.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.fixtures.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.fixtures.is_empty()
    }

    pub(crate) fn into_vec(self) -> Vec<Fixture> {
        self.fixtures
    }
}

/// The folders in `folder`, sorted by name.
fn subfolders(folder: &Path) -> Result<Vec<PathBuf>, FixtureError> {
    let error = |source| FixtureError::Io { path: folder.to_path_buf(), source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(error)? {
        let path = entry.map_err(error)?.path();
        if path.is_dir() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a fixture folder is this crate's input: it stands at the edge"
)]
fn read(path: &Path) -> io::Result<Vec<u8>> {
    std::fs::read(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{create_dir, write};

    #[test]
    fn other_files_and_folders_are_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path().join("INDEX.tsv"), "a\tb").unwrap();
        create_dir(folder.path().join("empty")).unwrap();
        let error = Fixtures::load(folder.path()).unwrap_err();
        assert!(matches!(error, FixtureError::Empty { .. }), "{error}");
        for name in ["b", "a"] {
            let path = folder.path().join(name);
            create_dir(&path).unwrap();
            write(
                path.join("request.json"),
                r#"{"method":"POST","uri":"/model/m/converse","headers":[],"body":""}"#,
            )
            .unwrap();
            write(path.join("response.json"), r#"{"status":200,"headers":[]}"#).unwrap();
            write(path.join("response.body"), "{}").unwrap();
            write(path.join("frames.json"), "not read").unwrap();
        }
        let names: Vec<String> =
            Fixtures::load(folder.path()).unwrap().iter().map(|fixture| fixture.name().to_owned()).collect();
        assert_eq!(names, ["a", "b"]);
    }

    #[test]
    fn half_a_fixture_is_an_error_that_names_the_missing_file() {
        let folder = tempfile::tempdir().unwrap();
        create_dir(folder.path().join("half")).unwrap();
        write(folder.path().join("half").join("request.json"), "{}").unwrap();
        let error = Fixtures::load(folder.path()).unwrap_err().to_string();
        assert!(error.contains("half/response.json: "), "{error}");
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = Fixtures::load("no/such/folder").unwrap_err().to_string();
        assert!(error.starts_with("no/such/folder: "), "{error}");
    }
}
