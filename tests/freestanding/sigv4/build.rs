//! Links without the C runtime's start files. libc is there for `memcpy` and its kind only.
fn main() {
    println!("cargo::rustc-link-arg-bins=-nostartfiles");
    println!("cargo::rustc-link-arg-bins=-lc");
    // core's unwind tables name a routine that only std has. Nothing unwinds here, so nothing calls it.
    println!("cargo::rustc-link-arg-bins=-Wl,--defsym=rust_eh_personality=0");
}
