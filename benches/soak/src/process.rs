//! Resource usage of this process: from `/proc` on Linux (unavailable elsewhere), and from the counting allocator.

use std::fs;

/// Peak and current resident memory, in bytes.
pub(crate) fn memory() -> Option<(u64, u64)> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let member = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kibibytes * 1024)
    };
    Some((member("VmHWM:")?, member("VmRSS:")?))
}

/// CPU time of the running threads, in seconds.
pub(crate) fn cpu_seconds() -> Option<f64> {
    let mut nanoseconds = 0.0;
    for thread in fs::read_dir("/proc/self/task").ok()? {
        let text = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        nanoseconds += text.split(' ').next()?.parse::<f64>().ok()?;
    }
    Some(nanoseconds / 1e9)
}

/// Limit of open files, including sockets.
pub(crate) fn open_files() -> Option<usize> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    let soft = line.split_whitespace().next()?;
    if soft == "unlimited" { Some(usize::MAX) } else { soft.parse().ok() }
}

#[cfg(feature = "live")]
#[global_allocator]
static ALLOCATOR: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;

/// Allocated bytes, and their peak since the last [`forget_peak`]; `None` without the counting allocator.
pub(crate) fn live() -> Option<(usize, usize)> {
    #[cfg(feature = "live")]
    return Some((ALLOCATOR.current_usage(), ALLOCATOR.peak_usage()));
    #[cfg(not(feature = "live"))]
    return None;
}

/// Resets the peak.
pub(crate) fn forget_peak() {
    #[cfg(feature = "live")]
    ALLOCATOR.reset_peak_usage();
}
