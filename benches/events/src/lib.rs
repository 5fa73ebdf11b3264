//! From the bytes of a stream to typed events, beside the AWS SDK: `cargo bench` in this folder.
