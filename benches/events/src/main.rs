//! The contender `aws-sdk-bedrockruntime`: `TASK FILE ITERATIONS`, or `client|streams URL CALLS`.

use std::process::ExitCode;

use barerock_bench_events::client;
use barerock_bench_events::in_memory::{Events, Requests};
use barerock_bench_protocol::{Items, Task, WholeProgram, main as contender};
use barerock_benches::request::add;

fn task(name: &str, input: Vec<u8>) -> Option<Box<dyn Task>> {
    match name {
        "events" => {
            let events = Events::new(&input);
            Some(Box::new(move |items: &mut Items| events.once(items)))
        }
        "request" => {
            let requests = Requests::default();
            Some(Box::new(move |items: &mut Items| {
                let request = requests.once();
                let body = request.body().bytes().expect("in memory");
                if items.is_verified() {
                    let uri: http::Uri = request.uri().parse().expect("a URI");
                    add(uri.path(), body, items);
                } else {
                    items.item(body);
                }
            }))
        }
        _ => None,
    }
}

fn main() -> ExitCode {
    match WholeProgram::from_arguments() {
        Some(program) => client::run(program),
        None => return contender(task),
    }
    ExitCode::SUCCESS
}
