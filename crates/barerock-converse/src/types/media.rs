//! Images, documents, videos and audio.

use super::{Blob, CitationsConfig, string_enum, structure, union};

string_enum! {
    /// Format of an image.
    ImageFormat { Png = "png", Jpeg = "jpeg", Gif = "gif", Webp = "webp", }
}

structure! {
    /// An image.
    ImageBlock {
        required {
            /// Format of the image.
            format: ImageFormat,
            /// Bytes or S3 location of the image.
            source: ImageSource,
        }
        optional {
            /// Reason why a response contains no image.
            error: ErrorBlock,
        }
    }
}

impl ImageBlock {
    /// Creates an image whose bytes are sent in the request.
    ///
    /// ```
    /// # use barerock_converse::types::{ContentBlock, ImageBlock, ImageFormat, Message};
    /// let image = ImageBlock::from_bytes(ImageFormat::Webp, &b"RIFF"[..]);
    /// let message = Message::user([ContentBlock::from("What is this?"), image.into()]);
    /// assert_eq!(message.content.len(), 2);
    /// ```
    pub fn from_bytes(format: impl Into<ImageFormat>, bytes: impl Into<Blob>) -> Self {
        Self::new(format, ImageSource::Bytes(bytes.into()))
    }
}

union! {
    /// Source of an image.
    ImageSource {
        /// The bytes, base64 in JSON; at least 1 byte.
        Bytes(Blob) = "bytes",
        /// An object in S3.
        S3Location(S3Location) = "s3Location",
    }
}

structure! {
    /// An object in S3.
    S3Location {
        required {
            /// URI of the object, `s3://bucket/key`, 1 to 1,024 characters.
            uri: String,
        }
        optional {
            /// Account ID of the bucket owner, 12 digits; required if it is not the calling account.
            bucket_owner: String,
        }
    }
}

structure! {
    /// Reason why part of a response could not be generated.
    ErrorBlock {
        required {}
        optional {
            /// Description of the error.
            message: String,
        }
    }
}

string_enum! {
    /// Format of a document.
    DocumentFormat {
        Pdf = "pdf", Csv = "csv", Doc = "doc", Docx = "docx", Xls = "xls", Xlsx = "xlsx", Html = "html", Txt = "txt", Md = "md",
    }
}

structure! {
    /// A document for the model to read.
    DocumentBlock {
        required {
            /// Name by which the model refers to the document, 1 to 200 characters.
            name: String,
            /// Content or S3 location of the document.
            source: DocumentSource,
        }
        optional {
            /// Format of the document.
            format: DocumentFormat,
            /// Context that tells the model how to use the document.
            context: String,
            /// Citation settings.
            citations: CitationsConfig,
        }
    }
}

impl DocumentBlock {
    /// Creates a document whose bytes are sent in the request. The model refers to the document by `name`: letters,
    /// digits, single spaces, `-`, `_`, `()` and `[]`, without a file extension.
    ///
    /// ```
    /// # use barerock_converse::types::{DocumentBlock, DocumentFormat};
    /// let document = DocumentBlock::from_bytes("pdf", "annual report", &b"%PDF-1.7"[..]);
    /// assert_eq!(document.format, Some(DocumentFormat::Pdf));
    /// ```
    pub fn from_bytes(
        format: impl Into<DocumentFormat>,
        name: impl Into<String>,
        bytes: impl Into<Blob>,
    ) -> Self {
        Self::new(name, DocumentSource::Bytes(bytes.into())).format(format)
    }
}

union! {
    /// Source of a document.
    DocumentSource {
        /// The bytes, base64 in JSON; at least 1 byte.
        Bytes(Blob) = "bytes",
        /// An object in S3.
        S3Location(S3Location) = "s3Location",
        /// The text of the document.
        Text(String) = "text",
        /// The document as a list of content blocks.
        Content(Vec<DocumentContentBlock>) = "content",
    }
}

union! {
    /// A content block of a document.
    DocumentContentBlock {
        /// Text.
        Text(String) = "text",
    }
}

string_enum! {
    /// Format of a video.
    VideoFormat {
        Mkv = "mkv", Mov = "mov", Mp4 = "mp4", Webm = "webm", Flv = "flv", Mpeg = "mpeg", Mpg = "mpg", Wmv = "wmv", ThreeGp = "three_gp",
    }
}

structure! {
    /// A video.
    VideoBlock {
        required {
            /// Format of the video.
            format: VideoFormat,
            /// Bytes or S3 location of the video.
            source: VideoSource,
        }
        optional {}
    }
}

impl VideoBlock {
    /// Creates a video whose bytes are sent in the request.
    pub fn from_bytes(format: impl Into<VideoFormat>, bytes: impl Into<Blob>) -> Self {
        Self::new(format, VideoSource::Bytes(bytes.into()))
    }
}

union! {
    /// Source of a video.
    VideoSource {
        /// The bytes, base64 in JSON; at least 1 byte.
        Bytes(Blob) = "bytes",
        /// An object in S3.
        S3Location(S3Location) = "s3Location",
    }
}

string_enum! {
    /// Format of audio.
    AudioFormat {
        Mp3 = "mp3", Opus = "opus", Wav = "wav", Aac = "aac", Flac = "flac", Mp4 = "mp4", Ogg = "ogg", Mkv = "mkv", Mka = "mka",
        XAac = "x-aac", M4a = "m4a", Mpeg = "mpeg", Mpga = "mpga", Pcm = "pcm", Webm = "webm",
    }
}

structure! {
    /// Audio.
    AudioBlock {
        required {
            /// Format of the audio.
            format: AudioFormat,
            /// Bytes or S3 location of the audio.
            source: AudioSource,
        }
        optional {
            /// Reason why a response contains no audio.
            error: ErrorBlock,
        }
    }
}

impl AudioBlock {
    /// Creates audio whose bytes are sent in the request.
    pub fn from_bytes(format: impl Into<AudioFormat>, bytes: impl Into<Blob>) -> Self {
        Self::new(format, AudioSource::Bytes(bytes.into()))
    }
}

union! {
    /// Source of audio.
    AudioSource {
        /// The bytes, base64 in JSON; at least 1 byte.
        Bytes(Blob) = "bytes",
        /// An object in S3.
        S3Location(S3Location) = "s3Location",
    }
}
