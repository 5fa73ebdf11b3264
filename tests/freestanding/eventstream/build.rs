//! Links without start files: on Linux with libc, for `memcpy` and similar functions only; on a Cortex-M with a linker script.
fn main() {
    let variable = |name| std::env::var(name).expect("cargo sets it");
    if variable("CARGO_CFG_TARGET_OS") == "none" {
        println!("cargo::rustc-link-arg-bins=-T{}/../cortex-m.ld", variable("CARGO_MANIFEST_DIR"));
        return;
    }
    println!("cargo::rustc-link-arg-bins=-nostartfiles");
    println!("cargo::rustc-link-arg-bins=-lc");
    // core's unwind tables refer to a function of std. It is never called, because this program does not unwind.
    println!("cargo::rustc-link-arg-bins=-Wl,--defsym=rust_eh_personality=0");
}
