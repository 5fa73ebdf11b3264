// Where a program without std and without start files begins and ends: `run` gives its exit status.

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

/// Nothing here panics, and there is no way to say so but to stand still.
#[panic_handler]
fn panicked(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
