// Entry point of a program without std and without start files: calls `run` and exits with its result.

// The kernel enters here without a return address, and the stack is not aligned as after a call.
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

// Cortex-M: reports the exit status to the debugger or emulator by the semihosting operation 0x20 (SYS_EXIT_EXTENDED), whose
// parameter block is the reason (0x20026, ADP_Stopped_ApplicationExit) and the status.
#[cfg(target_arch = "arm")]
core::arch::global_asm!(
    ".section .text._start, \"ax\"",
    ".globl _start",
    ".thumb_func",
    "_start:",
    "bl {run}",
    "sub sp, #8",
    "str r0, [sp, #4]",
    "ldr r0, =0x20026",
    "str r0, [sp]",
    "mov r1, sp",
    "movs r0, #0x20",
    "bkpt 0xab",
    "b .",
    run = sym run,
);

/// Required to link; never called, because this program does not panic.
#[panic_handler]
fn panicked(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
