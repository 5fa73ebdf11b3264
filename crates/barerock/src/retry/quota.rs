//! Retry quota: the tokens a client may spend on retries.

/// "500 tokens; 5 for throttling, 14 for everything else" (retry behaviour 2.1; botocore 1.44.5, `RetryQuotaChecker`).
const CAPACITY: u32 = 500;
pub(super) const THROTTLING_RETRY_COST: u32 = 5;
pub(super) const RETRY_COST: u32 = 14;
/// Refund for a call that succeeded at its first attempt.
pub(super) const NO_RETRY_INCREMENT: u32 = 1;

/// Retry tokens; full at first.
#[derive(Debug)]
pub(super) struct RetryQuota(u32);

impl Default for RetryQuota {
    fn default() -> Self {
        Self(CAPACITY)
    }
}

impl RetryQuota {
    /// Takes this many tokens and returns true; takes none and returns false if fewer are left.
    pub(super) fn take(&mut self, tokens: u32) -> bool {
        let left = self.0.checked_sub(tokens);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }

    /// Returns tokens, up to the capacity.
    pub(super) fn give(&mut self, tokens: u32) {
        self.0 = self.0.saturating_add(tokens).min(CAPACITY);
    }
}
