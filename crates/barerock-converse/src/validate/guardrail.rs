//! The rules for requests to guardrails.

use super::content::guard_content;
use super::mistake::unknown;
use super::path::Path;
use super::rules::{GUARDRAIL_IDENTIFIER, GUARDRAIL_VERSION, NON_EMPTY, count, text};
use super::{Checked, ValidationError, each};
use crate::apply_guardrail::ApplyGuardrailRequest;
use crate::invoke_guardrail_checks::{
    GuardrailChecksContentBlock, GuardrailChecksMessage, InvokeGuardrailChecksRequest,
};

/// How many messages, and how many blocks in each, there must be.
const SOME: (usize, usize) = (1, usize::MAX);
/// How many categories of harmful content may be looked for.
const CONTENT_FILTER_CATEGORIES: (usize, usize) = (1, 5);
/// How many categories of prompt attacks may be looked for.
const PROMPT_ATTACK_CATEGORIES: (usize, usize) = (1, 3);
/// How many kinds of personal data may be looked for.
const ENTITIES: (usize, usize) = (1, 31);

impl ApplyGuardrailRequest {
    /// Checks the request against the service model, without sending it.
    ///
    /// # Errors
    /// If the service would refuse it: the first value that breaks a rule.
    pub fn validate(&self) -> Result<(), ValidationError> {
        for (member, value, rule) in [
            ("guardrailIdentifier", &self.guardrail_identifier, &GUARDRAIL_IDENTIFIER),
            ("guardrailVersion", &self.guardrail_version, &GUARDRAIL_VERSION),
        ] {
            let at = Path::root(member);
            // In a path an empty member would be none.
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
    /// If the service would refuse it: the first value that breaks a rule.
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
