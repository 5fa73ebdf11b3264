//! TCP sockets with a time limit, and the trait of connections over them.

use core::time::Duration;
use std::io::{self, Read, Write};
use std::net::TcpStream;

use crate::limit::TimeLimit;

/// A connection: a socket, or TLS over one.
pub(crate) trait Connection: Read + Write + Send {
    /// Returns the underlying socket.
    fn socket(&mut self) -> &mut Socket;
}

/// Returns true if an idle connection is open and has received no data, which would be taken for the response to the next
/// request. TLS messages without application data are read and ignored.
pub(crate) fn is_idle(connection: &mut dyn Connection) -> bool {
    if connection.socket().set_probing(true).is_err() {
        return false;
    }
    let received = connection.read(&mut [0]);
    let is_idle = received.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
    connection.socket().set_probing(false).is_ok() && is_idle
}

/// TCP socket whose reads and writes fail when a time limit has passed.
#[derive(Debug)]
pub(crate) struct Socket {
    tcp: TcpStream,
    limit: Option<TimeLimit>,
    /// True while reads do not block.
    is_probing: bool,
    /// The read and write timeouts currently set on the socket.
    set: [Option<Duration>; 2],
}

#[derive(Clone, Copy)]
enum Direction {
    Read,
    Write,
}

impl Socket {
    pub(crate) fn new(tcp: TcpStream) -> Self {
        Self { tcp, limit: None, is_probing: false, set: [None; 2] }
    }

    /// Sets the limit for all further reads and writes.
    pub(crate) fn set_limit(&mut self, limit: Option<TimeLimit>) {
        self.limit = limit;
    }

    #[cfg(test)]
    pub(crate) fn tcp(&self) -> &TcpStream {
        &self.tcp
    }

    fn set_probing(&mut self, is_probing: bool) -> io::Result<()> {
        self.tcp.set_nonblocking(is_probing)?;
        self.is_probing = is_probing;
        Ok(())
    }

    /// Sets the timeout of the next system call to the remaining time.
    fn prepare(&mut self, direction: Direction) -> io::Result<()> {
        let left = match &self.limit {
            Some(limit) => Some(limit.left().map_err(|_| limit.io_error())?),
            None => None,
        };
        let [read, write] = &mut self.set;
        let (set, tcp) = match direction {
            Direction::Read => (read, &self.tcp),
            Direction::Write => (write, &self.tcp),
        };
        if *set != left {
            match direction {
                Direction::Read => tcp.set_read_timeout(left)?,
                Direction::Write => tcp.set_write_timeout(left)?,
            }
            *set = left;
        }
        Ok(())
    }

    /// Replaces a timeout error of the operating system by that of the limit.
    fn explain(&self, error: io::Error) -> io::Error {
        match (error.kind(), &self.limit) {
            (io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut, Some(limit)) => limit.io_error(),
            _ => error,
        }
    }
}

impl Connection for Socket {
    fn socket(&mut self) -> &mut Socket {
        self
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_probing {
            return self.tcp.read(buffer);
        }
        self.prepare(Direction::Read)?;
        self.tcp.read(buffer).map_err(|error| self.explain(error))
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_probing {
            return self.tcp.write(bytes);
        }
        self.prepare(Direction::Write)?;
        self.tcp.write(bytes).map_err(|error| self.explain(error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.tcp.flush()
    }
}
