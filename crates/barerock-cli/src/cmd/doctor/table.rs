//! The report as text.

use core::fmt::Write as _;

use super::report::{Other, Report, Value};
use crate::render::safe;

/// The width of the first column, in characters.
const WIDTH: usize = 14;

/// Formats the report: a name and a value, then its source and what was skipped.
pub(super) fn of(report: &Report) -> String {
    let mut table = Table(String::new());
    table.head("profile", &report.profile);
    table.source(&report.profile_source, &report.profile_passed_over);
    table.value("region", &report.region, |region| region.as_deref().unwrap_or("none"));

    let credentials = &report.credentials;
    table.head("credentials", credentials.access_key_id.as_deref().unwrap_or("none"));
    if let Some(provider) = &credentials.provider {
        table.line("from", provider);
    }
    if let Some(expires) = &credentials.expires {
        table.line("expires", expires);
    }
    for tried in &credentials.tried {
        table.line("not", &format!("{}: {}", tried.provider, tried.outcome));
    }
    table.error(credentials.error.as_deref());

    let endpoint = &report.endpoint;
    table.head("endpoint", endpoint.url.as_deref().unwrap_or("none"));
    table.source(&endpoint.source, &endpoint.passed_over);
    table.error(endpoint.error.as_deref());

    table.value("auth scheme", &report.auth_scheme, |scheme| scheme);
    table.value("FIPS", &report.use_fips_endpoint, |is_on| on(*is_on));
    table.value("dual stack", &report.use_dualstack_endpoint, |is_on| on(*is_on));
    table.value("CA bundle", &report.ca_bundle, |path| path.as_deref().unwrap_or("built in"));
    table.value("proxy", &report.proxy, |url| url.as_deref().unwrap_or("none"));
    table.value("retry mode", &report.retry_mode, |mode| mode);
    let attempts = report.max_attempts.value.flatten();
    table.head(
        "max attempts",
        &attempts.map_or_else(|| "as the mode has it".to_owned(), |number| number.to_string()),
    );
    table.source(&report.max_attempts.source, &report.max_attempts.passed_over);
    table.error(report.max_attempts.error.as_deref());
    table.value("wrong clock", &report.disable_clock_skew_correction, |is_off| {
        if *is_off { "not corrected for" } else { "corrected for" }
    });
    let limit = report.credential_process_timeout.value;
    let limit = limit.map_or_else(
        || "none".to_owned(),
        |seconds| match seconds {
            0 => "no limit".to_owned(),
            seconds => format!("{seconds} s"),
        },
    );
    table.head("process limit", &limit);
    table.source(&report.credential_process_timeout.source, &report.credential_process_timeout.passed_over);
    table.error(report.credential_process_timeout.error.as_deref());
    for file in &report.files {
        table.head("file", &file.path);
        if let Some(variable) = file.named_by {
            table.line("from", variable);
        }
        if !file.found {
            table.line("not", "there");
        }
    }
    for warning in &report.warnings {
        table.head("warning", warning);
    }
    table.0
}

struct Table(String);

impl Table {
    fn head(&mut self, name: &str, value: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{name:WIDTH$}{}", safe(value));
    }

    fn line(&mut self, name: &str, value: &str) {
        let _ = writeln!(self.0, "{:WIDTH$}{}", format!("  {name}"), safe(value));
    }

    fn source(&mut self, source: &str, passed_over: &[Other]) {
        self.line("from", source);
        for other in passed_over {
            self.line("not", &format!("{}: {}", other.place, other.why));
        }
    }

    fn value<T>(&mut self, name: &str, value: &Value<T>, show: impl Fn(&T) -> &str) {
        self.head(name, value.value.as_ref().map_or("none", show));
        self.source(&value.source, &value.passed_over);
        self.error(value.error.as_deref());
    }

    fn error(&mut self, error: Option<&str>) {
        if let Some(error) = error {
            self.line("error", error);
        }
    }
}

fn on(is_on: bool) -> &'static str {
    if is_on { "on" } else { "off" }
}
