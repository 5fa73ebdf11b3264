//! `barerock converse-stream`: one request, its events as they arrive.

use core::time::Duration;
use std::sync::mpsc;

use barerock::converse::EventDecoder;
use barerock::converse::stream::AssembledMessage;
use barerock::types::Message;
use barerock::{EventStream, MessageAssembler, StreamEvent, Timeouts};
use barerock_hyper::HyperTransport;
use serde::Serialize;

use super::skeleton;
use crate::args::{ConverseStream, StreamOutput};
use crate::connect::Connection;
use crate::exit::Failure;
use crate::render::{Output, corrected, malformed, summary};
use crate::source::Source;
use crate::status::Spinner;

pub(crate) async fn run(mut arguments: ConverseStream) -> Result<(), Failure> {
    if let Some(skeleton) = arguments.request.generate_cli_skeleton {
        return skeleton.print(skeleton::CONVERSE);
    }
    let request = arguments.request.to_request(&mut arguments.call)?;
    let connection = Connection::new(&arguments.call).await?;
    let stream = connection.client.converse_stream(&request).await?;
    let mut output = Output::new();
    match arguments.output {
        StreamOutput::Events => events(stream, &mut output).await,
        StreamOutput::Text => {
            let message = text(stream, &mut output).await?;
            malformed(&message.malformed_tool_inputs);
            summary(message.stop_reason(), message.usage());
            Ok(())
        }
        StreamOutput::Message => message(stream, &mut output).await,
        StreamOutput::Frames => frames(stream).await,
    }
}

async fn events(mut stream: EventStream<HyperTransport>, output: &mut Output) -> Result<(), Failure> {
    let mut assembler = MessageAssembler::new();
    let outcome = async {
        while let Some((event, payload)) = stream.next_with_payload().await? {
            output.line(&event.to_document(payload))?;
            assembler.push(event);
        }
        Ok(())
    }
    .await;
    // The events are printed as they came; only the tool inputs are worth a word.
    corrected(stream.corrections());
    if let Ok(message) = assembler.finish() {
        malformed(&message.malformed_tool_inputs);
    }
    outcome
}

/// How many chunks of the response may wait for the writer.
const WAITING: usize = 16;

/// Prints the frames as `barerock frames` does, while they come. The printer reads and so blocks: it has a thread of its own.
async fn frames(mut stream: EventStream<HyperTransport>) -> Result<(), Failure> {
    let (sender, receiver) = mpsc::sync_channel(WAITING);
    let printer = std::thread::Builder::new()
        .spawn(|| super::frames::print_json(Source::of_chunks(receiver)))
        .map_err(|error| Failure::io("cannot start a thread for the output", error))?;
    let mut decoder = EventDecoder::new();
    let received = loop {
        let limit = if decoder.has_last_event() { Timeouts::END_OF_BODY } else { Duration::MAX };
        let chunk = tokio::time::timeout(limit, stream.next_chunk()).await;
        match chunk.unwrap_or(Ok(None)) {
            Ok(Some(chunk)) => {
                let mut undecoded = &chunk[..];
                // An error is final, and is there at the end.
                while let Ok(Some(_)) = decoder.next_event(&mut undecoded) {}
                // If the printer has given up, it says why.
                if sender.send(chunk).is_err() {
                    break Ok(());
                }
            }
            Ok(None) => break Ok(()),
            // The message is complete: how the connection ends does not matter.
            Err(_) if decoder.is_complete() => break Ok(()),
            Err(error) => break Err(Failure::from(error)),
        }
    };
    drop(sender);
    let printed = printer.join().unwrap_or_else(|_| Err(Failure::other("the printer of frames has failed")));
    corrected(decoder.corrections());
    received.and(printed)
}

/// Prints the text of the message as it arrives and assembles it. The line is ended in any case, so that an error is not printed
/// behind the text.
async fn text(
    mut stream: EventStream<HyperTransport>,
    output: &mut Output,
) -> Result<AssembledMessage, Failure> {
    let mut assembler = MessageAssembler::new();
    let each = |event: &StreamEvent<'_>| match event.text() {
        Some(text) => output.answer(text).map(|()| true),
        None => Ok(false),
    };
    let outcome = receive(&mut stream, &mut assembler, &Spinner::new("waiting for the response"), each).await;
    output.end_line()?;
    finish(&stream, assembler, outcome)
}

/// Receives a stream. `each` prints an event and returns whether there was anything to print; the spinner spins until then. The
/// message stays in the assembler as far as it came, also if the future is dropped.
pub(crate) async fn receive(
    stream: &mut EventStream<HyperTransport>,
    assembler: &mut MessageAssembler,
    spinner: &Spinner,
    mut each: impl FnMut(&StreamEvent<'_>) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let mut is_printed = false;
    loop {
        let next = stream.next_event();
        let event = if is_printed { next.await? } else { spinner.during(next).await? };
        let Some(event) = event else { return Ok(()) };
        is_printed |= each(&event)?;
        assembler.push(event);
    }
}

/// The message of a stream that was received, or why it is not complete. Prints what was corrected.
pub(crate) fn finish(
    stream: &EventStream<HyperTransport>,
    mut assembler: MessageAssembler,
    outcome: Result<(), Failure>,
) -> Result<AssembledMessage, Failure> {
    assembler.add_corrections(stream.corrections());
    let partial_corrections = assembler.corrections().to_vec();
    let message = outcome.and_then(|()| assembler.finish().map_err(Failure::other));
    corrected(message.as_ref().map_or(&partial_corrections, |message| &message.corrections));
    message
}

#[derive(Serialize)]
struct Partial<'a> {
    output: PartialOutput<'a>,
}

#[derive(Serialize)]
struct PartialOutput<'a> {
    message: &'a Message,
}

/// A message whose stream ended early, in a Converse response without its other members.
pub(crate) fn partial(message: &Message) -> impl Serialize {
    Partial { output: PartialOutput { message } }
}

async fn message(mut stream: EventStream<HyperTransport>, output: &mut Output) -> Result<(), Failure> {
    let mut assembler = MessageAssembler::new();
    let outcome = async {
        while let Some(event) = stream.next_event().await? {
            assembler.push(event);
        }
        Ok(())
    }
    .await;
    assembler.add_corrections(stream.corrections());
    print_message(assembler, output)?;
    outcome
}

/// Prints a message, complete or not, and what was corrected.
pub(crate) fn print_message(assembler: MessageAssembler, output: &mut Output) -> Result<(), Failure> {
    let corrections = assembler.corrections().to_vec();
    match assembler.finish() {
        Ok(message) => {
            output.json(&message)?;
            corrected(&message.corrections);
            malformed(&message.malformed_tool_inputs);
        }
        Err(incomplete) => {
            if !incomplete.partial.content.is_empty() {
                output.json(&partial(&incomplete.partial))?;
            }
            corrected(&corrections);
        }
    }
    Ok(())
}
