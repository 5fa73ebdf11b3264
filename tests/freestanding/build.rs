//! Without the standard library nothing asks the linker for the C library, which calls `main`.

fn main() {
    println!("cargo:rustc-link-lib=c");
}
