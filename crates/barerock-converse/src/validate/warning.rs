//! Warnings about values that the service may reject.

use core::fmt;

use super::path::Path;
use super::rules::{DOCUMENT_NAME, text};
use super::{ValidationError, at_path};
use crate::request::ConverseRequest;
use crate::types::{ContentBlock, DocumentBlock, ToolResultContentBlock};

/// Warning about a value the service may reject: a member this crate does not know, or a violation of a rule that is
/// not part of the service model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidationWarning {
    pub(super) path: String,
    pub(super) message: String,
}

impl ValidationWarning {
    /// The path of the value, such as `messages[2].content[0].document.name`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for ValidationWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        at_path(f, &self.path, &self.message)
    }
}

impl ConverseRequest {
    /// Returns warnings for values that pass [`validate`](Self::validate) but that the service may reject: document
    /// names, for which the service model has only a length, and the service's error message a character set.
    #[must_use]
    pub fn warnings(&self) -> Vec<ValidationWarning> {
        let mut warnings = Vec::new();
        let messages = Path::root("messages");
        for (index, message) in self.messages.iter().enumerate() {
            let at = messages.index(index);
            let at = at.member("content");
            for (index, block) in message.content.iter().enumerate() {
                let at = at.index(index);
                match block {
                    ContentBlock::Document(block) => warn(&at, block, &mut warnings),
                    ContentBlock::ToolResult(result) => {
                        let at = at.member("toolResult");
                        let at = at.member("content");
                        for (index, content) in result.content.iter().enumerate() {
                            if let ToolResultContentBlock::Document(block) = content {
                                warn(&at.index(index), block, &mut warnings);
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
        warnings
    }
}

fn warn(at: &Path<'_>, block: &DocumentBlock, warnings: &mut Vec<ValidationWarning>) {
    let at = at.member("document");
    if let Err(ValidationError { path, message }) = text(&at.member("name"), &block.name, &DOCUMENT_NAME) {
        warnings.push(ValidationWarning { path, message });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{DocumentFormat, Message, ToolResultBlock};

    #[test]
    fn names_of_documents_are_warned_of() {
        let document = |name: &str| DocumentBlock::from_bytes(DocumentFormat::Pdf, name, &b"x"[..]);
        let result = ToolResultBlock::new("t", [ToolResultContentBlock::Document(document("a/b"))]);
        let messages =
            [Message::user([document("report").into(), document("report.pdf").into(), result.into()])];
        let mut request = ConverseRequest::new("anthropic.claude", messages);
        assert_eq!(request.validate(), Ok(()));
        let warnings = request.warnings();
        let paths: Vec<_> = warnings.iter().map(ValidationWarning::path).collect();
        assert_eq!(
            paths,
            [
                "messages[0].content[1].document.name",
                "messages[0].content[2].toolResult.content[0].document.name"
            ]
        );
        assert!(warnings[0].to_string().contains("is \"report.pdf\", but must be"), "{}", warnings[0]);
        request.messages = vec![Message::user(document(""))];
        assert!(request.validate().is_err());
    }
}
