//! Recording TCP proxy: records every byte the client sends, and how its connections end.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use barerock::Transport;

/// Time limit of an event that should happen at once.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that records what its clients send.
pub(super) struct Tap {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// A connection of a client.
#[derive(Debug, Default, Clone)]
pub(super) struct Seen {
    /// The bytes that the client sent.
    pub(super) sent: Vec<u8>,
    /// True if the client closed it while the server still had it open.
    pub(super) closed_by_client: bool,
    /// Number of bytes of an endless response that were sent.
    taken: usize,
}

impl Tap {
    /// Starts one in front of the server of a URL.
    pub(super) fn before(url: &str) -> Self {
        let target = url.split_once("://").unwrap().1.to_owned();
        Self::start(move |client, note| forward(client, &target, note))
    }

    /// Runs a handler for every connection, on a separate thread.
    pub(super) fn start(handler: impl Fn(TcpStream, &Note) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (all, handler) = (Arc::clone(&seen), Arc::new(handler));
        // It ends with the program.
        thread::spawn(move || {
            for client in listener.incoming() {
                let note = Note::new(&all);
                let handler = Arc::clone(&handler);
                thread::spawn(move || handler(client.unwrap(), &note));
            }
        });
        Self { address, seen }
    }

    /// The URL to use in place of the server's.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Number of connections so far.
    pub(super) fn connections(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// Largest number of bytes of an endless response that were sent over one connection.
    pub(super) fn taken(&self) -> usize {
        self.seen.lock().unwrap().iter().map(|seen| seen.taken).max().unwrap_or_default()
    }

    /// Returns true if the client has closed a connection.
    pub(super) fn client_has_closed(&self) -> bool {
        self.seen.lock().unwrap().iter().any(|seen| seen.closed_by_client)
    }
}

/// Records the events of one connection.
pub(super) struct Note {
    all: Arc<Mutex<Vec<Seen>>>,
    index: usize,
}

impl Note {
    fn new(all: &Arc<Mutex<Vec<Seen>>>) -> Self {
        let mut seen = all.lock().unwrap();
        seen.push(Seen::default());
        Self { all: Arc::clone(all), index: seen.len() - 1 }
    }

    pub(super) fn sent(&self, bytes: &[u8]) {
        self.all.lock().unwrap()[self.index].sent.extend_from_slice(bytes);
    }

    fn taken(&self, count: usize) {
        self.all.lock().unwrap()[self.index].taken += count;
    }

    fn closed_by_client(&self) {
        self.all.lock().unwrap()[self.index].closed_by_client = true;
    }
}

/// Waits until a condition is true; fails after a time limit. The transport's own sleep lets other tasks run meanwhile.
#[expect(clippy::disallowed_methods, reason = "the test takes the time")]
pub(super) async fn eventually(what: &str, transport: impl Transport, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        transport.sleep(Duration::from_millis(5)).await;
    }
}

/// Copies both ways until both have ended.
#[expect(clippy::disallowed_methods, reason = "the tap is a client too")]
pub(super) fn forward(client: TcpStream, target: &str, note: &Note) {
    let server = TcpStream::connect(target).unwrap();
    let (mut from_server, mut to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let down = thread::spawn(move || {
        let _ = std::io::copy(&mut from_server, &mut to_client);
        let _ = to_client.shutdown(Shutdown::Both);
    });
    let (mut from_client, mut to_server) = (client, server);
    let mut buffer = [0; 16 * 1024];
    loop {
        match from_client.read(&mut buffer) {
            Ok(count) if count > 0 => {
                note.sent(&buffer[..count]);
                if to_server.write_all(&buffer[..count]).is_err() {
                    break;
                }
            }
            _ => break,
        }
    }
    if !down.is_finished() {
        note.closed_by_client();
    }
    let _ = to_server.shutdown(Shutdown::Both);
    let _ = down.join();
}

/// Reads a request: its head, and the announced length of the body; less if the client disconnects.
pub(super) fn read_request(client: &mut impl Read) -> Vec<u8> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = client.read(&mut buffer).unwrap_or(0);
        request.extend_from_slice(&buffer[..count]);
        let head = request.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4);
        let is_whole = head.is_some_and(|head| {
            let text = String::from_utf8_lossy(&request[..head]).to_ascii_lowercase();
            let length = text.split("content-length:").nth(1).and_then(|rest| rest.lines().next());
            request.len() >= head + length.map_or(0, |length| length.trim().parse::<usize>().unwrap())
        });
        if is_whole || count == 0 {
            return request;
        }
    }
}

/// Starts a server that sends the same bytes to every request and closes the connection.
pub(super) fn always(answer: impl Into<Vec<u8>>) -> Tap {
    let answer = answer.into();
    Tap::start(move |mut client, note| {
        let request = read_request(&mut client);
        note.sent(&request);
        // Fails if the client has closed the connection.
        let _ = client.write_all(&answer);
        let _ = client.shutdown(Shutdown::Write);
        let _ = client.read_to_end(&mut Vec::new());
    })
}

/// Starts a server whose responses begin with `first` and repeat `again` for as long as the client reads.
pub(super) fn endless(first: impl AsRef<[u8]>, again: impl AsRef<[u8]>) -> Tap {
    const PIECE: usize = 16 * 1024;
    let (first, again) = (first.as_ref().to_vec(), again.as_ref());
    let again = again.repeat(PIECE.div_ceil(again.len()));
    Tap::start(move |mut client, note| {
        note.sent(&read_request(&mut client));
        let mut written = client.write_all(&first);
        while written.is_ok() {
            written = client.write_all(&again);
            note.taken(again.len());
        }
        note.closed_by_client();
    })
}
