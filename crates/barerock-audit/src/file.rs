//! Files that are there whole or not at all, and that other users cannot read.

use core::time::Duration;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The files and folders of this process that are not whole yet; `None` once they were discarded.
static UNFINISHED: Mutex<Option<BTreeSet<PathBuf>>> = Mutex::new(Some(BTreeSet::new()));

/// Removes all files and folders of this process that are not whole yet, and fails those that begin or end from now on.
///
/// For a program that a signal ends: values are not dropped then, and would leave what they have written.
pub fn discard_unfinished() {
    let all = lock().take();
    all.into_iter().flatten().for_each(|path| remove(&path));
}

fn lock() -> MutexGuard<'static, Option<BTreeSet<PathBuf>>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes a file or folder. Where that fails, its name says that it is partial.
fn remove(path: &Path) {
    // Another thread may still create files in the folder: a few, and then no more.
    for _ in 0..100 {
        let removed = fs::remove_file(path).or_else(|_| fs::remove_dir_all(path));
        if removed.is_ok() || fs::symlink_metadata(path).is_err() {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A file or folder under a temporary name. Dropped before it is [renamed](Self::rename), it is removed.
#[derive(Debug)]
pub(crate) struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    /// Creates it.
    pub(crate) fn create<T>(
        path: PathBuf,
        create: impl FnOnce(&Path) -> io::Result<T>,
    ) -> io::Result<(Self, T)> {
        let mut all = lock();
        let all = all.as_mut().ok_or(io::ErrorKind::Interrupted)?;
        let created = create(&path)?;
        all.insert(path.clone());
        Ok((Self { path }, created))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name.
    pub(crate) fn rename(self, name: &Path) -> io::Result<()> {
        let mut all = lock();
        let all = all.as_mut().ok_or(io::ErrorKind::Interrupted)?;
        let renamed = fs::rename(&self.path, name);
        if renamed.is_ok() {
            all.remove(&self.path);
        }
        renamed
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if lock().as_mut().is_some_and(|all| all.remove(&self.path)) {
            remove(&self.path);
        }
    }
}

/// A file that replaces `path` when it is [kept](Self::keep), and leaves no trace otherwise.
///
/// It is written beside `path` and renamed, so that `path` is never half written. On Unix only its owner can read it, and
/// a symbolic link at `path` stays: the file it points to is replaced. What is not a regular file, such as a device or a
/// FIFO, is not replaced but written to.
#[derive(Debug)]
pub struct ReplacementFile {
    file: File,
    /// The file beside `path`, until it has its name.
    temporary: Option<Unfinished>,
    path: PathBuf,
}

impl ReplacementFile {
    /// Creates the file beside `path`.
    ///
    /// # Errors
    /// What the system returns.
    pub fn create(path: &Path) -> io::Result<Self> {
        // Of a link, the target is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if fs::metadata(&path).is_ok_and(|found| !found.is_file()) {
            let file = OpenOptions::new().write(true).open(&path)?;
            return Ok(Self { file, temporary: None, path });
        }
        let mut name = OsString::from(".");
        name.push(path.file_name().ok_or(io::ErrorKind::IsADirectory)?);
        name.push(format!(".{}.partial", std::process::id()));
        let (temporary, file) = Unfinished::create(path.with_file_name(name), create_private)?;
        Ok(Self { file, temporary: Some(temporary), path })
    }

    /// Puts the file in the place of `path`.
    ///
    /// # Errors
    /// What the system returns; `path` is then as it was.
    pub fn keep(self) -> io::Result<()> {
        let Some(temporary) = self.temporary else { return Ok(()) };
        self.file.sync_all()?;
        temporary.rename(&self.path)
    }
}

impl Write for ReplacementFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Creates a new file that only its owner can read, or truncates one of an earlier process.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Creates a folder that only its owner can enter; its parent must exist.
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    create_folder(path, fs::DirBuilder::new())
}

/// Creates a folder and those above it, which only their owner can enter. One that exists stays as it is.
pub(crate) fn create_private_folders(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    create_folder(path, builder)
}

#[cfg_attr(not(unix), expect(unused_mut, reason = "the mode is Unix's"))]
fn create_folder(path: &Path, mut builder: fs::DirBuilder) -> io::Result<()> {
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the folder holds, by name.
    fn contents(folder: &Path) -> Vec<(OsString, String)> {
        let mut files: Vec<_> = folder
            .read_dir()
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                #[expect(clippy::disallowed_methods, reason = "a test reads what it wrote")]
                let text = fs::read_to_string(entry.path()).unwrap();
                (entry.file_name(), text)
            })
            .collect();
        files.sort();
        files
    }

    #[test]
    fn a_file_is_replaced_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page");
        let mut first = ReplacementFile::create(&path).unwrap();
        first.write_all(b"one").unwrap();
        assert!(!path.exists());
        first.keep().unwrap();
        let mut second = ReplacementFile::create(&path).unwrap();
        second.write_all(b"half of tw").unwrap();
        drop(second);
        assert_eq!(contents(folder.path()), [("page".into(), "one".to_owned())]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_a_device_is_not_replaced() {
        use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "old").unwrap();
        symlink(&target, &link).unwrap();
        let mut file = ReplacementFile::create(&link).unwrap();
        file.write_all(b"new").unwrap();
        file.keep().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(contents(folder.path()).last().unwrap().1, "new");
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);

        let mut null = ReplacementFile::create(Path::new("/dev/null")).unwrap();
        null.write_all(b"gone").unwrap();
        null.keep().unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
        assert!(ReplacementFile::create(folder.path()).is_err(), "a folder");
    }
}
