//! Fuzzes the parser of the shared files: every setting has its line, an invalid line makes its profile unusable, and no
//! message grows with the file.
#![no_main]

use barerock::Environment;
use barerock_config::{Config, ConfigFile, Profiles};

/// Separator of the two files in the input; it does not occur in UTF-8.
const PART: u8 = 0xff;

/// Limit on a message: a header of 80 characters, each escaped to at most ten, quoted twice.
const LONGEST: usize = 2500;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(2, |byte| *byte == PART).map(|part| core::str::from_utf8(part).ok());
    let (config, credentials) = (parts.next().flatten(), parts.next().flatten());
    let profiles = Profiles::parse(
        config.map(|text| ConfigFile::new("config", text)),
        credentials.map(|text| ConfigFile::new("credentials", text)),
    );
    for warning in profiles.warnings() {
        assert!(warning.len() < LONGEST, "{warning}");
    }
    let names: Vec<String> = profiles.names().map(str::to_owned).collect();
    for name in &names {
        let profile = profiles.profile(name).expect("it was named");
        for key in profile.keys() {
            let Some(setting) = profile.setting(key) else { continue };
            let text = if setting.location.file() == "config" { config } else { credentials };
            let line = text.and_then(|text| text.lines().nth(setting.location.line() - 1));
            let line = line.expect("the line is there");
            assert!(line.to_ascii_lowercase().contains(key), "{line:?} sets {key}");
            let first = setting.value.split('\n').next().unwrap_or_default();
            assert!(line.contains(first), "{line:?} sets {first:?}");
        }
        let environment = Environment::default();
        let config = match Config::loader().environment(environment).profile(name).resolve(profiles.clone()) {
            Ok(config) => config,
            Err(error) => {
                assert_eq!(Some(&error), profile.check().err().as_ref(), "{name:?} exists");
                assert!(error.to_string().len() < LONGEST, "{error}");
                continue;
            }
        };
        // Each may return an error; none may panic.
        let _ = (config.endpoint(), config.auth_scheme(), config.disable_clock_skew_correction());
    }
});
