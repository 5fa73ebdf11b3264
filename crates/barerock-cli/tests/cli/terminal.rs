//! A terminal with a person at it.
#![cfg(unix)]

use std::fs::File;
use std::io::Read as _;
use std::os::fd::OwnedFd;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// The end a person sits at, and the end for the program.
pub(crate) fn terminal() -> (File, OwnedFd) {
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&person).unwrap();
    unlockpt(&person).unwrap();
    let name = ptsname(&person, Vec::new()).unwrap();
    let program = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
    (person.into(), program.into())
}

/// What the terminal shows up to this, or to its end: a terminal that its last user has left is an error to read from.
pub(crate) fn shown_until(person: &mut File, end: &str) -> String {
    let mut shown = Vec::new();
    let mut buffer = [0; 4096];
    while !String::from_utf8_lossy(&shown).ends_with(end) {
        match person.read(&mut buffer) {
            Ok(count @ 1..) => shown.extend_from_slice(&buffer[..count]),
            _ => break,
        }
    }
    String::from_utf8(shown).unwrap()
}

/// Whether this process ignores a signal, and so do the programs that it starts: one that a shell started in the background ignores SIGINT
/// and SIGQUIT, one under `nohup` SIGHUP.
pub(crate) fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    let ignored = mask >> (signal - 1) & 1 == 1;
    if ignored {
        println!("signal {signal} is ignored where this test runs, and so it is by the program");
    }
    ignored
}
