//! Rules for ApplyGuardrail and InvokeGuardrailChecks requests.

use super::content::guard_content;
use super::mistake::unknown;
use super::path::Path;
use super::rules::{GUARDRAIL_IDENTIFIER, GUARDRAIL_VERSION, NON_EMPTY, count, text};
use super::{Checked, ValidationError, each};
use crate::apply_guardrail::ApplyGuardrailRequest;
use crate::invoke_guardrail_checks::{
    GuardrailChecksContentBlock, GuardrailChecksMessage, InvokeGuardrailChecksRequest,
};

/// Number of messages, and of content blocks of each.
const SOME: (usize, usize) = (1, usize::MAX);
/// Number of categories of harmful content to check for.
const CONTENT_FILTER_CATEGORIES: (usize, usize) = (1, 5);
/// Number of categories of prompt attacks to check for.
const PROMPT_ATTACK_CATEGORIES: (usize, usize) = (1, 3);
/// Number of types of PII to check for.
const ENTITIES: (usize, usize) = (1, 31);

impl ApplyGuardrailRequest {
    /// Checks the request against the service model, without sending it.
    ///
    /// # Errors
    /// The first value that violates the service model.
    pub fn validate(&self) -> Result<(), ValidationError> {
        for (member, value, rule) in [
            ("guardrailIdentifier", &self.guardrail_identifier, &GUARDRAIL_IDENTIFIER),
            ("guardrailVersion", &self.guardrail_version, &GUARDRAIL_VERSION),
        ] {
            let at = Path::root(member);
            // Both are part of the path, where an empty segment would be lost.
            text(&at, value, &NON_EMPTY)?;
            text(&at, value, rule)?;
        }
        each(&Path::root("content"), &self.content, guard_content)
    }
}

impl InvokeGuardrailChecksRequest {
    /// Checks the request against the service model, without sending it.
    ///
    /// # Errors
    /// The first value that violates the service model.
    pub fn validate(&self) -> Result<(), ValidationError> {
        let at = Path::root("messages");
        count(&at, self.messages.len(), SOME, "entries")?;
        each(&at, &self.messages, checked_message)?;
        let at = Path::root("checks");
        for (check, list, found, range) in [
            (
                "contentFilter",
                "categories",
                self.checks.content_filter.as_ref().map(|config| config.categories.len()),
                CONTENT_FILTER_CATEGORIES,
            ),
            (
                "promptAttack",
                "categories",
                self.checks.prompt_attack.as_ref().map(|config| config.categories.len()),
                PROMPT_ATTACK_CATEGORIES,
            ),
            (
                "sensitiveInformation",
                "entities",
                self.checks.sensitive_information.as_ref().map(|config| config.entities.len()),
                ENTITIES,
            ),
        ] {
            if let Some(found) = found {
                count(&at.member(check).member(list), found, range, "entries")?;
            }
        }
        Ok(())
    }
}

fn checked_message(at: &Path<'_>, message: &GuardrailChecksMessage) -> Checked {
    let at = at.member("content");
    count(&at, message.content.len(), SOME, "entries")?;
    each(&at, &message.content, |at, block| match block {
        GuardrailChecksContentBlock::Text(words) => text(&at.member("text"), words, &NON_EMPTY),
        GuardrailChecksContentBlock::Unknown(member) => {
            unknown(at, member, GuardrailChecksContentBlock::MEMBERS)
        }
    })
}
