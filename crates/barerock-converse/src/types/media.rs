//! Pictures, documents, videos and sound.

use super::{Blob, CitationsConfig, string_enum, structure, union};

string_enum! {
    /// The format of a picture.
    ImageFormat { Png = "png", Jpeg = "jpeg", Gif = "gif", Webp = "webp", }
}

structure! {
    /// A picture.
    ImageBlock {
        required {
            /// Its format.
            format: ImageFormat,
            /// Where it is.
            source: ImageSource,
        }
        optional {
            /// Why there is no picture, in a response.
            error: ErrorBlock,
        }
    }
}

impl ImageBlock {
    /// A picture that travels with the request.
    pub fn from_bytes(format: ImageFormat, bytes: impl Into<Blob>) -> Self {
        Self::new(format, ImageSource::Bytes(bytes.into()))
    }
}

union! {
    /// Where a picture is.
    ImageSource {
        /// Here.
        Bytes(Blob) = "bytes",
        /// In S3.
        S3Location(S3Location) = "s3Location",
    }
}

structure! {
    /// An object in S3.
    S3Location {
        required {
            /// `s3://bucket/key`, 1 to 1,024 characters.
            uri: String,
        }
        optional {
            /// The bucket's account, 12 digits, if it is not the caller's.
            bucket_owner: String,
        }
    }
}

structure! {
    /// Why a part of the answer could not be made.
    ErrorBlock {
        required {}
        optional {
            /// In words.
            message: String,
        }
    }
}

string_enum! {
    /// The format of a document.
    DocumentFormat {
        Pdf = "pdf", Csv = "csv", Doc = "doc", Docx = "docx", Xls = "xls", Xlsx = "xlsx", Html = "html", Txt = "txt", Md = "md",
    }
}

structure! {
    /// A document to read.
    DocumentBlock {
        required {
            /// What the model calls it, 1 to 200 characters.
            name: String,
            /// Where it is.
            source: DocumentSource,
        }
        optional {
            /// Its format.
            format: DocumentFormat,
            /// What the model should know about it.
            context: String,
            /// Whether the model should cite from it.
            citations: CitationsConfig,
        }
    }
}

impl DocumentBlock {
    /// A document that travels with the request. The name is what the model calls it: letters, digits, single spaces,
    /// `-`, `_`, `()` and `[]`, without the file's extension.
    pub fn from_bytes(format: DocumentFormat, name: impl Into<String>, bytes: impl Into<Blob>) -> Self {
        Self::new(name, DocumentSource::Bytes(bytes.into())).format(format)
    }
}

union! {
    /// Where a document is.
    DocumentSource {
        /// Here.
        Bytes(Blob) = "bytes",
        /// In S3.
        S3Location(S3Location) = "s3Location",
        /// Here, as text.
        Text(String) = "text",
        /// Here, in pieces.
        Content(Vec<DocumentContentBlock>) = "content",
    }
}

union! {
    /// A piece of a document.
    DocumentContentBlock {
        /// Text.
        Text(String) = "text",
    }
}

string_enum! {
    /// The format of a video.
    VideoFormat {
        Mkv = "mkv", Mov = "mov", Mp4 = "mp4", Webm = "webm", Flv = "flv", Mpeg = "mpeg", Mpg = "mpg", Wmv = "wmv", ThreeGp = "three_gp",
    }
}

structure! {
    /// A video.
    VideoBlock {
        required {
            /// Its format.
            format: VideoFormat,
            /// Where it is.
            source: VideoSource,
        }
        optional {}
    }
}

impl VideoBlock {
    /// A video that travels with the request.
    pub fn from_bytes(format: VideoFormat, bytes: impl Into<Blob>) -> Self {
        Self::new(format, VideoSource::Bytes(bytes.into()))
    }
}

union! {
    /// Where a video is.
    VideoSource {
        /// Here.
        Bytes(Blob) = "bytes",
        /// In S3.
        S3Location(S3Location) = "s3Location",
    }
}

string_enum! {
    /// The format of a sound.
    AudioFormat {
        Mp3 = "mp3", Opus = "opus", Wav = "wav", Aac = "aac", Flac = "flac", Mp4 = "mp4", Ogg = "ogg", Mkv = "mkv", Mka = "mka",
        XAac = "x-aac", M4a = "m4a", Mpeg = "mpeg", Mpga = "mpga", Pcm = "pcm", Webm = "webm",
    }
}

structure! {
    /// Sound.
    AudioBlock {
        required {
            /// Its format.
            format: AudioFormat,
            /// Where it is.
            source: AudioSource,
        }
        optional {
            /// Why there is no sound, in a response.
            error: ErrorBlock,
        }
    }
}

impl AudioBlock {
    /// Sound that travels with the request.
    pub fn from_bytes(format: AudioFormat, bytes: impl Into<Blob>) -> Self {
        Self::new(format, AudioSource::Bytes(bytes.into()))
    }
}

union! {
    /// Where a sound is.
    AudioSource {
        /// Here.
        Bytes(Blob) = "bytes",
        /// In S3.
        S3Location(S3Location) = "s3Location",
    }
}
