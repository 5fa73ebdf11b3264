//! The output of a batch: whole lines only, continued where an earlier run stopped.

use core::time::Duration;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::thread;

use barerock::batch::{BatchProgress, Tail, tail};

use crate::exit::Failure;
use crate::input::STANDARD_INPUT;
use crate::render;

/// Size of the buffer an existing output is read with, in bytes.
const BUFFER: usize = 256 * 1024;

/// How often, and how far apart, a lock that another process holds is tried for again: for 200 ms.
const LOCK_RETRIES: u32 = 20;
const LOCK_RETRY_DELAY: Duration = Duration::from_millis(10);

/// Where the records of a batch go.
pub(super) struct Output {
    target: Target,
    name: String,
}

enum Target {
    /// A regular file, and the length of its whole lines in bytes.
    File(File, u64),
    /// A pipe or a device.
    Stream(File),
    /// Standard output.
    Standard(render::Output),
}

impl Output {
    /// Opens an output for writing, and reads the records it has. A record that an earlier run has not written to its end is cut
    /// off; any other content than records is an error, and the file stays as it is.
    pub(super) fn open(path: &Path) -> Result<(Self, BatchProgress), Failure> {
        if path.as_os_str() == STANDARD_INPUT {
            let (target, name) = (Target::Standard(render::Output::new()), "standard output".to_owned());
            return Ok((Self { target, name }, BatchProgress::default()));
        }
        let name = path.display().to_string();
        let failed = |error| Failure::usage(format!("{name} cannot be opened: {error}"));
        let metadata = std::fs::metadata(path).ok();
        if metadata.as_ref().is_some_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
            let file = OpenOptions::new().write(true).open(path).map_err(failed)?;
            return Ok((Self { target: Target::Stream(file), name }, BatchProgress::default()));
        }
        let file = OpenOptions::new().read(true).append(true).create(true).open(path).map_err(failed)?;
        match lock(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::usage(format!("{name} is being written by another batch")));
            }
            // Some file systems have no locks.
            Err(TryLockError::Error(_)) => {}
        }
        let mut output = Self { target: Target::File(file, 0), name };
        let progress = output.recover()?;
        Ok((output, progress))
    }

    /// Reads the records of the file, and leaves whole lines.
    fn recover(&mut self) -> Result<BatchProgress, Failure> {
        let Target::File(file, whole) = &mut self.target else { return Ok(BatchProgress::default()) };
        let failed = |error| Failure::io(format_args!("{} cannot be read", self.name), error);
        let mut progress = BatchProgress::default();
        let (mut line, mut number) = (Vec::new(), 0_u64);
        let mut reader = BufReader::with_capacity(BUFFER, &*file);
        loop {
            line.clear();
            let length = reader.read_until(b'\n', &mut line).map_err(failed)?;
            number = number.saturating_add(1);
            let foreign =
                |why: &dyn core::fmt::Display| Failure::usage(format!("{}:{number}: {why}", self.name));
            let Some(record) = line.strip_suffix(b"\n") else { break };
            progress.add_output(record).map_err(|error| foreign(&error))?;
            *whole = whole.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        }
        if line.is_empty() {
            return Ok(progress);
        }
        match tail(&line) {
            Tail::Whole => {
                progress.add_output(&line).map_err(Failure::input)?;
                let length = u64::try_from(line.len()).unwrap_or(u64::MAX);
                *whole = whole.saturating_add(length);
                self.write("\n")?;
            }
            Tail::Torn => {
                file.set_len(*whole).map_err(failed)?;
                tell!("note: {}: the last record is incomplete; it was cut off and is sent again", self.name);
            }
            _ => {
                return Err(Failure::usage(format!(
                    "{}:{number}: not a record of a batch output",
                    self.name
                )));
            }
        }
        Ok(progress)
    }

    /// Writes a line. If that fails, the part of it that was written is cut off.
    pub(super) fn write(&mut self, line: &str) -> Result<(), Failure> {
        let written = match &mut self.target {
            Target::Standard(output) => return output.json_text(line),
            Target::Stream(stream) => stream.write_all(line.as_bytes()),
            Target::File(file, whole) => match (&*file).write_all(line.as_bytes()) {
                Ok(()) => {
                    *whole = whole.saturating_add(u64::try_from(line.len()).unwrap_or(u64::MAX));
                    Ok(())
                }
                Err(error) => {
                    // If this fails too, the next run cuts it off.
                    let _ = file.set_len(*whole);
                    Err(error)
                }
            },
        };
        written.map_err(|error| Failure::io(format_args!("{} cannot be written", self.name), error))
    }

    /// Hands the file to the disk, so that a power failure does not take it.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        match &self.target {
            Target::File(file, _) => file.sync_all(),
            Target::Stream(_) | Target::Standard(_) => Ok(()),
        }
        .map_err(|error| Failure::io(format_args!("{} cannot be written", self.name), error))
    }

    /// True if a later run can continue it.
    pub(super) fn continues(&self) -> bool {
        matches!(self.target, Target::File(..))
    }

    /// The name, for messages.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

/// Locks a file for this process. A lock is tried for again for a moment: a child process holds that of its parent between fork and
/// exec, also after the parent has closed the file.
fn lock(file: &File) -> Result<(), TryLockError> {
    for _ in 0..LOCK_RETRIES {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => thread::sleep(LOCK_RETRY_DELAY),
            result => return result,
        }
    }
    file.try_lock()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test reads its own files")]
mod tests {
    use super::*;

    const FIRST: &str = "{\"recordId\":\"a\",\"modelInput\":{},\"modelOutput\":{}}\n";
    const SECOND: &str =
        "{\"recordId\":\"b\",\"modelInput\":{},\"error\":{\"errorCode\":400,\"errorMessage\":\"x\"}}\n";

    /// The output after a run that was stopped at every byte.
    #[test]
    fn what_is_whole_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("{FIRST}{SECOND}");
        for end in 0..=text.len() {
            // One each: a process that another test starts at this moment would hold the lock for a moment longer.
            let path = folder.path().join(format!("out-{end}.jsonl"));
            std::fs::write(&path, &text[..end]).unwrap();
            let (mut output, progress) = Output::open(&path).unwrap();
            // Without its line break a record is whole.
            let kept = match end {
                end if end + 1 >= text.len() => &*text,
                end if end + 1 >= FIRST.len() => FIRST,
                _ => "",
            };
            assert_eq!(std::fs::read_to_string(&path).unwrap(), kept, "{end}");
            assert_eq!(progress.outputs() + progress.errors(), u64::try_from(kept.lines().count()).unwrap());
            output.write(FIRST).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{kept}{FIRST}"));
        }
    }

    #[test]
    fn other_files_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let texts =
            ["hello", "hello\n", "{\"recordId\":\"a\",\"modelInput\":{}}\n", "\n", &format!("{FIRST}\0\0")];
        for (number, text) in texts.into_iter().enumerate() {
            let path = folder.path().join(format!("{number}-notes.txt"));
            std::fs::write(&path, text).unwrap();
            let error = Output::open(&path).err().unwrap().to_string();
            assert!(
                error.contains("notes.txt:") && error.contains("not a record of a batch output"),
                "{error}"
            );
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
        let _first = Output::open(&folder.path().join("out")).unwrap();
        let error = Output::open(&folder.path().join("out")).err().unwrap().to_string();
        assert!(error.ends_with("is being written by another batch"), "{error}");
        assert!(Output::open(folder.path()).is_err());
    }
}
