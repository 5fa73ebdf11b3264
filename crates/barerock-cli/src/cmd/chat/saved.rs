//! Conversations in files: a Converse request with its model, as `--cli-input-json` takes it.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use barerock::ConverseRequest;
use barerock::conversation::{Conversation, NotResendable};
use barerock::types::{ConversationRole, Document};

use crate::exit::Failure;
use crate::input::{Member, json_object, json_of};

/// Writes a conversation, which only its owner may read. The file is whole at any moment.
pub(super) fn save(request: &ConverseRequest, path: &Path) -> Result<(), Failure> {
    let body = Document::from_serialize(request).map_err(Failure::other)?;
    let model = Member { name: "modelId", option: "", value: Some(&request.model_id), plain: true };
    let json = Document::from_json(json_object(Some(body.as_json()), &[model])?).map_err(Failure::other)?;
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
    let request = ConverseRequest::from_json(json.as_json())
        .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    if request.model_id.is_empty() {
        return Err(Failure::usage(format!("{}: modelId is missing", path.display())));
    }
    match resumed(request) {
        (conversation, None) => Ok(conversation),
        (_, Some(error)) => Err(Failure::usage(format!("{}: {error}", path.display()))),
    }
}

/// The conversation of a request whose last message may have tool uses without results; without that message if it cannot be
/// resent.
pub(super) fn resumed(mut request: ConverseRequest) -> (Conversation, Option<NotResendable>) {
    let last = request.messages.pop_if(|message| message.role == ConversationRole::Assistant);
    let mut conversation = Conversation::new(request);
    let outcome = last.map_or(Ok(()), |last| conversation.push_response(last));
    (conversation, outcome.err())
}
