//! `barerock converse-stream`: one call, its events as they come.

use std::sync::mpsc;

use barerock::converse::stream::AssembledMessage;
use barerock::types::Message;
use barerock::{EventStream, MessageAssembler};
use barerock_hyper::HyperTransport;
use serde::Serialize;

use super::skeleton;
use crate::args::{ConverseStream, StreamOutput};
use crate::connect::Connection;
use crate::exit::Failure;
use crate::render::{Output, summary};
use crate::source::Source;

pub(crate) async fn run(arguments: ConverseStream) -> Result<(), Failure> {
    if let Some(skeleton) = arguments.request.generate_cli_skeleton {
        return skeleton.print(skeleton::CONVERSE);
    }
    let request = arguments.request.to_request()?;
    let connection = Connection::new(&arguments.call).await?;
    let stream = connection.client.converse_stream(&request).await?;
    let mut output = Output::new();
    match arguments.output {
        StreamOutput::Events => events(stream, &mut output).await,
        StreamOutput::Text => {
            let message = text(stream, &mut output).await?;
            summary(message.stop_reason(), message.usage());
            Ok(())
        }
        StreamOutput::Message => message(stream, &mut output).await,
        StreamOutput::Frames => frames(stream).await,
    }
}

async fn events(mut stream: EventStream<HyperTransport>, output: &mut Output) -> Result<(), Failure> {
    while let Some(event) = stream.next_event().await? {
        output.json_line(&event)?;
    }
    Ok(())
}

/// How many pieces of the answer may wait for the writer.
const WAITING: usize = 16;

/// Prints the frames as `barerock frames` does, while they come. The decoder reads and so blocks: it has a thread of its own.
async fn frames(mut stream: EventStream<HyperTransport>) -> Result<(), Failure> {
    let (sender, receiver) = mpsc::sync_channel(WAITING);
    let printer = std::thread::spawn(|| super::frames::print_json(Source::of_chunks(receiver)));
    let received = loop {
        match stream.next_chunk().await {
            Ok(Some(chunk)) => {
                // Where the printer has given up, it says why.
                if sender.send(chunk).is_err() {
                    break Ok(());
                }
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(Failure::from(error)),
        }
    };
    drop(sender);
    let printed = printer.join().unwrap_or_else(|_| Err(Failure::other("the printer of frames has failed")));
    received.and(printed)
}

/// Prints the text of the answer as it comes and puts the message together. The line is ended in any case, so that an
/// error does not stand behind the text.
pub(crate) async fn text(
    mut stream: EventStream<HyperTransport>,
    output: &mut Output,
) -> Result<AssembledMessage, Failure> {
    let mut assembler = MessageAssembler::new();
    let outcome = async {
        while let Some(event) = stream.next_event().await? {
            if let Some(text) = event.text() {
                output.answer(text)?;
            }
            assembler.push(event).map_err(barerock::Error::from)?;
        }
        assembler.finish().map_err(Failure::other)
    }
    .await;
    output.end_line()?;
    outcome
}

#[derive(Serialize)]
struct Partial<'a> {
    output: PartialOutput<'a>,
}

#[derive(Serialize)]
struct PartialOutput<'a> {
    message: &'a Message,
}

/// What came of a message whose stream broke off: Converse's shape, without what it would say at its end.
pub(crate) fn partial(message: &Message) -> impl Serialize {
    Partial { output: PartialOutput { message } }
}

async fn message(stream: EventStream<HyperTransport>, output: &mut Output) -> Result<(), Failure> {
    match stream.into_message().await {
        Ok(message) => output.json(&message),
        Err(error) => {
            if let Some(message) = error.partial() {
                output.json(&partial(message))?;
            }
            Err(error.into())
        }
    }
}
