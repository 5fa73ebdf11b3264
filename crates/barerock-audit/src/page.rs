//! Parts of self-contained pages: no network, nothing from the wire as markup.

use core::fmt::{self, Write as _};

use barerock_sigv4::PayloadHash;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The style of all pages.
pub(crate) const STYLE: &str = include_str!("page/page.css");

/// The style of values side by side.
pub(crate) const SIDES: &str = include_str!("page/sides.css");

/// Everything before the body's content. The page may load nothing, and run only this script.
pub(crate) fn head(title: &str, styles: &[&str], script: &str) -> String {
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src '{}'; base-uri 'none'; form-action 'none'",
        hash_of(script)
    );
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n<style>\n",
        Escaped(title)
    );
    styles.iter().for_each(|style| out.push_str(style));
    out.push_str("</style></head>\n");
    out
}

/// The hash of a script as a content security policy names it.
fn hash_of(script: &str) -> String {
    if script.is_empty() {
        return "none".to_owned();
    }
    let digits = PayloadHash::of(script.as_bytes());
    let digest: Vec<u8> = digits
        .as_str()
        .as_bytes()
        .chunks(2)
        .filter_map(|pair| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    format!("sha256-{}", STANDARD.encode(digest))
}

/// JSON that can stand in a script element: no `<` ends the element or begins a comment.
pub(crate) fn json_data(value: &serde_json::Value) -> String {
    value.to_string().replace('<', "\\u003c")
}

/// Text in HTML.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_no_markup() {
        assert_eq!(Escaped("<a b='\"&'>").to_string(), "&lt;a b=&#39;&quot;&amp;&#39;&gt;");
        assert_eq!(json_data(&serde_json::json!("</script><!--")), "\"\\u003c/script>\\u003c!--\"");
    }

    #[test]
    fn only_the_script_of_the_page_may_run() {
        // By another implementation: printf x | openssl dgst -sha256 -binary | base64.
        let page = head("t", &[], "x");
        assert!(page.contains("script-src 'sha256-LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE='"), "{page}");
    }
}
