//! Links without start files: on Linux with libc, which is there for `memcpy` and its kind only; on a Cortex-M by a layout of
//! its memory.
fn main() {
    let variable = |name| std::env::var(name).expect("cargo sets it");
    if variable("CARGO_CFG_TARGET_OS") == "none" {
        println!("cargo::rustc-link-arg-bins=-T{}/../cortex-m.ld", variable("CARGO_MANIFEST_DIR"));
        return;
    }
    println!("cargo::rustc-link-arg-bins=-nostartfiles");
    println!("cargo::rustc-link-arg-bins=-lc");
    // core's unwind tables name a routine that only std has. Nothing unwinds here, so nothing calls it.
    println!("cargo::rustc-link-arg-bins=-Wl,--defsym=rust_eh_personality=0");
}
