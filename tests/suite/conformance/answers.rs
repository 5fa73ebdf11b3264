//! Tests of complete responses, streams, and their failures.

use barerock::{Error, ErrorKind, Verdict};
use barerock_replay::Chunking;
use barerock_test_data::ClosedPort;

use super::over_every_stack;
use super::server::{Bedrock, question};
use super::stacks::{Settings, Stack, client};

over_every_stack![whole, streamed, every_fault_of_a_stream, every_fault_of_an_answer, nobody_there];

/// Offset inside a frame in the middle of the stream.
const MIDDLE: usize = 700;

fn whole<S: Stack>() {
    let bedrock = Bedrock::start(&[]);
    let response = S::run(async { S::client(&bedrock).converse(&question()).await }).unwrap();
    assert!(response.text().contains("GraphQL"));
}

fn streamed<S: Stack>() {
    let mut texts = Vec::new();
    for chunking in ["frames", "whole", "1", "7", "4096"] {
        let chunking: Chunking = chunking.parse().unwrap();
        let bedrock = Bedrock::start_with(&[], |replay| replay.chunking(chunking));
        let message = S::run(async {
            S::client(&bedrock).converse_stream(&question()).await.unwrap().into_message().await.unwrap()
        });
        texts.push(message.text());
    }
    assert!(texts[0].contains("GraphQL"));
    assert!(texts.iter().all(|text| *text == texts[0]));
}

/// Returns the error of a stream with a fault, and the number of characters of text received before it.
fn streamed_under<S: Stack>(fault: &str) -> (Error, usize) {
    let bedrock = Bedrock::start(&[fault]);
    let error = S::run(async {
        match S::client(&bedrock).converse_stream(&question()).await {
            Ok(stream) => stream.into_message().await.unwrap_err(),
            Err(error) => error,
        }
    });
    let partial = error.partial().map(|message| message.text().len()).unwrap_or_default();
    (error, partial)
}

fn every_fault_of_a_stream<S: Stack>() {
    use ErrorKind::{Service, Transport, Wire};
    let middle = MIDDLE.to_string();
    // Fault, error kind, outcome of the stream, and whether some text was received.
    for (fault, kind, verdict, some_text) in [
        ("status=400", Service, None, false),
        ("html=404", Service, None, false),
        ("reset-before", Transport, None, false),
        (&format!("reset-after={middle}"), Wire, Some(Verdict::Truncated), true),
        (&format!("close-after={middle}"), Wire, Some(Verdict::Truncated), true),
        (&format!("truncate={middle}"), Wire, Some(Verdict::Truncated), true),
        ("truncate=0", Wire, Some(Verdict::EndedEarly), false),
        (&format!("corrupt={middle}"), Wire, Some(Verdict::Corrupt), true),
        ("exception=validationException", Service, Some(Verdict::Exception), false),
        ("exception=modelStreamErrorException:6", Service, Some(Verdict::Exception), true),
        ("error-frame=InternalError:6", Service, Some(Verdict::Error), true),
    ] {
        let (error, partial) = streamed_under::<S>(fault);
        assert_eq!((error.kind(), error.verdict()), (kind, verdict), "{fault}: {error}");
        assert_eq!(partial > 0, some_text, "{fault}: {error}");
        assert!(!error.is_timeout(), "{fault}: {error}");
    }
}

fn every_fault_of_an_answer<S: Stack>() {
    use ErrorKind::{Service, Transport, Wire};
    for (fault, kinds) in [
        ("status=400", &[Service][..]),
        ("html=404", &[Service]),
        ("reset-before", &[Transport]),
        ("reset-after=20", &[Wire]),
        ("close-after=20", &[Wire]),
        ("truncate=20", &[Wire]),
    ] {
        let bedrock = Bedrock::start(&[fault]);
        let error = S::run(async { S::client(&bedrock).converse(&question()).await }).unwrap_err();
        assert!(kinds.contains(&error.kind()), "{fault}: {error}");
        assert!(!error.is_timeout(), "{fault}: {error}");
    }
}

fn nobody_there<S: Stack>() {
    let closed = ClosedPort::new();
    let client = client(S::set_up(&Settings::default()), &closed.url()).build().unwrap();
    let error = S::run(client.converse(&question())).unwrap_err();
    assert_eq!((error.kind(), error.is_timeout()), (ErrorKind::Transport, false));
    let chain = chain(&error);
    assert!(chain.contains("no connection") && chain.contains("refused"), "{chain}");
}

/// An error with all its causes.
pub(super) fn chain(error: &Error) -> String {
    let causes = core::iter::successors(core::error::Error::source(error), |error| error.source());
    causes.fold(error.to_string(), |chain, cause| format!("{chain}: {cause}"))
}
