//! How a model should answer.

use super::{Document, string_enum, structure, union};

structure! {
    /// The settings every model knows. What is unset is the model's own default.
    InferenceConfiguration {
        required {}
        optional {
            /// The most tokens the answer may have; at least 1. Unset reserves the model's maximum against the quota.
            max_tokens: u32,
            /// How freely the model chooses, 0 to 1.
            temperature: f64,
            /// How much of the likeliest the model chooses from, 0 to 1.
            top_p: f64,
            /// Texts that end the answer; at most 2,500.
            stop_sequences: Vec<String>,
        }
    }
}

string_enum! {
    /// Whether the call may pay for a faster answer.
    PerformanceConfigLatency { Standard = "standard", Optimized = "optimized", }
}

structure! {
    /// How fast the answer should be.
    PerformanceConfiguration {
        required {}
        optional {
            /// The latency class.
            latency: PerformanceConfigLatency,
        }
    }
}

string_enum! {
    /// Which capacity serves a call.
    ServiceTierType { Priority = "priority", Default = "default", Flex = "flex", Reserved = "reserved", }
}

structure! {
    /// Which capacity serves a call.
    ServiceTier {
        required {
            /// The tier.
            r#type: ServiceTierType,
        }
        optional {}
    }
}

structure! {
    /// The form the answer should have.
    OutputConfig {
        required {}
        optional {
            /// The form of its text.
            text_format: OutputFormat,
            /// How much thought to spend: `low`, `medium`, `high`, `xhigh` or `max`; at most 16 characters.
            effort: String,
        }
    }
}

impl OutputConfig {
    /// An answer whose text is JSON that follows a schema.
    pub fn json_schema(schema: impl Into<Document>) -> Self {
        let schema = JsonSchemaDefinition::new(schema.into().as_json());
        let structure = OutputFormatStructure::JsonSchema(schema);
        Self::new().text_format(OutputFormat::new(OutputFormatType::JsonSchema, structure))
    }
}

string_enum! {
    /// The kind of a text form.
    OutputFormatType {
        /// JSON that follows a schema.
        JsonSchema = "json_schema",
    }
}

structure! {
    /// The form of an answer's text.
    OutputFormat {
        required {
            /// Its kind.
            r#type: OutputFormatType,
            /// Its rules.
            structure: OutputFormatStructure,
        }
        optional {}
    }
}

union! {
    /// The rules of a text form.
    OutputFormatStructure {
        /// A JSON schema.
        JsonSchema(JsonSchemaDefinition) = "jsonSchema",
    }
}

structure! {
    /// A JSON schema for the answer.
    JsonSchemaDefinition {
        required {
            /// The schema: JSON, as a string.
            schema: String,
        }
        optional {
            /// Its name.
            name: String,
            /// What it is for.
            description: String,
        }
    }
}

union! {
    /// The value of a variable in a managed prompt.
    PromptVariableValues {
        /// Text.
        Text(String) = "text",
    }
}
