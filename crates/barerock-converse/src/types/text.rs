//! Text that borrows from the JSON it was read from, unless it contains escapes.

use core::borrow::Borrow;
use core::fmt;
use core::ops::Deref;
use std::borrow::Cow;

use super::serde_facade;
use crate::json::{ToJson, Writer};

/// A string of a response: borrowed from the payload, or owned if the JSON string contained an escape.
///
/// Dereferences to `str`, compares with strings, and displays as the text.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Text<'a>(Cow<'a, str>);

impl Text<'_> {
    /// The text as a `String`; copies only if it was borrowed.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0.into_owned()
    }

    /// The same text, owned.
    #[must_use]
    pub fn into_owned(self) -> Text<'static> {
        Text(Cow::Owned(self.into_string()))
    }

    /// True if the text borrows from the payload it was read from.
    #[must_use]
    pub fn is_borrowed(&self) -> bool {
        matches!(self.0, Cow::Borrowed(_))
    }
}

impl Deref for Text<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Text<'_> {
    fn as_ref(&self) -> &str {
        self
    }
}

impl Borrow<str> for Text<'_> {
    fn borrow(&self) -> &str {
        self
    }
}

impl From<Text<'_>> for String {
    fn from(text: Text<'_>) -> Self {
        text.into_string()
    }
}

impl<'a> From<Text<'a>> for Cow<'a, str> {
    fn from(text: Text<'a>) -> Self {
        text.0
    }
}

crate::types::str_eq!(Text<'_>);

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

serde_facade!(Text<'a>);

impl ToJson for Text<'_> {
    fn to_json(&self, out: &mut Writer) {
        out.string(self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Mode, read};

    #[test]
    fn borrows_unless_escaped() {
        let plain: Text<'_> = read(r#""Grüße""#, "", Mode::Exact).unwrap().0;
        assert!(plain.is_borrowed());
        let escaped: Text<'_> = read(r#""a\nb""#, "", Mode::Exact).unwrap().0;
        assert_eq!((&*escaped, escaped.is_borrowed()), ("a\nb", false));
        assert_eq!(serde_json::from_str::<Text<'static>>(r#""a\nb""#).unwrap(), escaped);
    }

    #[test]
    fn compares_with_strings_and_becomes_one() {
        let (text, owned) = (Text::from("a"), String::from("a"));
        assert_eq!(text, *"a");
        assert_eq!(text, "a");
        assert_eq!(text, owned);
        assert_eq!("a", text);
        assert_eq!(owned, text);
        assert_ne!(text, "b");
        assert_eq!((AsRef::<str>::as_ref(&text), String::from(text.clone())), ("a", owned));
        assert!(std::collections::HashMap::from([(text, 7)]).contains_key("a"));
    }
}
