//! Signs a Converse request with nothing beneath it: no std, no allocator, no start files.
//!
//! Exit status 0 says that the signature is the one botocore makes, 1 that it is another, 2 that signing failed.
#![no_std]
#![no_main]

use core::panic::PanicInfo;

use barerock_sigv4::{
    CredentialsRef, PayloadHash, Request, SignError, Signature, SigningContext, SigningSettings, Timestamp,
    sign_request,
};

// The kernel enters here with a stack that no caller has aligned, and there is nowhere to return to.
#[cfg(target_arch = "x86_64")]
core::arch::global_asm!(
    ".globl _start",
    "_start:",
    "and rsp, -16",
    "call {run}",
    "mov edi, eax",
    "mov eax, 60",
    "syscall",
    run = sym run,
);

#[cfg(target_arch = "aarch64")]
core::arch::global_asm!(
    ".globl _start",
    "_start:",
    "bl {run}",
    "mov x8, #93",
    "svc #0",
    run = sym run,
);

extern "C" fn run() -> i32 {
    match sign() {
        Ok(signature) => i32::from(Some(signature) != Signature::parse(EXPECTED)),
        Err(_) => 2,
    }
}

const EXPECTED: &str = "632a029d89df1750236a33cfd364d9ab2575192509e677398a8b8e3c0839c9a3";

fn sign() -> Result<Signature, SignError> {
    let timestamp = Timestamp::parse("20150830T123600Z")?;
    let credentials =
        CredentialsRef::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", Some("TOKEN/+=="));
    let settings = SigningSettings::default();
    let context = SigningContext::new(credentials, &timestamp, "us-east-1", "bedrock", settings)?;
    let headers: [(&str, &[u8]); 2] =
        [("host", b"bedrock-runtime.us-east-1.amazonaws.com"), ("content-type", b"application/json")];
    let path = "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse-stream";
    let payload = PayloadHash::of(br#"{"messages":[{"role":"user","content":[{"text":"hi"}]}]}"#);
    let request = Request::new("POST", path, "", &headers);
    let signed = sign_request(&request, &payload, &context, &context.derive_key())?;
    Ok(*signed.signature())
}

/// Nothing in the signer panics, and there is no way to say so but to stand still.
#[panic_handler]
fn panicked(_: &PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
