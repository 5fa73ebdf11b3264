//! Why a piece of a stage is what it is.

/// The kind of a piece, and its rule in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) kind: Kind,
    pub(super) text: &'static str,
}

impl Rule {
    const fn new(kind: Kind, text: &'static str) -> Self {
        Self { kind, text }
    }

    pub(super) fn is_signed(self) -> bool {
        self.kind != Kind::Unsigned
    }
}

/// What a piece is about: its colour on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Method,
    Path,
    Query,
    Name,
    Value,
    Body,
    Scope,
    Key,
    Signature,
    /// Of the specification alone.
    Form,
    Unsigned,
}

impl Kind {
    /// Every kind that the legend names, with its name.
    pub(super) const LEGEND: [(Self, &'static str); 11] = [
        (Self::Method, "method"),
        (Self::Path, "path"),
        (Self::Query, "query"),
        (Self::Name, "header name"),
        (Self::Value, "header value"),
        (Self::Body, "body"),
        (Self::Scope, "time and scope"),
        (Self::Key, "credentials"),
        (Self::Signature, "hash and signature"),
        (Self::Form, "from the specification"),
        (Self::Unsigned, "not signed"),
    ];

    /// The class of the page's style.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Path => "path",
            Self::Query => "query",
            Self::Name => "hname",
            Self::Value => "hvalue",
            Self::Body => "payload",
            Self::Scope => "scope",
            Self::Key => "key",
            Self::Signature => "hash",
            Self::Form => "form",
            Self::Unsigned => "unsigned",
        }
    }
}

pub(super) const METHOD: Rule = Rule::new(Kind::Method, "The method, as it is sent.");
pub(super) const LINE: Rule = Rule::new(Kind::Form, "A line break ends each part of this text.");

pub(super) const PATH: Rule = Rule::new(Kind::Path, "The path, as it is sent.");
pub(super) const PATH_ESCAPED: Rule = Rule::new(
    Kind::Path,
    "Percent-encoded: all but letters, digits, '-', '.', '_', '~' and '/'. The path as sent is encoded once more.",
);
pub(super) const PATH_END: Rule = Rule::new(
    Kind::Path,
    "The end of a normalized path: '/' where the path ends in '/', '.' or '..', or has no segment left.",
);
pub(super) const PATH_WHOLE: Rule = Rule::new(Kind::Path, "Made of the path as a whole.");

pub(super) const QUERY: Rule = Rule::new(
    Kind::Query,
    "A parameter of the query. Parameters are sorted by encoded name, then by encoded value.",
);
pub(super) const QUERY_RECODED: Rule = Rule::new(
    Kind::Query,
    "Percent-encoded: all but letters, digits, '-', '.', '_' and '~', with uppercase digits.",
);
pub(super) const QUERY_FORM: Rule = Rule::new(
    Kind::Form,
    "'&' joins the sorted parameters; '=' follows each name, also where no value was sent.",
);
pub(super) const QUERY_WHOLE: Rule = Rule::new(Kind::Query, "Made of the query as a whole.");
pub(super) const PARAMETER: Rule =
    Rule::new(Kind::Form, "A parameter that signing adds to the query before the query is signed.");

pub(super) const NAME: Rule = Rule::new(
    Kind::Name,
    "The name of a header in lowercase. Headers are sorted by name; those of one name share a line.",
);
pub(super) const ADDED_NAME: Rule = Rule::new(Kind::Form, "A header that signing adds to the request.");
pub(super) const COLON: Rule = Rule::new(Kind::Form, "':' follows the name of a header.");
pub(super) const COMMA: Rule = Rule::new(Kind::Form, "',' joins the values of headers of one name.");
pub(super) const VALUE: Rule = Rule::new(Kind::Value, "The value of a header, without the spaces around it.");
pub(super) const VALUE_SPACES: Rule =
    Rule::new(Kind::Value, "Several spaces in a value, or a folded line, become one space.");
pub(super) const VALUE_WHOLE: Rule = Rule::new(Kind::Value, "Made of the headers of this name.");

pub(super) const SIGNED_NAMES: Rule =
    Rule::new(Kind::Name, "The list of signed headers: names in lowercase, sorted.");
pub(super) const SEMICOLON: Rule = Rule::new(Kind::Form, "';' separates the names of signed headers.");

pub(super) const BODY_HASH: Rule = Rule::new(Kind::Body, "SHA-256 of the body, in hexadecimal digits.");
pub(super) const NO_BODY_HASH: Rule =
    Rule::new(Kind::Form, "A word in place of the body's hash: the body is not part of the signature.");

pub(super) const ALGORITHM: Rule = Rule::new(Kind::Form, "The algorithm of the signature.");
pub(super) const TIME: Rule = Rule::new(Kind::Scope, "The time of the signature, in UTC.");
pub(super) const DATE: Rule = Rule::new(Kind::Scope, "The day of the signature, the start of its time.");
pub(super) const REGION: Rule = Rule::new(Kind::Scope, "The region of the endpoint.");
pub(super) const SERVICE: Rule = Rule::new(Kind::Scope, "The signing name of the service.");
pub(super) const SCOPE_FORM: Rule = Rule::new(
    Kind::Form,
    "The credential scope: day, region, service and aws4_request, with '/' between them ('%2F' in a query).",
);
pub(super) const EXPIRES: Rule = Rule::new(Kind::Scope, "The validity of the request, in seconds.");
pub(super) const ACCESS_KEY: Rule = Rule::new(Kind::Key, "The access key id: not secret.");
pub(super) const SECRET: Rule = Rule::new(Kind::Key, "The secret access key: never sent, and never shown.");
pub(super) const TOKEN: Rule =
    Rule::new(Kind::Key, "The session token of temporary credentials: sent, and never shown.");

pub(super) const REQUEST_HASH: Rule =
    Rule::new(Kind::Signature, "SHA-256 of the canonical request, in hexadecimal digits.");
pub(super) const KEY_FORM: Rule = Rule::new(
    Kind::Form,
    "A step of the derivation: HMAC-SHA256(key, data). Each result is the key of the next step.",
);
pub(super) const SIGNATURE: Rule =
    Rule::new(Kind::Signature, "HMAC-SHA256(signing key, string to sign), in hexadecimal digits.");
pub(super) const AUTHORIZATION_FORM: Rule = Rule::new(
    Kind::Form,
    "The form of the authorization header: algorithm, credential, signed headers, signature.",
);
pub(super) const LABEL: Rule = Rule::new(Kind::Form, "A label of this page.");

pub(super) const SENT_NAME: Rule = Rule::new(Kind::Name, "The name of a signed header.");
pub(super) const SENT_VALUE: Rule = Rule::new(Kind::Value, "The value of a signed header.");
pub(super) const BODY: Rule = Rule::new(Kind::Body, "The body: its SHA-256 is signed.");
pub(super) const REQUEST_FORM: Rule =
    Rule::new(Kind::Unsigned, "Not signed: part of the request's form in HTTP/1.1.");
pub(super) const VERSION: Rule = Rule::new(Kind::Unsigned, "Not signed: the version of HTTP.");
pub(super) const DROPPED_PATH: Rule =
    Rule::new(Kind::Unsigned, "Not signed: a normalized path does not have it.");
pub(super) const DROPPED_PARAMETER: Rule =
    Rule::new(Kind::Unsigned, "Not signed: left by an earlier signature, and replaced.");
pub(super) const QUERY_SEPARATOR: Rule =
    Rule::new(Kind::Unsigned, "Not signed as it is: the sorted query has separators of its own.");
pub(super) const DROPPED_HEADER: Rule = Rule::new(
    Kind::Unsigned,
    "Not signed: proxies and HTTP libraries add or change this header, or the service drops it.",
);
pub(super) const REPLACED_HEADER: Rule =
    Rule::new(Kind::Unsigned, "Not signed: replaced by the header of that name that signing adds.");
pub(super) const TRIMMED: Rule = Rule::new(Kind::Unsigned, "Not signed: spaces around a value are trimmed.");
pub(super) const UNSIGNED_BODY: Rule =
    Rule::new(Kind::Unsigned, "Not signed: a word stands in place of the body's hash.");
