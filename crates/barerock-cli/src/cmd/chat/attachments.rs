//! Attachments of a prompt: images and documents.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

use barerock::types::{ContentBlock, DocumentBlock, DocumentFormat, ImageBlock, ImageFormat, Message};

use crate::exit::Failure;

/// Largest file, in bytes. A request may have 20 MB including base64; smaller limits of a model are left to the service.
const MAX_FILE: u64 = 20 * 1024 * 1024;

/// Longest name of a document, in characters.
const MAX_NAME: usize = 200;

/// First bytes of the image formats.
const IMAGES: [(&[u8], ImageFormat); 4] = [
    (b"\x89PNG\r\n\x1a\n", ImageFormat::Png),
    (b"\xff\xd8\xff", ImageFormat::Jpeg),
    (b"GIF87a", ImageFormat::Gif),
    (b"GIF89a", ImageFormat::Gif),
];

/// File extensions of the document formats.
const DOCUMENTS: [(&str, DocumentFormat); 12] = [
    ("pdf", DocumentFormat::Pdf),
    ("csv", DocumentFormat::Csv),
    ("doc", DocumentFormat::Doc),
    ("docx", DocumentFormat::Docx),
    ("xls", DocumentFormat::Xls),
    ("xlsx", DocumentFormat::Xlsx),
    ("html", DocumentFormat::Html),
    ("htm", DocumentFormat::Html),
    ("txt", DocumentFormat::Txt),
    ("text", DocumentFormat::Txt),
    ("md", DocumentFormat::Md),
    ("markdown", DocumentFormat::Md),
];

/// Reads an image; its first bytes decide the format.
pub(super) fn image(path: &Path) -> Result<ContentBlock, Failure> {
    let bytes = read("--image", path)?;
    let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let known = IMAGES.into_iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, format)| format);
    let Some(format) = known.or(is_webp.then_some(ImageFormat::Webp)) else {
        return Err(wrong("--image", path, "is not a PNG, JPEG, GIF or WebP image"));
    };
    Ok(ImageBlock::from_bytes(format, bytes).into())
}

/// Reads a document; its file extension decides the format.
pub(super) fn document(path: &Path) -> Result<ContentBlock, Failure> {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let Some((_, format)) = DOCUMENTS.into_iter().find(|(known, _)| *known == extension) else {
        let known: Vec<_> = DOCUMENTS.iter().map(|(known, _)| *known).collect();
        return Err(wrong(
            "--document",
            path,
            &format!("has an unknown extension; expected {}", known.join(", ")),
        ));
    };
    let name = name(&path.file_stem().unwrap_or_default().to_string_lossy());
    Ok(DocumentBlock::from_bytes(format, name, read("--document", path)?).into())
}

/// A document's name for the model: the file's name with `-` for characters that are not allowed. Whether the service allows letters
/// beyond ASCII is not known.
fn name(stem: &str) -> String {
    let mut name = String::new();
    for char in stem.chars().take(MAX_NAME) {
        match char {
            ' ' if name.ends_with(' ') => {}
            ' ' | '-' | '_' | '(' | ')' | '[' | ']' => name.push(char),
            char if char.is_ascii_alphanumeric() => name.push(char),
            _ => name.push('-'),
        }
    }
    if name.bytes().any(|byte| byte.is_ascii_alphanumeric()) { name } else { "document".to_owned() }
}

/// Numbers documents of the same name, those of the history included: the service refuses repeated names in one request.
pub(super) fn tell_apart(attachments: &mut [ContentBlock], history: &[Message]) {
    let sent = history.iter().flat_map(|message| &message.content);
    let mut taken: BTreeSet<String> = sent
        .filter_map(|block| match block {
            ContentBlock::Document(document) => Some(document.name.clone()),
            _ => None,
        })
        .collect();
    for block in attachments {
        let ContentBlock::Document(document) = block else { continue };
        let name = document.name.clone();
        let mut number = 1_usize;
        while !taken.insert(document.name.clone()) {
            number = number.saturating_add(1);
            let end = format!(" {number}");
            let room = MAX_NAME.saturating_sub(end.len()).min(name.len());
            document.name = format!("{}{end}", name[..room].trim_end());
        }
    }
}

fn read(option: &str, path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let file = crate::input::open(Path::new(path));
    file.and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes))
        .map_err(|error| wrong(option, path, &format!("cannot be read: {error}")))?;
    match bytes.len().try_into() {
        Ok(0_u64) => Err(wrong(option, path, "is empty")),
        Ok(length) if length <= MAX_FILE => Ok(bytes),
        _ => Err(wrong(option, path, &format!("is larger than {} MiB", MAX_FILE >> 20))),
    }
}

fn wrong(option: &str, path: &Path, why: &str) -> Failure {
    Failure::usage(format!("{option}: {} {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_named_as_the_service_takes_it() {
        for (stem, expected) in [
            ("report", "report"),
            ("Q3 report (final) [2]", "Q3 report (final) [2]"),
            ("a.b,c  d\te", "a-b-c d-e"),
            ("Übersicht", "-bersicht"),
            ("報告", "document"),
        ] {
            assert_eq!(name(stem), expected);
        }
        assert_eq!(name(&"n".repeat(300)).len(), MAX_NAME);
    }

    #[test]
    fn documents_of_one_name_are_numbered() {
        let long = "n".repeat(MAX_NAME);
        let names = ["a", "a", "a 2", "a", &long, &long];
        let mut blocks: Vec<ContentBlock> =
            names.map(|name| DocumentBlock::from_bytes(DocumentFormat::Txt, name, "x").into()).into();
        let sent = DocumentBlock::from_bytes(DocumentFormat::Txt, "a 3", "x");
        tell_apart(&mut blocks, &[Message::user(sent)]);
        let names: Vec<_> = blocks
            .iter()
            .map(|block| match block {
                ContentBlock::Document(document) => &*document.name,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(names, ["a", "a 2", "a 2 2", "a 4", &long, &format!("{} 2", &long[2..])]);
    }

    #[test]
    fn pictures_are_told_by_what_they_begin_with() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("picture");
        for (bytes, expected) in [
            (&b"\x89PNG\r\n\x1a\n..."[..], Some(ImageFormat::Png)),
            (b"\xff\xd8\xff\xe0", Some(ImageFormat::Jpeg)),
            (b"GIF89a", Some(ImageFormat::Gif)),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(ImageFormat::Webp)),
            (b"RIFF\0\0\0\0WAVE", None),
            (b"<svg/>", None),
            (b"", None),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let found = image(&path).ok().map(|block| match block {
                ContentBlock::Image(image) => image.format,
                other => panic!("{other:?}"),
            });
            assert_eq!(found, expected, "{bytes:?}");
        }
    }

    #[test]
    fn what_cannot_go_along_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        for (path, words) in [
            (write("a.exe", b"x"), "has an unknown extension; expected pdf, "),
            (write("a.pdf", b""), "is empty"),
            (folder.path().join("none.pdf"), "cannot be read: "),
        ] {
            let error = document(&path).unwrap_err().to_string();
            assert!(error.starts_with("--document: ") && error.contains(words), "{error}");
        }
        let large = folder.path().join("large.TXT");
        std::fs::File::create(&large).unwrap().set_len(MAX_FILE + 1).unwrap();
        assert!(document(&large).unwrap_err().to_string().ends_with("is larger than 20 MiB"));
    }
}
