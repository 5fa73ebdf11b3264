//! Writes the inputs of the contenders into a folder: `inputs FOLDER`.

use std::path::PathBuf;
use std::{fs, io};

use barerock_benches::deltas::{FRAMES, deltas, events_of_length};
use barerock_benches::{inputs, messages, sign};

/// Length in bytes of each stream of frames of one size.
const STREAM: usize = 4 * 1024 * 1024;
/// Frame lengths in bytes.
const SIZES: [usize; 10] = [64, 128, 256, 512, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576];
/// Number of frames of the longest recorded stream.
const LONGEST: usize = 382;
/// Stream lengths of the whole programs, in frames.
const STREAMS: [usize; 4] = [100, 1_000, 10_000, 100_000];

fn main() -> io::Result<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).expect("usage: inputs FOLDER"));
    fs::create_dir_all(&folder)?;
    let write = |name: &str, bytes: Vec<u8>| fs::write(folder.join(name), bytes);
    write("deltas.stream", deltas(FRAMES).0)?;
    write("changing.stream", inputs::changing(FRAMES))?;
    write("mixed.stream", inputs::mixed(FRAMES))?;
    write("message.stream", inputs::message(LONGEST))?;
    for frames in STREAMS {
        write(&format!("message-{frames}.stream"), inputs::message(frames))?;
    }
    for length in SIZES {
        write(&format!("size-{length}.stream"), events_of_length(length, STREAM / length))?;
    }
    for length in sign::BODY_LENGTHS {
        write(&format!("body-{length}.json"), sign::body(length))?;
    }
    write("response.json", messages::response(200 * 1024))?;
    write("empty", Vec::new())?;
    if let Some((_, stream)) = inputs::recorded() {
        write("recorded.stream", stream)?;
    }
    Ok(())
}
