//! A list of fixtures, loaded from a folder or built into the program.

use barerock_audit::Exchange;
use barerock_audit::exchange::PARTIAL_SUFFIX;
use barerock_audit::har::{self, HarEntry};
use std::path::{Path, PathBuf};

use crate::error::FixtureError;
use crate::fixture::Fixture;

/// A list of fixtures; those loaded from a folder are sorted by name.
#[derive(Debug, Clone, Default)]
pub struct Fixtures {
    fixtures: Vec<Fixture>,
}

impl Fixtures {
    /// Creates a list of these fixtures, in this order. Several with the same request are served in turn.
    pub fn new(fixtures: impl IntoIterator<Item = Fixture>) -> Self {
        Self { fixtures: fixtures.into_iter().collect() }
    }

    /// Loads fixtures from one of:
    ///
    /// - a folder of exchanges: every folder in it that holds `request.json`, `response.json` and `response.body`.
    ///   Other files, folders with none of the three files, and folders of unfinished recordings are ignored;
    /// - the folder of a single exchange, such as a recording;
    /// - an HTTP archive, a file whose name ends in `.har` ([`barerock_audit::har`]); its fixtures are named `FILE.har#N`,
    ///   where N is the index of the entry.
    ///
    /// # Errors
    ///
    /// [`FixtureError`] if the path cannot be read, holds no fixture, or holds an invalid one: a folder with only some of the
    /// three files, or with an invalid member.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, FixtureError> {
        let folder = path.as_ref();
        if har::is_archive(folder) && !folder.is_dir() {
            return Self::load_archive(folder);
        }
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        if Exchange::is_in(folder) {
            return Ok(Self::new([read(&name, folder)?]));
        }
        let mut fixtures = Vec::new();
        for path in subfolders(folder)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            // A folder with some of the files is an error below; one with none of them is not a fixture.
            if name.ends_with(PARTIAL_SUFFIX) || !Exchange::is_in(&path) {
                continue;
            }
            fixtures.push(read(&name, &path)?);
        }
        Self::non_empty(fixtures, folder)
    }

    fn load_archive(path: &Path) -> Result<Self, FixtureError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let entries = har::read(path)
            .map_err(|source| FixtureError::Exchange { fixture: name.clone().into_owned(), source })?;
        let fixture = |entry: HarEntry| Fixture::new(format!("{name}#{}", entry.index), &entry.exchange);
        Self::non_empty(entries.into_iter().map(fixture).collect(), path)
    }

    fn non_empty(fixtures: Vec<Fixture>, path: &Path) -> Result<Self, FixtureError> {
        if fixtures.is_empty() {
            return Err(FixtureError::Empty { path: path.to_path_buf() });
        }
        Ok(Self { fixtures })
    }

    /// Appends the fixtures of another list.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.fixtures.extend(others.fixtures);
        self
    }

    /// Iterates over the fixtures, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Fixture> {
        self.fixtures.iter()
    }

    /// Returns the number of fixtures.
    pub fn len(&self) -> usize {
        self.fixtures.len()
    }

    /// Returns true if there are no fixtures.
    pub fn is_empty(&self) -> bool {
        self.fixtures.is_empty()
    }

    pub(crate) fn into_vec(self) -> Vec<Fixture> {
        self.fixtures
    }
}

fn read(name: &str, folder: &Path) -> Result<Fixture, FixtureError> {
    Exchange::read(folder)
        .map(|exchange| Fixture::new(name, &exchange))
        .map_err(|source| FixtureError::Exchange { fixture: name.to_owned(), source })
}

/// Lists the folders in `folder`, sorted by name.
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{create_dir, write};

    #[test]
    fn other_files_and_folders_are_ignored() {
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
    fn a_single_exchange_and_an_archive_are_fixtures_too() {
        let packaged = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join("chat");
        let single = Fixtures::load(&packaged).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.har");
        let mut archive = har::HarWriter::create(&path).unwrap();
        archive.append(&Exchange::read(&packaged).unwrap()).unwrap();
        archive.finish().unwrap();
        let both = single.and(Fixtures::load(&path).unwrap());
        let names: Vec<&str> = both.iter().map(Fixture::name).collect();
        assert_eq!(names, ["chat", "a.har#0"]);
        write(&path, r#"{"log":{"entries":[]}}"#).unwrap();
        let error = Fixtures::load(&path).unwrap_err();
        assert!(matches!(error, FixtureError::Empty { .. }), "{error}");
    }

    #[test]
    fn half_a_fixture_is_an_error_that_names_the_missing_file() {
        let folder = tempfile::tempdir().unwrap();
        create_dir(folder.path().join("half")).unwrap();
        write(folder.path().join("half").join("request.json"), "{}").unwrap();
        let error = Fixtures::load(folder.path()).unwrap_err().to_string();
        assert!(error.starts_with("fixture half: ") && error.contains("half/response.json: "), "{error}");
        std::fs::rename(folder.path().join("half"), folder.path().join("half.partial")).unwrap();
        let error = Fixtures::load(folder.path()).unwrap_err();
        assert!(matches!(error, FixtureError::Empty { .. }), "{error}");
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = Fixtures::load("no/such/folder").unwrap_err().to_string();
        assert!(error.starts_with("no/such/folder: "), "{error}");
    }
}
