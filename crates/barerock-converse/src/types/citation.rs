//! Citations and search results.

use super::{structure, union};

structure! {
    /// Citation settings of a document or search result.
    CitationsConfig {
        required {
            /// Whether the model may cite the document or search result.
            enabled: bool,
        }
        optional {}
    }
}

structure! {
    /// A search result that the model may cite.
    SearchResultBlock {
        required {
            /// Source of the search result: a URL or a name.
            source: String,
            /// Title of the search result.
            title: String,
            /// Content of the search result.
            content: Vec<SearchResultContentBlock>,
        }
        optional {
            /// Citation settings.
            citations: CitationsConfig,
        }
    }
}

structure! {
    /// A content block of a search result.
    SearchResultContentBlock {
        required {
            /// Text of the block.
            text: String,
        }
        optional {}
    }
}

structure! {
    /// Generated text with citations.
    CitationsContentBlock {
        required {}
        optional {
            /// The generated text.
            content: Vec<CitationGeneratedContent>,
            /// Citations that support the text.
            citations: Vec<Citation>,
        }
    }
}

union! {
    /// A content block of generated text with citations.
    CitationGeneratedContent {
        /// Text.
        Text(String) = "text",
    }
}

impl CitationGeneratedContent {
    /// The text; `None` for a member this crate does not know.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Unknown(_) => None,
        }
    }
}

structure! {
    /// One citation. Also used for streams: the model's `CitationsDelta` has the same members.
    Citation {
        required {}
        optional {
            /// Title of the cited source.
            title: String,
            /// The cited source, such as a URL.
            source: String,
            /// The cited passages.
            source_content: Vec<CitationSourceContent>,
            /// Location of the cited passages in the source.
            location: CitationLocation,
        }
    }
}

union! {
    /// A cited passage.
    CitationSourceContent {
        /// Text.
        Text(String) = "text",
    }
}

union! {
    /// Location of a cited passage in its source.
    CitationLocation {
        /// A web page.
        Web(WebLocation) = "web",
        /// A range of characters of a document.
        DocumentChar(DocumentRangeLocation) = "documentChar",
        /// A range of pages of a document.
        DocumentPage(DocumentRangeLocation) = "documentPage",
        /// A range of chunks of a document.
        DocumentChunk(DocumentRangeLocation) = "documentChunk",
        /// A range of content blocks of a search result.
        SearchResultLocation(SearchResultLocation) = "searchResultLocation",
    }
}

structure! {
    /// Location on the web.
    WebLocation {
        required {}
        optional {
            /// URL of the page.
            url: String,
            /// Domain of the page.
            domain: String,
        }
    }
}

structure! {
    /// Range from `start` to `end` of a document, in characters, pages or chunks depending on the containing member.
    DocumentRangeLocation {
        required {}
        optional {
            /// Index of the document in the request, from 0.
            document_index: u64,
            /// Start of the range.
            start: u64,
            /// End of the range.
            end: u64,
        }
    }
}

structure! {
    /// Range from content block `start` to content block `end` of a search result.
    SearchResultLocation {
        required {}
        optional {
            /// Index of the search result in the request, from 0.
            search_result_index: u64,
            /// Start of the range.
            start: u64,
            /// End of the range.
            end: u64,
        }
    }
}
