//! Conversations in files: a Converse request with its model, as `--cli-input-json` takes it.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use barerock::conversation::Conversation;

use crate::exit::Failure;
use crate::input::json_of;

/// Writes a conversation, which only its owner may read. The file is whole at any moment.
pub(super) fn save(conversation: &Conversation, path: &Path) -> Result<(), Failure> {
    let json = conversation.to_document();
    let failed = |error| Failure::io(format_args!("{} cannot be written", path.display()), error);
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part).map_err(failed)?;
    let written =
        file.write_all((json.to_pretty("    ") + "\n").as_bytes()).and_then(|()| fs::rename(&part, path));
    written.map_err(|error| {
        // Only a part of the file is there.
        let _ = fs::remove_file(&part);
        failed(error)
    })
}

/// Reads a conversation. Tool uses without a result get an error result with the next prompt.
pub(super) fn load(path: &Path) -> Result<Conversation, Failure> {
    let json = json_of("/load", &format!("file://{}", path.display()))?;
    Conversation::from_json(json.as_json())
        .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}
