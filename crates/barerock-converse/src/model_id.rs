//! Model IDs: syntax, and the kind of resource an ID names.

use core::fmt;

/// Kind of resource that a model ID names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ModelIdKind {
    /// A foundation model: `anthropic.claude-3-haiku-20240307-v1:0`, or its ARN.
    FoundationModel,
    /// A cross-region inference profile of the service: `us.anthropic.claude-sonnet-4-6`, or its ARN.
    InferenceProfile,
    /// An application inference profile of the account.
    ApplicationInferenceProfile,
    /// A managed prompt, which determines the model.
    Prompt,
    /// A prompt router, which chooses the model.
    PromptRouter,
    /// An imported model.
    ImportedModel,
    /// A custom model.
    CustomModel,
    /// An on-demand deployment of a custom model.
    CustomModelDeployment,
    /// A model with provisioned throughput.
    ProvisionedModel,
    /// A marketplace model on a SageMaker endpoint of the account.
    SageMakerEndpoint,
    /// A name or an ARN of a kind this crate does not know.
    Unknown,
}

/// A parsed model ID. Parsing does not normalize: requests send the ID as written.
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
    /// Kind of resource.
    pub kind: ModelIdKind,
    /// Region of an ARN; `None` for other IDs.
    pub region: Option<&'a str>,
    /// Account ID of an ARN, 12 digits; `None` for foundation models and other IDs.
    pub account: Option<&'a str>,
    /// The part of an ARN after the first `/`, or the whole ID if it is not an ARN.
    pub name: &'a str,
}

/// Maximum length of a model ID, in characters.
pub(crate) const MAX_MODEL_ID: usize = 2048;

/// Geography prefixes of cross-region inference profiles.
const GEOGRAPHIES: [&str; 9] = ["global", "us", "us-gov", "eu", "apac", "jp", "au", "ca", "sa"];

/// Predicate: true if a text is the ID of a resource.
type IsId = fn(&str) -> bool;

// spec: bedrock#model-id "If you use an inference profile, specify the inference profile ID or its ARN."
/// Resource types of Bedrock ARNs with their kinds and ID syntax, according to the pattern ConversationalModelId of the
/// service model.
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
    /// Parses a model ID.
    ///
    /// # Errors
    /// If the ID is empty or longer than 2,048 characters, contains invalid characters, or is an ARN of a known kind
    /// with an invalid region, account or resource. An ARN of an unknown kind is not an error.
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
            // ARNs of foundation models have no account.
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

/// Number of digits of an account ID.
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

/// True for letters and digits, each optionally followed by a single `_` or `-`.
fn is_name(text: &str) -> bool {
    let separators = |byte| byte == b'_' || byte == b'-';
    all_of(text, b"_-")
        && !text.bytes().next().is_some_and(separators)
        && !text.as_bytes().windows(2).any(|pair| pair.iter().copied().all(separators))
}

fn is_hash(text: &str) -> bool {
    /// Length of generated resource IDs.
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
    /// Length of prompt IDs.
    const ID: usize = 10;
    /// Maximum number of digits of a prompt version.
    const VERSION: usize = 5;
    let (prompt, version) = text.split_once(':').unwrap_or((text, "1"));
    prompt.len() == ID
        && all_of(prompt, b"")
        && (1..=VERSION).contains(&version.len())
        && version.bytes().all(|byte| byte.is_ascii_digit())
}

/// Error of parsing a model ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModelIdError {
    /// The ID is empty or longer than 2,048 characters.
    Length,
    /// The ID contains invalid characters.
    Characters,
    /// The region of the ARN is invalid.
    Region,
    /// The account of the ARN is invalid: it must be 12 digits, or empty for a foundation model.
    Account,
    /// The resource ID of the ARN is invalid for its resource type.
    Resource,
}

impl fmt::Display for ModelIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => write!(f, "invalid model id: not 1 to {MAX_MODEL_ID} characters"),
            Self::Characters => {
                f.write_str("invalid model id: neither letters, digits, `-`, `.` and `:` nor an ARN")
            }
            Self::Region => f.write_str("invalid region in the ARN's fourth part"),
            Self::Account => write!(
                f,
                "invalid account in the ARN's fifth part: neither {ACCOUNT_DIGITS} digits nor empty for a foundation model"
            ),
            Self::Resource => f.write_str("invalid resource id in the ARN's last part"),
        }
    }
}

impl core::error::Error for ModelIdError {}

#[cfg(test)]
mod tests {
    use super::*;

    // spec-test: bedrock#model-id
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
