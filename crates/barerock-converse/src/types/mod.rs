//! Types of the service model, with the names of the service model.
//!
//! Required members of a structure are arguments of `new`; optional members are `Option`s with a setter of the same
//! name. Enum values and union members that this crate does not know are kept as `Unknown` and written back. Unknown
//! members of a structure are kept as well (`extra_members`) and can be set (`extra`), so that additions to the service
//! model break neither reading nor writing.

mod macros;

mod assessment;
mod automated_reasoning;
mod blob;
mod citation;
mod content;
mod document;
mod extra;
mod guardrail;
mod guardrail_usage;
mod inference;
mod media;
mod message;
mod pii;
mod text;
mod tool;
mod trace;
mod traits;
mod usage;

pub use assessment::{
    GuardrailAssessment, GuardrailContentFilter, GuardrailContentFilterConfidence,
    GuardrailContentFilterStrength, GuardrailContentFilterType, GuardrailContentPolicyAssessment,
    GuardrailContextualGroundingFilter, GuardrailContextualGroundingFilterType,
    GuardrailContextualGroundingPolicyAssessment, GuardrailCustomWord, GuardrailManagedWord,
    GuardrailManagedWordType, GuardrailPiiEntityFilter, GuardrailPolicyAction, GuardrailRegexFilter,
    GuardrailSensitiveInformationPolicyAssessment, GuardrailTopic, GuardrailTopicPolicyAssessment,
    GuardrailTopicType, GuardrailWordPolicyAssessment,
};
pub use automated_reasoning::{
    GuardrailAutomatedReasoningFinding, GuardrailAutomatedReasoningImpossibleFinding,
    GuardrailAutomatedReasoningInputTextReference, GuardrailAutomatedReasoningInvalidFinding,
    GuardrailAutomatedReasoningLogicWarning, GuardrailAutomatedReasoningLogicWarningType,
    GuardrailAutomatedReasoningNoTranslationsFinding, GuardrailAutomatedReasoningPolicyAssessment,
    GuardrailAutomatedReasoningRule, GuardrailAutomatedReasoningSatisfiableFinding,
    GuardrailAutomatedReasoningScenario, GuardrailAutomatedReasoningStatement,
    GuardrailAutomatedReasoningTooComplexFinding, GuardrailAutomatedReasoningTranslation,
    GuardrailAutomatedReasoningTranslationAmbiguousFinding, GuardrailAutomatedReasoningTranslationOption,
    GuardrailAutomatedReasoningValidFinding,
};
pub use blob::Blob;
pub use citation::{
    Citation, CitationGeneratedContent, CitationLocation, CitationSourceContent, CitationsConfig,
    CitationsContentBlock, DocumentRangeLocation, SearchResultBlock, SearchResultContentBlock,
    SearchResultLocation, WebLocation,
};
pub use content::{
    CachePointBlock, CachePointType, CacheTtl, ContentBlock, ReasoningContentBlock, ReasoningTextBlock,
};
pub use document::{Document, UnknownMember};
pub use guardrail::{
    GuardrailConfiguration, GuardrailContentBlock, GuardrailContentQualifier, GuardrailConverseContentBlock,
    GuardrailConverseImageBlock, GuardrailConverseImageFormat, GuardrailConverseImageSource,
    GuardrailConverseTextBlock, GuardrailStreamProcessingMode, GuardrailTrace,
};
pub use guardrail_usage::{
    AppliedGuardrailDetails, GuardrailCoverage, GuardrailInvocationMetrics, GuardrailOrigin,
    GuardrailOwnership, GuardrailPartCoverage, GuardrailUsage,
};
pub use inference::{
    InferenceConfiguration, JsonSchemaDefinition, OutputConfig, OutputFormat, OutputFormatStructure,
    OutputFormatType, PerformanceConfigLatency, PerformanceConfiguration, PromptVariableValues, ServiceTier,
    ServiceTierType,
};
pub use media::{
    AudioBlock, AudioFormat, AudioSource, DocumentBlock, DocumentContentBlock, DocumentFormat,
    DocumentSource, ErrorBlock, ImageBlock, ImageFormat, ImageSource, S3Location, VideoBlock, VideoFormat,
    VideoSource,
};
pub use message::{ConversationRole, IntoContent, Message, SystemContentBlock};
pub use pii::GuardrailPiiEntityType;
pub use text::Text;
pub use tool::{
    AnyToolChoice, AutoToolChoice, SpecificToolChoice, SystemTool, Tool, ToolChoice, ToolConfiguration,
    ToolInputSchema, ToolReference, ToolReferenceBlock, ToolResultBlock, ToolResultContentBlock,
    ToolResultStatus, ToolSpecification, ToolUseBlock, ToolUseType,
};
pub use trace::{ConverseTrace, GuardrailTraceAssessment, PromptRouterTrace};
pub use usage::{CacheDetail, ConverseMetrics, StopReason, TokenUsage};

pub(crate) use extra::Extra;
pub(crate) use macros::{call_accessors, open_members, setters, string_enum, structure, union};
pub(crate) use traits::{assert_shared, serde_facade, str_eq};
