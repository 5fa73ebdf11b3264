//! Benchmark of event decoding, compared with the AWS SDK: `cargo bench` in this directory.
