//! Tests of TLS over ring and aws-lc-rs: a package of its own, so that little is built anew for each.
