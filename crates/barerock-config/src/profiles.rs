//! The profiles of the shared config and credentials files.

use core::fmt;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::error::{ConfigError, NoProfile};
use super::ini::{self, Block, Note};
use super::nearest::nearest;
use super::section::{Section, SettingValue};
use super::source::Location;

/// The profile that is used when none is named.
pub const DEFAULT_PROFILE: &str = "default";

/// Sections of the config file that belong to the `aws` CLI alone.
const OTHERS: [&str; 3] = ["plugins", "preview", "toplevel"];

/// A shared file that was read: the name to show for it, such as its path, and its text.
#[derive(Clone, Copy)]
pub struct ConfigFile<'a> {
    name: &'a str,
    text: &'a str,
}

impl<'a> ConfigFile<'a> {
    /// A file of this name and text.
    #[must_use]
    pub fn new(name: &'a str, text: &'a str) -> Self {
        Self { name, text }
    }
}

/// The name alone: the text may hold secrets.
impl fmt::Debug for ConfigFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigFile").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What the shared config and credentials files say: profiles, SSO sessions and services sections.
///
/// Values that stand in the files are kept whole, secrets included; they are overwritten with zeros when dropped, and
/// `Debug` shows names only.
#[derive(Clone, Default)]
pub struct Profiles {
    files: Vec<Arc<str>>,
    credentials: BTreeMap<String, Section>,
    config: BTreeMap<String, Section>,
    sso_sessions: BTreeMap<String, Section>,
    services: BTreeMap<String, Section>,
    /// By the name of the profile it was meant to be: where, and the header it should have.
    misplaced: BTreeMap<String, (Location, String)>,
    notes: Vec<Note>,
}

impl Profiles {
    /// Reads the files that there are; neither need be.
    ///
    /// # Errors
    /// A line that is no setting, header, comment or continuation; a section or a setting given twice in a file.
    /// AWS's SDKs merge sections of one name and botocore refuses the file. This refuses it too: half of one key and
    /// half of another must not become a pair.
    pub fn parse(
        config: Option<ConfigFile<'_>>,
        credentials: Option<ConfigFile<'_>>,
    ) -> Result<Self, ConfigError> {
        let mut profiles = Self::default();
        if let Some(file) = config {
            let mut bare = None;
            for block in profiles.read(file)? {
                profiles.config_section(block, &mut bare)?;
            }
            profiles.bare_default(bare);
        }
        if let Some(file) = credentials {
            for block in profiles.read(file)? {
                profiles.credentials_section(block)?;
            }
        }
        Ok(profiles)
    }

    fn read(&mut self, file: ConfigFile<'_>) -> Result<Vec<Block>, ConfigError> {
        let name = Arc::from(file.name);
        let blocks = ini::read(&name, file.text, &mut self.notes)?;
        self.files.push(name);
        Ok(blocks)
    }

    /// A profile, if either file holds it. What the credentials file sets beats what the config file sets, key by key.
    #[must_use]
    pub fn profile(&self, name: &str) -> Option<Profile<'_>> {
        let (credentials, config) = (self.credentials.get(name), self.config.get(name));
        let name = credentials.or(config)?.name();
        Some(Profile { name, credentials, config })
    }

    /// A profile that must be there.
    ///
    /// # Errors
    /// If neither file holds it, with the names nearest to it.
    pub fn require(&self, name: &str) -> Result<Profile<'_>, ConfigError> {
        self.profile(name).ok_or_else(|| {
            ConfigError::NoProfile(Box::new(NoProfile {
                name: name.to_owned(),
                named_by: None,
                nearest: nearest(name, self.names()),
                misplaced: self.misplaced.get(name).cloned(),
                files: self.files().map(str::to_owned).collect(),
            }))
        })
    }

    /// The names of all profiles, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let more = self.credentials.keys().filter(|name| !self.config.contains_key(*name));
        let mut names: Vec<&str> = self.config.keys().chain(more).map(String::as_str).collect();
        names.sort_unstable();
        names.into_iter()
    }

    /// The files that were read, by the names they were given.
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

    /// What is passed over, each with file, line and what to do.
    pub fn warnings(&self) -> impl Iterator<Item = String> {
        self.notes.iter().map(|note| format!("{}: {}", note.location, note.message))
    }

    fn config_section(&mut self, block: Block, bare: &mut Option<Section>) -> Result<(), ConfigError> {
        let Block { header, section } = block;
        let (kind, rest) = header.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((&header, ""));
        let name = unquoted(rest.trim_ascii());
        let sections = match kind {
            "profile" => &mut self.config,
            "sso-session" => &mut self.sso_sessions,
            "services" => &mut self.services,
            // The one profile whose header may go without the word. It is kept apart: see `bare_default`.
            DEFAULT_PROFILE if rest.is_empty() => {
                let mut sections: BTreeMap<_, _> =
                    bare.take().map(|section| (header.clone(), section)).into_iter().collect();
                insert(&mut sections, &header, section)?;
                *bare = sections.remove(&header);
                return Ok(());
            }
            other => {
                if !OTHERS.contains(&other) {
                    let wanted = format!("profile {header}");
                    let advice = format!("write [{}] if it is meant as a profile", shown(&wanted));
                    self.skip(&section, &advice);
                    self.misplaced.insert(header, (section.location, wanted));
                }
                return Ok(());
            }
        };
        match name {
            Some(name) => insert(sections, name, section),
            None => {
                self.skip(&section, "one name must follow the first word, in quotes if it holds spaces");
                Ok(())
            }
        }
    }

    /// "[profile default] takes precedence over [default]", whichever comes first; they are not merged.
    fn bare_default(&mut self, bare: Option<Section>) {
        let Some(section) = bare else { return };
        if self.config.contains_key(DEFAULT_PROFILE) {
            self.skip(&section, "[profile default] is there too and counts; remove one of the two");
        } else {
            self.config.insert(DEFAULT_PROFILE.to_owned(), section);
        }
    }

    /// "The credentials file uses a different format than the config file for named profiles. Don't use the word profile."
    fn credentials_section(&mut self, block: Block) -> Result<(), ConfigError> {
        let Block { header, section } = block;
        let Some((kind, rest)) = header.split_once(|c: char| c.is_ascii_whitespace()) else {
            return insert(&mut self.credentials, &header, section);
        };
        match (kind, unquoted(rest.trim_ascii())) {
            ("profile", Some(name)) => {
                self.skip(&section, &format!("in this file a profile's header is [{}]", shown(name)));
                self.misplaced.insert(name.to_owned(), (section.location, name.to_owned()));
            }
            ("sso-session" | "services", _) => {
                self.skip(&section, "it belongs into the config file");
            }
            _ => match unquoted(&header) {
                Some(name) => insert(&mut self.credentials, name, section)?,
                // `aws configure` writes a name that contains spaces with quotes into the config file, and without into this one.
                None if self.config.contains_key(&header) => insert(&mut self.credentials, &header, section)?,
                None => self.skip(&section, "a name that holds spaces must stand in quotes"),
            },
        }
        Ok(())
    }

    fn skip(&mut self, section: &Section, advice: &str) {
        self.notes.push(Note {
            location: section.location.clone(),
            message: format!("the section [{}] is passed over: {advice}", shown(&section.name)),
        });
    }
}

/// Names only.
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

/// The longest header that is shown whole, in characters.
const SHOWN: usize = 80;

/// A header as it can stand in a message.
fn shown(header: &str) -> String {
    let mut shown = String::new();
    for letter in header.chars().take(SHOWN) {
        // What steers a terminal, or reorders what it shows, has an escape longer than a quote's.
        let escaped = letter.escape_debug();
        if escaped.len() > 2 { shown.extend(escaped) } else { shown.push(letter) }
    }
    if header.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// A name as it is, or in quotes if it holds spaces; `None` for several names, or none.
fn unquoted(name: &str) -> Option<&str> {
    for quote in ['"', '\''] {
        if let Some(name) = name.strip_prefix(quote).and_then(|name| name.strip_suffix(quote)) {
            return (!name.is_empty()).then_some(name);
        }
    }
    (!name.is_empty() && !name.contains(|c: char| c.is_ascii_whitespace())).then_some(name)
}

fn insert(
    sections: &mut BTreeMap<String, Section>,
    name: &str,
    mut section: Section,
) -> Result<(), ConfigError> {
    match sections.entry(name.to_owned()) {
        Entry::Vacant(entry) => {
            section.name.clear();
            section.name.push_str(name);
            entry.insert(section);
            Ok(())
        }
        Entry::Occupied(entry) => {
            let first = entry.get().location.line();
            let message = format!(
                "the section [{}] is there already, on line {first}; make one section of the two",
                shown(&section.name)
            );
            Err(ConfigError::syntax(section.location, message))
        }
    }
}

/// A profile, out of both files. `Debug` shows the names of its settings and not their values.
#[derive(Clone, Copy, Debug)]
pub struct Profile<'a> {
    name: &'a str,
    credentials: Option<&'a Section>,
    config: Option<&'a Section>,
}

impl<'a> Profile<'a> {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Its section in the credentials file.
    #[must_use]
    pub fn credentials(&self) -> Option<&'a Section> {
        self.credentials
    }

    /// Its section in the config file.
    #[must_use]
    pub fn config(&self) -> Option<&'a Section> {
        self.config
    }

    /// A setting's value, unless it is missing or empty. Keys are the same in upper and lower case.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&'a str> {
        self.setting(key).map(|setting| setting.value)
    }

    /// A setting, unless it is missing or empty. The credentials file's beats the config file's.
    #[must_use]
    pub fn setting(&self, key: &str) -> Option<SettingValue<'a>> {
        self.sections().find_map(|section| section.setting(key))
    }

    /// A setting nested under a key.
    #[must_use]
    pub fn nested(&self, key: &str, inner: &str) -> Option<SettingValue<'a>> {
        self.sections().find_map(|section| section.nested(key, inner))
    }

    /// The names of its settings, in lower case and sorted.
    pub fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.sections().flat_map(Section::keys).collect::<BTreeSet<_>>().into_iter()
    }

    /// Where it stands: its header in the credentials file, else in the config file.
    pub fn locations(&self) -> impl Iterator<Item = &'a Location> {
        self.sections().map(Section::location)
    }

    fn sections(&self) -> impl Iterator<Item = &'a Section> {
        self.credentials.into_iter().chain(self.config)
    }
}
