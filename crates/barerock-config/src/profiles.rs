//! The profiles of the shared config and credentials files.

use core::fmt;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use super::error::{ConfigError, NoProfile};
use super::fault::{Fault, FaultKind, Note};
use super::ini::{self, Block};
use super::nearest::nearest;
use super::profile::Profile;
use super::section::Section;
use super::source::Location;
use super::text::shown;

/// The name of the profile that is used if none is named.
pub const DEFAULT_PROFILE: &str = "default";

/// Sections of the config file that only the `aws` CLI uses.
const OF_THE_CLI: [&str; 3] = ["plugins", "preview", "toplevel"];

/// Limit on a header in messages, in characters.
const MAX_SHOWN: usize = 80;

/// The text of a shared file, and the name that messages give it, such as its path.
#[derive(Clone, Copy)]
pub struct ConfigFile<'a> {
    name: &'a str,
    text: &'a str,
}

impl<'a> ConfigFile<'a> {
    /// Creates a file with this name and text.
    #[must_use]
    pub fn new(name: &'a str, text: &'a str) -> Self {
        Self { name, text }
    }
}

/// Shows the name only: the text may contain secrets.
impl fmt::Debug for ConfigFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigFile").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The contents of the shared config and credentials files: profiles, SSO sessions and services sections.
///
/// Values include secrets; they are zeroed when dropped, and `Debug` shows names only.
#[derive(Clone, Default)]
pub struct Profiles {
    files: Vec<Arc<str>>,
    credentials: BTreeMap<String, Section>,
    config: BTreeMap<String, Section>,
    sso_sessions: BTreeMap<String, Section>,
    services: BTreeMap<String, Section>,
    /// Sections with an invalid header, by the name of the profile that was probably meant: their place and the valid header.
    misplaced: BTreeMap<String, (Location, String)>,
    notes: Vec<Note>,
    /// The invalid lines, each with the section it makes unusable, escaped for output.
    faults: Vec<(Fault, Option<String>)>,
    /// The first invalid line before the first header of a file.
    before_first: Option<Fault>,
}

impl Profiles {
    /// Parses the files; either may be missing.
    ///
    /// An invalid line makes only its section unusable: [`require`](Self::require), [`Profile::check`] and [`Section::check`]
    /// fail, [`warnings`](Self::warnings) lists the line. Invalid are a line that is not a header, setting, comment or
    /// continuation, a header without `]`, and a section or setting that occurs twice in a file. AWS's SDKs merge sections of one
    /// name and botocore rejects the file. Here such a section is unusable, because merging could combine the key id of one with
    /// the secret of the other.
    #[must_use]
    pub fn parse(config: Option<ConfigFile<'_>>, credentials: Option<ConfigFile<'_>>) -> Self {
        let mut profiles = Self::default();
        if let Some(file) = config {
            let mut bare = BTreeMap::new();
            for block in profiles.read(file) {
                profiles.config_section(block, &mut bare);
            }
            profiles.bare_default(bare.remove(DEFAULT_PROFILE));
        }
        if let Some(file) = credentials {
            for block in profiles.read(file) {
                profiles.credentials_section(block);
            }
        }
        profiles
    }

    fn read(&mut self, file: ConfigFile<'_>) -> Vec<Block> {
        let name = Arc::from(file.name);
        let contents = ini::read(&name, file.text, &mut self.notes);
        self.files.push(name);
        if let Some(fault) = contents.before_first {
            self.faults.push((fault.clone(), None));
            self.before_first.get_or_insert(fault);
        }
        for block in &contents.blocks {
            let header = (!block.header.is_empty()).then(|| shown(&block.header, MAX_SHOWN));
            self.faults.extend(block.section.faults.iter().map(|fault| (fault.clone(), header.clone())));
        }
        contents.blocks
    }

    /// A profile; `None` if it is in neither file. Settings of the credentials file take precedence over those of the config
    /// file, key by key.
    #[must_use]
    pub fn profile(&self, name: &str) -> Option<Profile<'_>> {
        let (credentials, config) = (self.credentials.get(name), self.config.get(name));
        let name = credentials.or(config)?.name();
        Some(Profile { name, credentials, config })
    }

    /// A profile that must exist and have no invalid line.
    ///
    /// # Errors
    /// If it is in neither file (the error has similar names), or one of its lines is invalid.
    pub fn require(&self, name: &str) -> Result<Profile<'_>, ConfigError> {
        let profile = self.profile(name).ok_or_else(|| {
            ConfigError::NoProfile(Box::new(NoProfile {
                name: name.to_owned(),
                named_by: None,
                nearest: nearest(name, self.names()),
                misplaced: self.misplaced.get(name).cloned(),
                files: self.files().map(str::to_owned).collect(),
            }))
        })?;
        profile.check()?;
        Ok(profile)
    }

    /// Checks the default profile, which need not exist. If it does not, settings before the first header are an error: they were
    /// probably meant for it.
    pub(super) fn check_default(&self) -> Result<(), ConfigError> {
        match (self.profile(DEFAULT_PROFILE), &self.before_first) {
            (Some(profile), _) => profile.check(),
            (None, Some(fault)) => Err(fault.to_error()),
            (None, None) => Ok(()),
        }
    }

    /// The names of all profiles, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let more = self.credentials.keys().filter(|name| !self.config.contains_key(*name));
        let mut names: Vec<&str> = self.config.keys().chain(more).map(String::as_str).collect();
        names.sort_unstable();
        names.into_iter()
    }

    /// The names of the files that were read.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|name| &**name)
    }

    /// The section `[sso-session name]` of the config file.
    #[must_use]
    pub fn sso_session(&self, name: &str) -> Option<&Section> {
        self.sso_sessions.get(name)
    }

    /// The section `[services name]` of the config file.
    #[must_use]
    pub fn services(&self, name: &str) -> Option<&Section> {
        self.services.get(name)
    }

    /// Ignored parts of the files and invalid lines, each with file and line.
    pub fn warnings(&self) -> impl Iterator<Item = String> {
        let faults = self.faults.iter().map(|(fault, section)| match section {
            Some(section) => format!("{fault}; the section [{section}] cannot be used"),
            None => fault.to_string(),
        });
        self.notes.iter().map(|note| format!("{}: {}", note.location, note.message)).chain(faults)
    }

    fn config_section(&mut self, block: Block, bare: &mut BTreeMap<String, Section>) {
        let Block { header, section } = block;
        let (kind, rest) = header.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((&header, ""));
        let sections = match kind {
            "profile" => &mut self.config,
            "sso-session" => &mut self.sso_sessions,
            "services" => &mut self.services,
            // The only profile whose header may omit the word `profile`; handled by `bare_default`.
            DEFAULT_PROFILE if rest.is_empty() => {
                return insert(bare, DEFAULT_PROFILE, section, &mut self.faults);
            }
            "" => return,
            other => {
                if !OF_THE_CLI.contains(&other) {
                    let wanted = format!("profile {header}");
                    self.skip(
                        &section,
                        &format!("the header of a profile is [{}]", shown(&wanted, MAX_SHOWN)),
                    );
                    self.misplaced.insert(header, (section.location, wanted));
                }
                return;
            }
        };
        match unquoted(rest.trim_ascii()) {
            Some(name) => insert(sections, name, section, &mut self.faults),
            None => self.skip(
                &section,
                "the first word must be followed by one name, in quotes if it contains spaces",
            ),
        }
    }

    /// "[profile default] takes precedence over [default]", whichever comes first; they are not merged.
    fn bare_default(&mut self, bare: Option<Section>) {
        let Some(section) = bare else { return };
        if self.config.contains_key(DEFAULT_PROFILE) {
            self.skip(&section, "[profile default] takes precedence");
        } else {
            self.config.insert(DEFAULT_PROFILE.to_owned(), section);
        }
    }

    /// "The credentials file uses a different format than the config file for named profiles. Don't use the word profile."
    fn credentials_section(&mut self, block: Block) {
        let Block { header, section } = block;
        let (kind, rest) = header.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((&header, ""));
        let name = match (kind, unquoted(rest.trim_ascii())) {
            ("", _) => return,
            ("profile", Some(name)) => {
                self.skip(
                    &section,
                    &format!("the header of a profile in this file is [{}]", shown(name, MAX_SHOWN)),
                );
                self.misplaced.insert(name.to_owned(), (section.location, name.to_owned()));
                return;
            }
            ("sso-session" | "services", _) if !rest.is_empty() => {
                return self.skip(&section, "only the config file has such sections");
            }
            // `aws configure` quotes a name that contains spaces in the config file, but not in this one.
            _ => unquoted(&header).or_else(|| self.config.contains_key(&header).then_some(&*header)),
        };
        match name {
            Some(name) => insert(&mut self.credentials, name, section, &mut self.faults),
            None => self.skip(&section, "a name that contains spaces must be in quotes"),
        }
    }

    fn skip(&mut self, section: &Section, reason: &str) {
        self.notes.push(Note {
            location: section.location.clone(),
            message: format!("ignored section [{}]: {reason}", shown(&section.name, MAX_SHOWN)),
        });
    }
}

/// Shows names only.
impl fmt::Debug for Profiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profiles")
            .field("files", &self.files)
            .field("profiles", &self.names().collect::<Vec<_>>())
            .field("sso_sessions", &self.sso_sessions.keys())
            .field("services", &self.services.keys())
            .finish_non_exhaustive()
    }
}

/// Removes the quotes around a name, which are required if it contains spaces; `None` for several names or no name.
fn unquoted(name: &str) -> Option<&str> {
    for quote in ['"', '\''] {
        if let Some(name) = name.strip_prefix(quote).and_then(|name| name.strip_suffix(quote)) {
            return (!name.is_empty()).then_some(name);
        }
    }
    (!name.is_empty() && !name.contains(|c: char| c.is_ascii_whitespace())).then_some(name)
}

/// Inserts a section. A second one of the same name makes the first unusable.
fn insert(
    sections: &mut BTreeMap<String, Section>,
    name: &str,
    mut section: Section,
    faults: &mut Vec<(Fault, Option<String>)>,
) {
    match sections.entry(name.to_owned()) {
        Entry::Vacant(entry) => {
            section.name.clear();
            section.name.push_str(name);
            entry.insert(section);
        }
        Entry::Occupied(mut entry) => {
            let first = entry.get().location.line();
            let header = shown(&section.name, MAX_SHOWN);
            let kind = FaultKind::SecondSection { header: header.clone(), first };
            let fault = Fault::new(section.location, kind);
            entry.get_mut().fail(fault.clone());
            faults.push((fault, Some(header)));
        }
    }
}
