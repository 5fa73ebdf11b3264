//! The service model's shapes, in the service model's words.
//!
//! Three rules hold throughout. A required member of the model is an argument of `new`; an optional one is an `Option` with a
//! setter. An enum value or union member this crate does not know is kept as `Unknown` and written back. An unknown member of
//! a structure is kept too (`extra_members`), and can be added (`extra`): a newer service breaks neither readers nor writers.

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
pub(crate) use macros::{serde_facade, setters, string_enum, structure, union};
