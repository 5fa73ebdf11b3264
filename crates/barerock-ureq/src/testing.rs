//! In-memory connection for tests.

use core::time::Duration;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

use crate::socket::{Connection, Socket};

/// Connection whose peer sends these pieces, one per read, and then closes it.
pub(crate) struct Peer {
    pieces: std::vec::IntoIter<Vec<u8>>,
    piece: io::Cursor<Vec<u8>>,
    /// Bytes written to the connection.
    pub(crate) sent: Vec<u8>,
    /// Unused; required by the trait.
    socket: Socket,
}

impl Peer {
    pub(crate) fn new(response: &[u8], length: usize) -> Self {
        let pieces: Vec<_> = response.chunks(length).map(<[u8]>::to_vec).collect();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let tcp = TcpStream::connect_timeout(&address, Duration::from_secs(10)).unwrap();
        Self {
            pieces: pieces.into_iter(),
            piece: io::Cursor::default(),
            sent: Vec::new(),
            socket: Socket::new(tcp),
        }
    }
}

impl Read for Peer {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.piece.read(buffer)? {
            0 if !buffer.is_empty() => {
                self.piece = io::Cursor::new(self.pieces.next().unwrap_or_default());
                self.piece.read(buffer)
            }
            count => Ok(count),
        }
    }
}

impl Write for Peer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sent.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Connection for Peer {
    fn socket(&mut self) -> &mut Socket {
        &mut self.socket
    }
}
