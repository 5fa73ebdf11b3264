//! Why an answer ended and what it cost.

use super::{CacheTtl, string_enum, structure};

string_enum! {
    /// Why an answer ended.
    StopReason {
        /// The model was done.
        EndTurn = "end_turn",
        /// The model waits for a tool.
        ToolUse = "tool_use",
        /// The answer reached its token limit: it is cut short.
        MaxTokens = "max_tokens",
        /// The model wrote a stop sequence.
        StopSequence = "stop_sequence",
        /// A guardrail stepped in.
        GuardrailIntervened = "guardrail_intervened",
        /// The content filter stepped in.
        ContentFiltered = "content_filtered",
        /// The model wrote something that is not a message.
        MalformedModelOutput = "malformed_model_output",
        /// The model wrote something that is not a tool use.
        MalformedToolUse = "malformed_tool_use",
        /// The conversation no longer fits into the model.
        ModelContextWindowExceeded = "model_context_window_exceeded",
    }
}

structure! {
    /// What a call cost, in tokens.
    TokenUsage {
        required {
            /// Tokens read.
            input_tokens: u64,
            /// Tokens written.
            output_tokens: u64,
            /// Both.
            total_tokens: u64,
        }
        optional {
            /// Tokens read from the cache.
            cache_read_input_tokens: u64,
            /// Tokens written to the cache.
            cache_write_input_tokens: u64,
            /// Tokens written to the cache, by how long they live.
            cache_details: Vec<CacheDetail>,
        }
    }
}

impl TokenUsage {
    /// Adds a later report of the same call: its members replace the earlier ones, but for zeros, which stand in for missing
    /// members.
    pub(crate) fn add(&mut self, later: Self) {
        let newer = |earlier: &mut u64, later: u64| *earlier = if later == 0 { *earlier } else { later };
        newer(&mut self.input_tokens, later.input_tokens);
        newer(&mut self.output_tokens, later.output_tokens);
        newer(&mut self.total_tokens, later.total_tokens);
        self.cache_read_input_tokens = later.cache_read_input_tokens.or(self.cache_read_input_tokens);
        self.cache_write_input_tokens = later.cache_write_input_tokens.or(self.cache_write_input_tokens);
        self.cache_details = later.cache_details.or(self.cache_details.take());
        later.extra.as_slice().iter().for_each(|member| self.extra.set(member.clone()));
    }
}

structure! {
    /// Tokens written to the cache for one lifetime.
    CacheDetail {
        required {
            /// The lifetime.
            ttl: CacheTtl,
            /// How many.
            input_tokens: u64,
        }
        optional {}
    }
}

structure! {
    /// What a call took.
    ConverseMetrics {
        required {
            /// Milliseconds inside the service.
            latency_ms: u64,
        }
        optional {}
    }
}
