//! Tests of recorded chunks and times.

use super::*;
use barerock_audit::Exchange;
use barerock_audit::exchange::{ChunkTime, Timing};

/// The built-in stream with times of its own.
fn with_timing(timing: Timing) -> Fixture {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/chat-stream");
    let mut exchange = Exchange::read(folder.as_ref()).unwrap();
    exchange.response = exchange.response.with_timing(timing);
    Fixture::new("timed", &exchange)
}

fn timing(head: u64, chunks: &[(u64, u64)], end: u64) -> Timing {
    let millis = Duration::from_millis;
    let mut timing = Timing::default();
    timing.head = Some(millis(head));
    timing.end = Some(millis(end));
    timing.chunks = chunks.iter().map(|&(offset, at)| ChunkTime { offset, at: millis(at) }).collect();
    timing
}

#[tokio::test]
async fn the_chunks_of_a_recording_are_sent_as_they_arrived() {
    let chunks = [(0, 150), (7, 150), (300, 400)];
    let fixture = with_timing(timing(100, &chunks, 500));
    let length = fixture.body().len();
    let server = start(
        ReplayServer::builder()
            .fixtures(Fixtures::new([fixture]))
            .chunking(Chunking::Recorded)
            .pace(Pace::recorded()),
    )
    .await;
    let mut stream = connect(&server).await;
    let sent = Instant::now();
    stream.write_all(post(STREAM, BODY).as_bytes()).await.unwrap();
    let (mut received, mut times) = (Vec::new(), Vec::new());
    loop {
        let before = received.len();
        if stream.read_buf(&mut received).await.unwrap() == 0 {
            break;
        }
        times.push((before, sent.elapsed()));
    }
    let ended = times.last().unwrap().1;
    let at = received.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let (chunks, whole) = super::chunks(&received[at..]);
    assert!(whole);
    assert_eq!(chunks.iter().map(Vec::len).collect::<Vec<_>>(), [7, 293, length - 300]);
    // Never early; how late depends on the machine.
    let arrival_of = |offset: usize| times.iter().rev().find(|(begin, _)| *begin <= offset).unwrap().1;
    for (offset, millis) in [(0, 100), (at, 150), (received.len() - 20, 400)] {
        assert!(arrival_of(offset) >= Duration::from_millis(millis), "{offset}: {times:?}");
    }
    assert!(ended >= Duration::from_millis(500) && ended < LONG, "{times:?}");
}

#[tokio::test]
async fn what_has_no_times_is_sent_at_once_a_frame_a_chunk() {
    let server = start(builder().chunking(Chunking::Recorded).pace(Pace::recorded())).await;
    let (_, body, _) = exchange(&server, &post(STREAM, BODY)).await;
    assert_eq!(chunks(&body).0, crate::frames::split(fixture("chat-stream").body()));
    let (_, body, _) = exchange(&server, &post(CONVERSE, BODY)).await;
    assert_eq!(body, *fixture("chat").body());
}
