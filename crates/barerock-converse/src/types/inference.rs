//! Inference settings: sampling, latency, service tier and output format.

use super::{Document, string_enum, structure, union};

structure! {
    /// Inference parameters that are common to all models. Unset parameters have the defaults of the model.
    ///
    /// ```
    /// # use barerock_converse::{ConverseRequest, types::InferenceConfiguration};
    /// let shared = InferenceConfiguration::new().max_tokens(512_u32).temperature(0.2);
    /// let request = ConverseRequest::new("us.anthropic.claude-sonnet-4-6", []).inference_config(shared);
    /// ```
    InferenceConfiguration {
        required {}
        optional {
            /// Maximum number of tokens to generate, at least 1. If unset, the maximum of the model counts against the
            /// quota.
            max_tokens: u32,
            /// Sampling temperature, 0 to 1.
            temperature: f64,
            /// Probability mass of the most likely tokens to sample from (nucleus sampling), 0 to 1.
            top_p: f64,
            /// Sequences that stop generation; at most 2,500.
            stop_sequences: Vec<String>,
        }
    }
}

string_enum! {
    /// Latency class of a request. `optimized` is faster and may cost more.
    PerformanceConfigLatency { Standard = "standard", Optimized = "optimized", }
}

structure! {
    /// Performance settings of a request.
    PerformanceConfiguration {
        required {}
        optional {
            /// Latency class.
            latency: PerformanceConfigLatency,
        }
    }
}

string_enum! {
    /// Type of a service tier.
    ServiceTierType { Priority = "priority", Default = "default", Flex = "flex", Reserved = "reserved", }
}

structure! {
    /// Service tier that processes a request.
    ServiceTier {
        required {
            /// Type of the tier.
            r#type: ServiceTierType,
        }
        optional {}
    }
}

structure! {
    /// Output settings of a request.
    OutputConfig {
        required {}
        optional {
            /// Format of the text of the response.
            text_format: OutputFormat,
            /// Reasoning effort: `low`, `medium`, `high`, `xhigh` or `max`; at most 16 characters.
            effort: String,
        }
    }
}

impl OutputConfig {
    /// Creates settings for a response whose text is JSON that conforms to `schema`. Read it with
    /// [`ConverseResponse::json`](crate::ConverseResponse::json).
    ///
    /// The service takes a subset of JSON Schema draft 2020-12, and refuses any other schema with a
    /// ValidationException (Amazon Bedrock user guide, "Get validated JSON results from models"):
    ///
    /// | feature | taken |
    /// |---|---|
    /// | `type` | all types; an object needs `"additionalProperties": false` |
    /// | `properties`, `required`, `default`, `description` | yes |
    /// | `enum` | of strings, numbers, booleans and null; no objects or lists |
    /// | `const`, `anyOf` | yes |
    /// | `allOf` | in part |
    /// | `$ref`, `$defs`, `definitions` | inside of the schema, not recursive |
    /// | `format` | `date`, `time`, `date-time`, `duration`, `email`, `hostname`, `uri`, `ipv4`, `ipv6`, `uuid` |
    /// | `minItems` | 0 and 1 |
    /// | `maxItems`, `minimum`, `maximum`, `multipleOf`, `minLength`, `maxLength` | no |
    /// | recursive schemas, references to other documents | no |
    /// | `additionalProperties` other than false | no |
    ///
    /// The first request with a schema may take minutes, in which the service compiles it; the result is kept for 24
    /// hours. A response that was cut by `max_tokens`, refused by the model or changed by a guardrail does not conform.
    /// A model that takes no schema is a ValidationException as well.
    ///
    /// ```
    /// # use barerock_converse::{ConverseRequest, types::{Message, OutputConfig}};
    /// let schema = serde_json::json!({
    ///     "type": "object",
    ///     "properties": {"city": {"type": "string"}, "inhabitants": {"type": "integer"}},
    ///     "required": ["city", "inhabitants"],
    ///     "additionalProperties": false,
    /// });
    /// let request = ConverseRequest::new("us.anthropic.claude-sonnet-4-6", [Message::user("How large is Oslo?")])
    ///     .output_config(OutputConfig::json_schema(schema));
    /// ```
    #[doc(alias = "structured_output")]
    #[doc(alias = "response_format")]
    pub fn json_schema(schema: impl Into<Document>) -> Self {
        // spec: bedrock#schema-text "schema: The JSON schema to constrain the model's output.", of type string
        let schema = JsonSchemaDefinition::new(schema.into().as_json());
        let structure = OutputFormatStructure::JsonSchema(schema);
        Self::new().text_format(OutputFormat::new(OutputFormatType::JsonSchema, structure))
    }
}

string_enum! {
    /// Type of a text format.
    OutputFormatType {
        /// JSON that conforms to a schema.
        JsonSchema = "json_schema",
    }
}

structure! {
    /// Format of the text of a response.
    OutputFormat {
        required {
            /// Type of the format.
            r#type: OutputFormatType,
            /// Definition of the format.
            structure: OutputFormatStructure,
        }
        optional {}
    }
}

union! {
    /// Definition of a text format.
    OutputFormatStructure {
        /// A JSON Schema.
        JsonSchema(JsonSchemaDefinition) = "jsonSchema",
    }
}

structure! {
    /// A JSON Schema for the text of the response.
    JsonSchemaDefinition {
        required {
            /// The schema, as JSON text in a string.
            schema: String,
        }
        optional {
            /// Name of the schema.
            name: String,
            /// Description of the schema.
            description: String,
        }
    }
}

union! {
    /// Value of a variable of a managed prompt.
    PromptVariableValues {
        /// Text.
        Text(String) = "text",
    }
}
