//! The records of a batch input, read on a thread of their own.

use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;
use std::thread;

use barerock::batch::{BatchRecord, InvalidRecord};
use tokio::sync::mpsc;

use crate::exit::Failure;
use crate::input::STANDARD_INPUT;

/// Longest line that is read, in bytes: several times what Bedrock takes.
const MAX_LINE: usize = 64 * 1024 * 1024;

/// Records that may wait to be sent.
const WAITING: usize = 4;

/// Size of the file's buffer, in bytes.
const BUFFER: usize = 256 * 1024;

/// A line of the input.
pub(super) struct Line {
    pub(super) record: Result<BatchRecord, InvalidRecord>,
    /// Where the line ends, in bytes from the start of the input.
    pub(super) end: u64,
}

/// A batch input that is read line by line.
pub(super) struct Input {
    reader: Box<dyn BufRead + Send>,
    name: String,
    /// Size in bytes, of a regular file.
    size: Option<u64>,
}

impl Input {
    /// Opens a file, or standard input for `-`.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        if path.as_os_str() == STANDARD_INPUT {
            let reader = Box::new(BufReader::with_capacity(BUFFER, io::stdin()));
            return Ok(Self { reader, name: "standard input".to_owned(), size: None });
        }
        let name = path.display().to_string();
        let file = crate::input::open(path).map_err(|error| unreadable(&name, &error))?;
        let metadata = file.metadata().map_err(|error| unreadable(&name, &error))?;
        if metadata.is_dir() {
            return Err(Failure::usage(format!("{name} cannot be read: is a directory")));
        }
        let size = metadata.is_file().then_some(metadata.len());
        Ok(Self { reader: Box::new(BufReader::with_capacity(BUFFER, file)), name, size })
    }

    /// Size in bytes, of a regular file.
    pub(super) fn size(&self) -> Option<u64> {
        self.size
    }

    /// Reads on a thread, a few records ahead, until the receiver is dropped.
    pub(super) fn read(mut self) -> io::Result<mpsc::Receiver<Result<Line, Failure>>> {
        let (sender, receiver) = mpsc::channel(WAITING);
        thread::Builder::new().spawn(move || {
            let mut lines = Lines { reader: &mut *self.reader, number: 0, end: 0, max: MAX_LINE };
            loop {
                let line = match lines.next() {
                    Ok(Some(line)) => Ok(line),
                    Ok(None) => break,
                    Err(error) => Err(unreadable(&self.name, &error)),
                };
                let is_last = line.is_err();
                if sender.blocking_send(line).is_err() || is_last {
                    break;
                }
            }
        })?;
        Ok(receiver)
    }
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::usage(format!("{name} cannot be read: {error}"))
}

/// Lines with their numbers and ends. Empty lines are skipped and counted.
struct Lines<'a> {
    reader: &'a mut dyn BufRead,
    number: u64,
    end: u64,
    /// Longest line, in bytes.
    max: usize,
}

impl Lines<'_> {
    fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let mut bytes = Vec::new();
            let most = u64::try_from(self.max).unwrap_or(u64::MAX).saturating_add(1);
            // Past the first read error there is nothing to resume: `read_until` retries interrupted reads itself.
            let length = (&mut *self.reader).take(most).read_until(b'\n', &mut bytes)?;
            if length == 0 {
                return Ok(None);
            }
            self.advance(length);
            self.number = self.number.saturating_add(1);
            if length > self.max && !bytes.ends_with(b"\n") {
                self.skip_line()?;
                let record = Err(InvalidRecord::too_long(self.number, self.max));
                return Ok(Some(Line { record, end: self.end }));
            }
            if !bytes.trim_ascii().is_empty() {
                let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
                return Ok(Some(Line { record: BatchRecord::parse(line, self.number), end: self.end }));
            }
        }
    }

    /// Skips the rest of a line without keeping it.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = match self.reader.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let line_end = buffer.iter().position(|byte| *byte == b'\n');
            let length = line_end.map_or(buffer.len(), |at| at.saturating_add(1));
            let is_last = line_end.is_some() || buffer.is_empty();
            self.reader.consume(length);
            self.advance(length);
            if is_last {
                return Ok(());
            }
        }
    }

    fn advance(&mut self, length: usize) {
        self.end = self.end.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_whatever_they_are() {
        let long = "x".repeat(50);
        let text = format!("\n{{\"modelInput\":{{}}}}\r\n  \n{long}\n{{}}\n{long}");
        for capacity in 1..=text.len() {
            let mut reader = BufReader::with_capacity(capacity, text.as_bytes());
            let mut lines = Lines { reader: &mut reader, number: 0, end: 0, max: 40 };
            let mut read = Vec::new();
            while let Some(line) = lines.next().unwrap() {
                read.push((
                    line.record.map_or_else(|error| error.to_string(), |record| record.record_id().into()),
                    line.end,
                ));
            }
            let expected = [
                ("LINE0000002", 20),
                ("line 4: longer than 40 bytes", 74),
                ("line 5: modelInput is missing", 77),
                ("line 6: longer than 40 bytes", 127),
            ];
            assert_eq!(read, expected.map(|(text, end)| (text.to_owned(), end)), "{capacity}");
        }
    }
}
