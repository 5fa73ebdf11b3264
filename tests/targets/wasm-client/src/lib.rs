//! A streaming Converse client on wasm32-unknown-unknown, without wasm-bindgen: `run.mjs` fetches what it asks for and hands
//! the response in, chunk by chunk. Clock and randomness are the host's.

mod exchange;

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use barerock::types::Message;
use barerock::{Client, ConverseRequest, Credentials, Environment};
use bytes::Bytes;

use self::exchange::Exchange;

#[link(wasm_import_module = "host")]
unsafe extern "C" {
    safe fn now_ms() -> f64;
    safe fn seed() -> f64;
    /// Shows `length` bytes at `start` to the host.
    fn show(start: *const u8, length: usize);
}

thread_local! {
    static EXCHANGE: Exchange = Exchange::default();
    static WORK: RefCell<Option<Pin<Box<dyn Future<Output = Result<(), String>>>>>> = const { RefCell::new(None) };
    /// The text so far, or the error.
    static OUTPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    /// The bytes that the host writes an argument into.
    static ARGUMENT: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

#[expect(clippy::as_conversions, reason = "`as` saturates, and JavaScript's integers are exact up to 2^53")]
fn clock() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(now_ms() as u64)
}

fn give(bytes: &[u8]) {
    // SAFETY: the host reads these bytes while they are borrowed, and keeps no pointer.
    unsafe { show(bytes.as_ptr(), bytes.len()) };
}

async fn converse(mode: &str, endpoint: &str, model: &str, prompt: &str) -> Result<(), String> {
    let exchange = EXCHANGE.with(Exchange::clone);
    let builder = Client::builder_without_validation(exchange);
    let client = if mode == "environment" {
        builder.environment(Environment::of_process()).build()
    } else {
        let credentials = Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None);
        let mut builder = builder.region("us-east-1").endpoint_url(endpoint).credentials(credentials);
        if mode != "no-clock" {
            builder = builder.clock(clock);
        }
        if mode != "no-seed" {
            #[expect(clippy::as_conversions, reason = "`as` saturates")]
            let seed = seed() as u64;
            builder = builder.random_seed(seed);
        }
        builder.build()
    };
    let request = ConverseRequest::new(model, [Message::user(prompt)]);
    let mut stream =
        client.map_err(words)?.converse_stream(&request).await.map_err(words)?;
    while let Some(event) = stream.next_event().await.map_err(words)? {
        let text = event.text().unwrap_or_default().as_bytes();
        OUTPUT.with_borrow_mut(|output| output.extend_from_slice(text));
    }
    Ok(())
}

fn words(error: barerock::Error) -> String {
    error.to_string()
}

fn argument() -> String {
    String::from_utf8(ARGUMENT.take()).expect("the host writes UTF-8")
}

/// Makes room for an argument of `length` bytes and returns where it is.
#[unsafe(no_mangle)]
pub extern "C" fn room(length: usize) -> *mut u8 {
    let mut bytes = vec![0; length];
    let start = bytes.as_mut_ptr();
    ARGUMENT.set(bytes);
    start
}

/// Starts a call. The argument is mode, endpoint, model and prompt, a line each.
#[unsafe(no_mangle)]
pub extern "C" fn begin() {
    std::panic::set_hook(Box::new(|panic| give(panic.to_string().as_bytes())));
    WORK.set(Some(Box::pin(async {
        let argument = argument();
        let mut parts = argument.splitn(4, '\n');
        let mut next = || parts.next().unwrap_or_default();
        converse(next(), next(), next(), next()).await
    })));
}

/// Goes on with the call: 0 if it waits, 1 if it is complete, 2 if it failed.
#[unsafe(no_mangle)]
pub extern "C" fn poll() -> i32 {
    let Some(mut work) = WORK.take() else { return 1 };
    match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Pending => {
            WORK.set(Some(work));
            0
        }
        Poll::Ready(Ok(())) => 1,
        Poll::Ready(Err(error)) => {
            OUTPUT.set(error.into_bytes());
            2
        }
    }
}

/// Shows the request to send, if there is one: method, URL and headers, a line each, an empty line, the body.
#[unsafe(no_mangle)]
pub extern "C" fn request() -> i32 {
    let Some(request) = EXCHANGE.with(Exchange::take_request) else { return 0 };
    give(&request);
    1
}

/// Begins the response. The argument is its headers, a line each.
#[unsafe(no_mangle)]
pub extern "C" fn head(status: u32) {
    let status = u16::try_from(status).unwrap_or_default();
    EXCHANGE.with(|exchange| exchange.begin_response(status, &argument()));
}

/// Takes the argument as the next chunk of the body.
#[unsafe(no_mangle)]
pub extern "C" fn chunk() {
    EXCHANGE.with(|exchange| exchange.push(Bytes::from(ARGUMENT.take())));
}

/// Ends the body.
#[unsafe(no_mangle)]
pub extern "C" fn end() {
    EXCHANGE.with(Exchange::end);
}

/// Shows the text so far, or the error.
#[unsafe(no_mangle)]
pub extern "C" fn output() {
    OUTPUT.with_borrow(|output| give(output));
}
