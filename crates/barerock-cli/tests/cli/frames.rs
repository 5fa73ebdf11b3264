//! `barerock frames`: what it prints, pinned.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::program::{bare, fixtures, run};
use crate::streams::{all_types, event, exception, flipped, frame};

/// What `barerock frames` prints of the stream on its standard input.
fn frames(stream: &[u8], arguments: &[&str]) -> String {
    let mut all = vec!["frames"];
    all.extend(arguments);
    run(bare(&all), stream).out
}

#[test]
fn text_is_for_reading() {
    let stream = [event("contentBlockDelta", r#"{"z":1.10,"a":[]}"#), all_types()].concat();
    let expected = "\
frame 1 · offset 0 · 120 bytes · event contentBlockDelta
  prelude   total length 120, headers length 87, CRC 598fb030 ok
  headers   :event-type    string     contentBlockDelta
            :content-type  string     application/json
            :message-type  string     event
  payload   17 bytes of JSON
    {
      \"z\": 1.10,
      \"a\": []
    }
  message   CRC b626238e ok

frame 2 · offset 120 · 141 bytes · no message type
  prelude   total length 141, headers length 121, CRC 058d62d2 ok
  headers   true       true       true
            false      false      false
            byte       byte       -1
            short      short      258
            integer    integer    -65536
            long       long       9223372036854775807
            bytes      bytes      00fe
            string     string     hé
            timestamp  timestamp  1420070400123 (2015-01-01T00:00:00.123Z)
            uuid       uuid       00112233-4455-6677-8899-aabbccddeeff
  payload   4 bytes
    000000fd  00 01 fe ff                                      ....
  message   CRC 5d164e64 ok

complete: 2 frames, 261 bytes
";
    assert_eq!(frames(&stream, &[]), expected);
    assert_eq!(frames(&stream, &["-", "--output", "text"]), expected);
}

#[test]
fn hex_names_every_byte() {
    // The empty message of the specification's own examples.
    let stream = [0, 0, 0, 16, 0, 0, 0, 0, 0x05, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff];
    assert_eq!(
        frames(&flipped(&[&stream[..], &stream].concat(), 31), &["--output", "hex"]),
        "\
frame 1 · offset 0 · 16 bytes · no message type
00000000  00 00 00 10                                      ....              total length  16
00000004  00 00 00 00                                      ....              headers length  0
00000008  05 c2 48 eb                                      ..H.              prelude CRC  ok
0000000c  7d 98 c8 ff                                      }...              message CRC  ok

frame 2 · offset 16 · broken
00000010  00 00 00 10                                      ....              total length  16
00000014  00 00 00 00                                      ....              headers length  0
00000018  05 c2 48 eb                                      ..H.              prelude CRC  ok
0000001c  7d 98 c8 fe                                      }...              message CRC  message CRC mismatch: found 7d98c8fe, computed 7d98c8ff

corrupt at offset 28 in frame 2: message CRC mismatch: found 7d98c8fe, computed 7d98c8ff
"
    );
}

/// The bytes a hex dump shows, in order; each row begins where the one before ended.
fn bytes_of(dump: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in dump.lines() {
        let Some((offset, rest)) = line.split_at_checked(8) else { continue };
        let Some(digits) = rest.get(2..49).filter(|_| offset.chars().all(|c| c.is_ascii_hexdigit())) else {
            continue;
        };
        assert_eq!(usize::from_str_radix(offset, 16).unwrap(), bytes.len(), "{line}");
        bytes.extend(digits.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()));
    }
    bytes
}

#[test]
fn hex_shows_every_byte_of_broken_streams_too() {
    let whole =
        [event("messageStart", r#"{"role":"assistant"}"#), all_types(), event("messageStop", "{}")].concat();
    let mut streams = vec![whole.clone(), b"{\"message\":\"Forbidden\"}".to_vec()];
    // Every field of the second frame is hit, and most lengths of a cut.
    let second = event("messageStart", r#"{"role":"assistant"}"#).len();
    streams.extend((second..second + all_types().len()).step_by(7).map(|offset| flipped(&whole, offset)));
    streams.extend((1..whole.len()).step_by(23).map(|length| whole[..length].to_vec()));
    for stream in streams {
        let dump = frames(&stream, &["--output", "hex"]);
        assert_eq!(bytes_of(&dump), stream, "{dump}");
    }
}

#[test]
fn a_long_rest_is_counted_and_not_shown() {
    let stream = [event("ping", "{}"), vec![0x41; 1 << 20]].concat();
    let dump = frames(&stream, &["--output", "hex"]);
    let frame = event("ping", "{}").len();
    assert_eq!(bytes_of(&dump), stream[..frame + 12 + 4096]);
    let hidden = "          … 1,044,468 bytes more, not shown\n";
    assert!(dump.contains(hidden), "{}", &dump[dump.len() - 400..]);
    assert!(dump.lines().last().unwrap().starts_with("corrupt at offset"), "{dump}");
}

#[test]
fn json_is_for_machines() {
    let out = frames(
        &[event("noise", " {\"z\":1.10,\r\n\"a\":12345678901234567890123}"), all_types()].concat(),
        &["--output", "json"],
    );
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(
        lines[0],
        r#"{"offset":0,"total_length":132,"headers_length":75,"prelude_crc":"c04a5123","headers":[{"name":":event-type","type":"string","value":"noise"},{"name":":content-type","type":"string","value":"application/json"},{"name":":message-type","type":"string","value":"event"}],"payload":{"json":{"z":1.10,  "a":12345678901234567890123}},"message_crc":"b8f940db"}"#
    );
    let frame: Value = serde_json::from_str(lines[1]).unwrap();
    assert_eq!(frame["payload"], json!({"base64": "AAH+/w=="}));
    let values: Vec<_> = frame["headers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|header| (&header["type"], &header["value"]))
        .collect();
    let expected = [
        json!(true),
        json!(false),
        json!(-1),
        json!(258),
        json!(-65_536),
        json!(i64::MAX),
        json!("AP4="),
        json!("hé"),
        json!(1_420_070_400_123_i64),
        json!("00112233-4455-6677-8899-aabbccddeeff"),
    ];
    let types = ["true", "false", "byte", "short", "integer", "long", "bytes", "string", "timestamp", "uuid"];
    assert_eq!(values.len(), types.len());
    for ((value_type, value), (expected_type, expected)) in
        values.into_iter().zip(types.iter().zip(&expected))
    {
        assert_eq!((value_type.as_str().unwrap(), value), (*expected_type, expected));
    }
    assert_eq!(lines[2], r#"{"verdict":"complete","frames":2,"bytes":273,"offset":273}"#);
    assert_eq!(lines.len(), 3);

    let empty = frames(&frame_without_anything(), &["--output", "json"]);
    let empty: Value = serde_json::from_str(empty.lines().next().unwrap()).unwrap();
    assert_eq!((&empty["headers"], &empty["payload"]), (&json!([]), &json!({"base64": ""})));
}

fn frame_without_anything() -> Vec<u8> {
    frame(&[], b"")
}

#[test]
fn long_payloads_are_cut_unless_asked_for() {
    let long = format!(r#"{{"text":"{}"}}"#, "é".repeat(5000));
    let (cut, full) = (frames(&event("e", &long), &[]), frames(&event("e", &long), &["--full"]));
    assert!(cut.len() < 6000 && cut.contains(" more; --full shows all\n"), "{}", cut.len());
    assert!(full.contains(&"é".repeat(5000)) && !full.contains("--full"));
    let binary = frames(&frame(&[], &[0; 1000]), &[]);
    assert_eq!(binary.matches(&"00 ".repeat(15)).count(), 16, "{binary}");
    assert!(binary.contains("… 744 bytes more; --full shows all"), "{binary}");
}

#[test]
fn what_comes_from_the_wire_cannot_steer_the_terminal() {
    let stream = [
        exception("bad\u{1b}[31m", "{\"message\":\"red\\u001b[31m \u{9b}31m \u{202e}\"}"),
        frame(
            &[barerock_eventstream::Header::new("\u{1b}[2J", "\u{1b}]0;title\u{7}\r\n")],
            "text \u{9b}1m".as_bytes(),
        ),
    ];
    for output in ["text", "hex", "json"] {
        let ran = run(bare(&["frames", "--output", output]), &stream.concat());
        for text in [&ran.out, &ran.err] {
            let steers = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
            // In JSON a string holds what it holds, but for what JSON itself escapes.
            assert!(
                output == "json" && !text.contains('\u{1b}') || !text.contains(steers),
                "{output}: {text:?}"
            );
        }
    }
}

#[test]
fn colour_is_for_terminals() {
    let stream = event("e", "{}");
    for (name, value, has_colour) in
        [("CLICOLOR_FORCE", "1", true), ("NO_COLOR", "1", false), ("TERM", "xterm-256color", false)]
    {
        let mut command = bare(&["frames"]);
        command.env(name, value);
        assert_eq!(run(command, &stream).out.contains("\u{1b}["), has_colour, "{name}");
    }
}

#[test]
fn frames_are_shown_as_they_come() {
    let mut child =
        bare(&["frames", "--output", "json"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for index in 0..3 {
        let frame = event("ping", &index.to_string());
        let (first, rest) = frame.split_at(40);
        input.write_all(first).unwrap();
        input.write_all(rest).unwrap();
        // Waits for ever if the frame waits for the next.
        let line = lines.next().unwrap().unwrap();
        assert!(line.contains(&format!(r#""payload":{{"json":{index}}}"#)), "{line}");
    }
    drop(input);
    assert!(lines.next().unwrap().unwrap().starts_with(r#"{"verdict":"complete","frames":3"#));
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stream");
    std::fs::write(&path, event("ping", "{}").repeat(20_000)).unwrap();
    let mut command = bare(&["frames", path.to_str().unwrap()]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.starts_with("frame 1 "), "{first}");
    assert_eq!(String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap(), "");
}

#[test]
fn a_fixtures_folder_is_its_body() {
    let folder = fixtures().join("tutorial-stream");
    let body = std::fs::read(folder.join("response.body")).unwrap();
    let ran = run(bare(&["frames", folder.to_str().unwrap()]), "");
    assert_eq!((ran.code, ran.out), (0, frames(&body, &[])));
}
