//! `--html`: the stages as a page.

use std::path::Path;

use barerock_audit::{Explanation, RawRequest, ReplacementFile, SignatureMap};
use barerock_sigv4::{ApiKey, SignError};

use super::{Sign, Signing, failure, stages};
use crate::exit::Failure;
use crate::page;

/// A page that is being written.
pub(super) struct Page<'a> {
    file: ReplacementFile,
    path: &'a Path,
    arguments: &'a Sign,
}

impl<'a> Page<'a> {
    /// Creates the file that the options name; `None` if they name none.
    pub(super) fn create(arguments: &'a Sign) -> Result<Option<Self>, Failure> {
        let Some(path) = &arguments.html else { return Ok(None) };
        let inputs: Vec<&Path> = [&arguments.task.request, &arguments.explain_mismatch]
            .into_iter()
            .flatten()
            .map(|path| &**path)
            .collect();
        Ok(Some(Self { file: page::create(path, &inputs)?, path, arguments }))
    }

    /// Writes the stages of a request's signature, beside the service's texts where it sent some.
    pub(super) fn of_request(
        self,
        request: &RawRequest,
        signing: &Signing,
        explanation: Option<&Explanation>,
    ) -> Result<(), Failure> {
        let expires =
            self.arguments.rules.query.then(|| stages::expires(request, self.arguments)).transpose()?;
        let map = signing.context().and_then(|context| match expires {
            Some(seconds) => SignatureMap::of_query(request, seconds, &context),
            None => SignatureMap::of_header(request, &context),
        });
        self.write(map, explanation)
    }

    /// Writes the stages of an API key.
    pub(super) fn of_key(self, key: &ApiKey, seconds: u32, signing: &Signing) -> Result<(), Failure> {
        let map = signing.context().and_then(|context| SignatureMap::of_api_key(key, seconds, &context));
        self.write(map, None)
    }

    fn write(
        self,
        map: Result<SignatureMap, SignError>,
        explanation: Option<&Explanation>,
    ) -> Result<(), Failure> {
        let map = map.map_err(|error| failure(error, error.to_string()))?;
        let title = match &self.arguments.task.request {
            Some(path) if path.as_os_str() == "-" => "standard input".to_owned(),
            Some(path) => path.display().to_string(),
            None => "short-term API key".to_owned(),
        };
        page::write(self.file, self.path, &map.to_html(&title, explanation))
    }
}
