//! What a model id names.

use core::fmt;

/// What a model id names: Converse takes more than models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ModelIdKind {
    /// A model of a provider: `anthropic.claude-3-haiku-20240307-v1:0`, or its ARN.
    FoundationModel,
    /// A profile of the service that spreads calls over regions: `us.anthropic.claude-sonnet-4-6`, or its ARN.
    InferenceProfile,
    /// An inference profile of the account's own.
    ApplicationInferenceProfile,
    /// A managed prompt, which brings its own model.
    Prompt,
    /// A router that chooses the model.
    PromptRouter,
    /// A model the account imported.
    ImportedModel,
    /// A model the account trained.
    CustomModel,
    /// A custom model on demand.
    CustomModelDeployment,
    /// A model with capacity of its own.
    ProvisionedModel,
    /// A model of the marketplace, on an endpoint of the account's own.
    SageMakerEndpoint,
    /// A name or an ARN that does not tell this crate what it names.
    Unknown,
}

/// A model id, taken apart. Nothing is added to it or taken from it: the id as written is what is sent.
///
/// ```
/// use barerock_converse::{AwsModelId, ModelIdKind};
///
/// let id = AwsModelId::parse("arn:aws:bedrock:us-east-1:123456789012:prompt/A1B2C3D4E5:2")?;
/// assert_eq!((id.kind, id.region, id.name), (ModelIdKind::Prompt, Some("us-east-1"), "A1B2C3D4E5:2"));
/// # Ok::<(), barerock_converse::ModelIdError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AwsModelId<'a> {
    /// What it names.
    pub kind: ModelIdKind,
    /// The region of an ARN.
    pub region: Option<&'a str>,
    /// The account of an ARN, 12 digits; a foundation model has none.
    pub account: Option<&'a str>,
    /// The id itself: what stands behind the first `/` of an ARN, or all of what is no ARN.
    pub name: &'a str,
}

/// The most characters an id may have.
pub(crate) const MAX_MODEL_ID: usize = 2048;

/// What the ids of cross-region inference profiles begin with.
const GEOGRAPHIES: [&str; 9] = ["global", "us", "us-gov", "eu", "apac", "jp", "au", "ca", "sa"];

/// Whether a text is the id of a resource.
type IsId = fn(&str) -> bool;

/// The resource types of Bedrock's ARNs, and whether the rest of one is an id of that type. ConversationalModelId, the
/// model's pattern, says the same.
const RESOURCES: [(&str, ModelIdKind, IsId); 10] = [
    ("foundation-model", ModelIdKind::FoundationModel, is_provider_model),
    ("inference-profile", ModelIdKind::InferenceProfile, is_plain),
    ("application-inference-profile", ModelIdKind::ApplicationInferenceProfile, is_plain),
    ("prompt", ModelIdKind::Prompt, is_prompt),
    ("prompt-router", ModelIdKind::PromptRouter, is_plain),
    ("default-prompt-router", ModelIdKind::PromptRouter, is_plain),
    ("imported-model", ModelIdKind::ImportedModel, is_hash),
    ("custom-model", ModelIdKind::CustomModel, is_custom_model),
    ("custom-model-deployment", ModelIdKind::CustomModelDeployment, is_hash),
    ("provisioned-model", ModelIdKind::ProvisionedModel, is_hash),
];

impl<'a> AwsModelId<'a> {
    /// Takes an id apart.
    ///
    /// # Errors
    /// If it is empty or too long, holds characters no id has, or is an ARN of a known kind with a part that cannot be.
    /// An ARN of a kind this crate does not know is no error.
    pub fn parse(id: &'a str) -> Result<Self, ModelIdError> {
        if id.is_empty() || id.chars().count() > MAX_MODEL_ID {
            return Err(ModelIdError::Length);
        }
        let mut parts = id.splitn(6, ':');
        let arn = (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next());
        if let (Some("arn"), Some(_), Some(service), Some(region), Some(account), Some(resource)) = arn {
            return Self::arn(service, region, account, resource);
        }
        if !is_plain(id) && !is_name(id) {
            return Err(ModelIdError::Characters);
        }
        let kind = match id.split_once('.') {
            Some((geography, model)) if GEOGRAPHIES.contains(&geography) && model.contains('.') => {
                ModelIdKind::InferenceProfile
            }
            Some(_) => ModelIdKind::FoundationModel,
            None => ModelIdKind::Unknown,
        };
        Ok(Self { kind, region: None, account: None, name: id })
    }

    /// The id of the foundation model: the name without the geography of an inference profile.
    ///
    /// ```
    /// # use barerock_converse::AwsModelId;
    /// let id = AwsModelId::parse("us.anthropic.claude-sonnet-4-6")?;
    /// assert_eq!(id.foundation_model(), "anthropic.claude-sonnet-4-6");
    /// # Ok::<(), barerock_converse::ModelIdError>(())
    /// ```
    #[must_use]
    pub fn foundation_model(&self) -> &'a str {
        match self.name.split_once('.') {
            Some((_, model)) if self.kind == ModelIdKind::InferenceProfile => model,
            _ => self.name,
        }
    }

    /// The geography of an inference profile, such as `us` or `global`.
    #[must_use]
    pub fn geography(&self) -> Option<&'a str> {
        let is_profile = self.kind == ModelIdKind::InferenceProfile;
        self.name.split_once('.').map(|(geography, _)| geography).filter(|_| is_profile)
    }

    fn arn(
        service: &str,
        region: &'a str,
        account: &'a str,
        resource: &'a str,
    ) -> Result<Self, ModelIdError> {
        let (resource_type, name) = resource.split_once('/').unwrap_or(("", resource));
        let is_endpoint: IsId = is_dashed;
        let known = match (service, resource_type) {
            ("sagemaker", "endpoint") => Some((ModelIdKind::SageMakerEndpoint, is_endpoint)),
            ("bedrock", _) => RESOURCES
                .iter()
                .find(|(known, ..)| *known == resource_type)
                .map(|(_, kind, is_id)| (*kind, *is_id)),
            _ => None,
        };
        let kind = match known {
            None => ModelIdKind::Unknown,
            Some(_) if !is_dashed(region) => return Err(ModelIdError::Region),
            // A foundation model is nobody's.
            Some((ModelIdKind::FoundationModel, _)) if !account.is_empty() => {
                return Err(ModelIdError::Account);
            }
            Some((kind, _)) if kind != ModelIdKind::FoundationModel && !is_account(account) => {
                return Err(ModelIdError::Account);
            }
            Some((_, is_id)) if !is_id(name) => return Err(ModelIdError::Resource),
            Some((kind, _)) => kind,
        };
        let set = |part: &'a str| (!part.is_empty()).then_some(part);
        Ok(Self { kind, region: set(region), account: set(account), name })
    }
}

/// How many digits an account has.
pub(crate) const ACCOUNT_DIGITS: usize = 12;

pub(crate) fn is_account(text: &str) -> bool {
    text.len() == ACCOUNT_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn all_of(text: &str, more: &[u8]) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte))
}

fn is_plain(text: &str) -> bool {
    all_of(text, b"-:.")
}

fn is_dashed(text: &str) -> bool {
    all_of(text, b"-")
}

/// Letters and digits, single `_` or `-` between and after them.
fn is_name(text: &str) -> bool {
    let separators = |byte| byte == b'_' || byte == b'-';
    all_of(text, b"_-")
        && !text.bytes().next().is_some_and(separators)
        && !text.as_bytes().windows(2).any(|pair| pair.iter().copied().all(separators))
}

fn is_hash(text: &str) -> bool {
    /// How long the ids are that the service makes up.
    const HASH: usize = 12;
    text.len() == HASH && all_of(text, b"")
}

fn is_provider_model(text: &str) -> bool {
    is_plain(text) && text.contains('.')
}

fn is_custom_model(text: &str) -> bool {
    text.split_once('/').is_some_and(|(base, hash)| is_provider_model(base) && is_hash(hash))
}

fn is_prompt(text: &str) -> bool {
    /// How long the ids of prompts are.
    const ID: usize = 10;
    /// How many digits their versions may have.
    const VERSION: usize = 5;
    let (prompt, version) = text.split_once(':').unwrap_or((text, "1"));
    prompt.len() == ID
        && all_of(prompt, b"")
        && (1..=VERSION).contains(&version.len())
        && version.bytes().all(|byte| byte.is_ascii_digit())
}

/// Why a text is no model id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModelIdError {
    /// It is empty or too long.
    Length,
    /// It holds characters no id has.
    Characters,
    /// The ARN's region is none.
    Region,
    /// The ARN's account is not the one its kind has: 12 digits, or nothing for a foundation model.
    Account,
    /// What stands behind the ARN's resource type is not an id of that type.
    Resource,
}

impl fmt::Display for ModelIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => write!(f, "a model id has 1 to {MAX_MODEL_ID} characters"),
            Self::Characters => f.write_str("a model id is letters, digits, `-`, `.` and `:`, or an ARN"),
            Self::Region => f.write_str("the ARN's fourth part must be a region, such as us-east-1"),
            Self::Account => write!(
                f,
                "the ARN's fifth part must be an account, {ACCOUNT_DIGITS} digits, or empty for a foundation model"
            ),
            Self::Resource => f.write_str("the ARN's last part is not an id of its resource type"),
        }
    }
}

impl core::error::Error for ModelIdError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_told() {
        use ModelIdKind as Kind;
        for (id, kind) in [
            ("anthropic.claude-3-haiku-20240307-v1:0", Kind::FoundationModel),
            ("zai.glm-4.7", Kind::FoundationModel),
            ("us.anthropic.claude-sonnet-4-6", Kind::InferenceProfile),
            ("us-gov.anthropic.claude-sonnet-4-6", Kind::InferenceProfile),
            ("my_model-1", Kind::Unknown),
            ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", Kind::FoundationModel),
            (
                "arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0",
                Kind::InferenceProfile,
            ),
            (
                "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6",
                Kind::ApplicationInferenceProfile,
            ),
            ("arn:aws:bedrock:us-east-1:123456789012:prompt/A1B2C3D4E5", Kind::Prompt),
            ("arn:aws:bedrock:us-east-1:123456789012:prompt/A1B2C3D4E5:12", Kind::Prompt),
            ("arn:aws:bedrock:us-east-1:123456789012:prompt-router/x", Kind::PromptRouter),
            (
                "arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/anthropic.claude:1",
                Kind::PromptRouter,
            ),
            ("arn:aws:bedrock:us-east-1:123456789012:imported-model/a1b2c3d4e5f6", Kind::ImportedModel),
            (
                "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-lite/a1b2c3d4e5f6",
                Kind::CustomModel,
            ),
            (
                "arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/a1b2c3d4e5f6",
                Kind::CustomModelDeployment,
            ),
            ("arn:aws:bedrock:us-east-1:123456789012:provisioned-model/a1b2c3d4e5f6", Kind::ProvisionedModel),
            ("arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint", Kind::SageMakerEndpoint),
            ("arn:aws:bedrock:us-east-1:123456789012:hologram/x_y", Kind::Unknown),
        ] {
            assert_eq!(AwsModelId::parse(id).map(|id| id.kind), Ok(kind), "{id}");
        }
        let id = AwsModelId::parse("arn:aws:bedrock:us-east-1::foundation-model/a.b").unwrap();
        assert_eq!((id.region, id.account, id.name), (Some("us-east-1"), None, "a.b"));
    }

    #[test]
    fn what_cannot_be_is_told() {
        for (id, error) in [
            ("", ModelIdError::Length),
            (&*"x".repeat(2049), ModelIdError::Length),
            ("claude sonnet", ModelIdError::Characters),
            ("anthropic/claude", ModelIdError::Characters),
            ("a__b", ModelIdError::Characters),
            ("arn:aws:bedrock::123456789012:prompt/A1B2C3D4E5", ModelIdError::Region),
            ("arn:aws:bedrock:us-east-1:12345:prompt/A1B2C3D4E5", ModelIdError::Account),
            ("arn:aws:bedrock:us-east-1:123456789012:foundation-model/a.b", ModelIdError::Account),
            ("arn:aws:bedrock:us-east-1:123456789012:prompt/short", ModelIdError::Resource),
            ("arn:aws:bedrock:us-east-1:123456789012:imported-model/", ModelIdError::Resource),
        ] {
            assert_eq!(AwsModelId::parse(id), Err(error), "{id}");
        }
    }
}
