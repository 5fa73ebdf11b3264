//! Stop reason, token usage and latency.

use super::{CacheTtl, string_enum, structure};

string_enum! {
    /// Reason why the model stopped generating.
    ///
    /// ```
    /// # use barerock_converse::types::StopReason;
    /// # let stop_reason = StopReason::from("max_tokens");
    /// match stop_reason {
    ///     StopReason::EndTurn => {}
    ///     StopReason::MaxTokens => eprintln!("the response is cut off"),
    ///     other => eprintln!("stopped by {other}"), // also reasons that a later model adds
    /// }
    /// assert_eq!(StopReason::from("end_turn"), "end_turn");
    /// ```
    StopReason {
        /// The model finished its turn.
        EndTurn = "end_turn",
        /// The model requests a tool.
        ToolUse = "tool_use",
        /// The response reached the token limit and is truncated.
        MaxTokens = "max_tokens",
        /// The model generated a stop sequence.
        StopSequence = "stop_sequence",
        /// A guardrail intervened.
        GuardrailIntervened = "guardrail_intervened",
        /// The content filter intervened.
        ContentFiltered = "content_filtered",
        /// The output of the model is not a valid message.
        MalformedModelOutput = "malformed_model_output",
        /// The output of the model is not a valid tool use.
        MalformedToolUse = "malformed_tool_use",
        /// The conversation exceeds the context window of the model.
        ModelContextWindowExceeded = "model_context_window_exceeded",
    }
}

structure! {
    /// Token usage of a request.
    ///
    /// ```
    /// # use barerock_converse::types::TokenUsage;
    /// let usage: TokenUsage = serde_json::from_str(
    ///     r#"{"inputTokens": 10, "outputTokens": 5, "totalTokens": 915, "cacheReadInputTokens": 900}"#,
    /// )?;
    /// assert_eq!((usage.total_tokens, usage.cache_read_input_tokens), (915, Some(900)));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    TokenUsage {
        required {
            /// Number of input tokens.
            input_tokens: u64,
            /// Number of output tokens.
            output_tokens: u64,
            /// Total number of tokens.
            total_tokens: u64,
        }
        optional {
            /// Input tokens read from the cache.
            cache_read_input_tokens: u64,
            /// Input tokens written to the cache.
            cache_write_input_tokens: u64,
            /// Input tokens written to the cache, by time to live.
            cache_details: Vec<CacheDetail>,
        }
    }
}

impl TokenUsage {
    /// Merges a later report for the same request: its members replace the earlier ones, except required members that
    /// are 0, which may stand for missing ones.
    pub fn merge(&mut self, later: Self) {
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
    /// Input tokens written to the cache with one time to live.
    CacheDetail {
        required {
            /// Time to live.
            ttl: CacheTtl,
            /// Number of tokens.
            input_tokens: u64,
        }
        optional {}
    }
}

structure! {
    /// Latency of a request.
    ConverseMetrics {
        required {
            /// Latency measured by the service, in milliseconds.
            latency_ms: u64,
        }
        optional {}
    }
}
