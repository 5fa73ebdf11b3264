//! Files of pages: whole or not at all, and never in the place of an input.

use std::io::Write as _;
use std::path::Path;

use barerock_audit::ReplacementFile;

use crate::exit::Failure;
use crate::source::is_input;

/// Creates the file of `--html`, unless it is one of the inputs.
pub(crate) fn create(path: &Path, inputs: &[&Path]) -> Result<ReplacementFile, Failure> {
    if path.as_os_str() == "-" {
        return Err(Failure::usage("--html needs a file: standard output has the verdict"));
    }
    if inputs.iter().any(|input| is_input(path, input)) {
        return Err(Failure::usage(format!("--html would overwrite the input {}", path.display())));
    }
    #[cfg(unix)]
    crate::interrupt::leave_nothing_unfinished();
    ReplacementFile::create(path)
        .map_err(|error| Failure::usage(format!("--html: {} cannot be written: {error}", path.display())))
}

/// Writes a page, and puts it into its place.
pub(crate) fn write(mut file: ReplacementFile, path: &Path, page: &str) -> Result<(), Failure> {
    file.write_all(page.as_bytes())
        .and_then(|()| file.keep())
        .map_err(|error| Failure::io(format!("--html: {} cannot be written", path.display()), error))
}
