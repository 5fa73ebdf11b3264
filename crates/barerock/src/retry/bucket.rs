//! The tokens a client may spend on retries.

/// "500 tokens; 5 for throttling, 14 for everything else" (retry behaviour 2.1; botocore 1.44.5, `RetryQuotaChecker`).
const CAPACITY: u32 = 500;
pub(super) const THROTTLING_RETRY_COST: u32 = 5;
pub(super) const RETRY_COST: u32 = 14;
/// What a call that needed no retry gives back.
pub(super) const NO_RETRY_INCREMENT: u32 = 1;

/// A store of tokens that is full at first.
#[derive(Debug)]
pub(super) struct TokenBucket(u32);

impl Default for TokenBucket {
    fn default() -> Self {
        Self(CAPACITY)
    }
}

impl TokenBucket {
    /// Takes tokens, all or none.
    pub(super) fn take(&mut self, tokens: u32) -> bool {
        let left = self.0.checked_sub(tokens);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }

    /// Gives tokens back; past the capacity they are lost.
    pub(super) fn give(&mut self, tokens: u32) {
        self.0 = self.0.saturating_add(tokens).min(CAPACITY);
    }
}
