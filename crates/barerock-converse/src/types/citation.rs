//! Citations and search results: text with its sources.

use super::{structure, union};

structure! {
    /// Whether the model should cite from a document or search result.
    CitationsConfig {
        required {
            /// Yes or no.
            enabled: bool,
        }
        optional {}
    }
}

structure! {
    /// A search result to cite from.
    SearchResultBlock {
        required {
            /// Where it is from: a URL or a name.
            source: String,
            /// Its title.
            title: String,
            /// What it says.
            content: Vec<SearchResultContentBlock>,
        }
        optional {
            /// Whether the model should cite from it.
            citations: CitationsConfig,
        }
    }
}

structure! {
    /// A piece of a search result.
    SearchResultContentBlock {
        required {
            /// What it says.
            text: String,
        }
        optional {}
    }
}

structure! {
    /// Text of an answer with its sources.
    CitationsContentBlock {
        required {}
        optional {
            /// The text.
            content: Vec<CitationGeneratedContent>,
            /// The sources.
            citations: Vec<Citation>,
        }
    }
}

union! {
    /// A piece of cited text.
    CitationGeneratedContent {
        /// Text.
        Text(String) = "text",
    }
}

impl CitationGeneratedContent {
    /// The text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Unknown(_) => None,
        }
    }
}

structure! {
    /// One source. The model's `CitationsDelta` has the same members, so a streamed citation is one of these too.
    Citation {
        required {}
        optional {
            /// The source's title.
            title: String,
            /// Where the source is from.
            source: String,
            /// The words that are cited.
            source_content: Vec<CitationSourceContent>,
            /// Where in the source they stand.
            location: CitationLocation,
        }
    }
}

union! {
    /// Words that are cited.
    CitationSourceContent {
        /// Text.
        Text(String) = "text",
    }
}

union! {
    /// Where in a source cited words stand.
    CitationLocation {
        /// On a web page.
        Web(WebLocation) = "web",
        /// In a document, by characters.
        DocumentChar(DocumentRangeLocation) = "documentChar",
        /// In a document, by pages.
        DocumentPage(DocumentRangeLocation) = "documentPage",
        /// In a document, by pieces.
        DocumentChunk(DocumentRangeLocation) = "documentChunk",
        /// In a search result.
        SearchResultLocation(SearchResultLocation) = "searchResultLocation",
    }
}

structure! {
    /// A web page.
    WebLocation {
        required {}
        optional {
            /// Its address.
            url: String,
            /// Its domain.
            domain: String,
        }
    }
}

structure! {
    /// From `start` to `end` of a document: characters, pages or pieces, as the member it stands in says.
    DocumentRangeLocation {
        required {}
        optional {
            /// Which document of the request, from 0.
            document_index: u64,
            /// The first.
            start: u64,
            /// The last.
            end: u64,
        }
    }
}

structure! {
    /// From piece `start` to piece `end` of a search result.
    SearchResultLocation {
        required {}
        optional {
            /// Which search result of the request, from 0.
            search_result_index: u64,
            /// The first.
            start: u64,
            /// The last.
            end: u64,
        }
    }
}
