use super::super::*;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG";

fn config(text: &str) -> Profiles {
    Profiles::parse(Some(ConfigFile::new("config", text)), None)
}

fn credentials(text: &str) -> Profiles {
    Profiles::parse(None, Some(ConfigFile::new("credentials", text)))
}

fn warned(text: &str) -> Vec<String> {
    config(text).warnings().collect()
}

#[test]
fn the_dialect() {
    let text = "\u{feff}# a comment\r\n[default] ; the first\r\nRegion =\teu-west-1 # near\r\n\r\n\
        [profile \"a b\"]\n  ; indented\nrole_arn=arn:aws:iam::1:role/x#y;z\nempty =\nurl = http://h/?a=b\n\
        credential_process = one\n    two # kept\n  three\n\
        s3 =\n  addressing_style = path ; gone\n\n  Max_Queue_Size=\n\
        [sso-session corp]\nsso_region = us-east-1\n\
        [services local]\nbedrock_runtime =\n  endpoint_url = http://localhost:1\nsts=\n\tendpoint_url = http://localhost:2\n";
    let profiles = config(text);
    assert_eq!(profiles.names().collect::<Vec<_>>(), ["a b", "default"]);
    let default = profiles.profile("default").unwrap();
    assert_eq!(default.get("region"), Some("eu-west-1"));
    assert_eq!(default.get("REGION"), Some("eu-west-1"));
    assert_eq!(default.setting("region").unwrap().location.to_string(), "config line 3");
    let profile = profiles.profile("a b").unwrap();
    assert_eq!(profile.get("role_arn"), Some("arn:aws:iam::1:role/x#y;z"));
    assert_eq!((profile.get("empty"), profile.get("missing")), (None, None));
    assert_eq!(profile.get("url"), Some("http://h/?a=b"));
    assert_eq!(profile.get("credential_process"), Some("one\ntwo # kept\nthree"));
    assert_eq!(profile.nested("s3", "addressing_style").unwrap().value, "path");
    assert!(profile.nested("s3", "max_queue_size").is_none());
    assert_eq!(profiles.sso_session("corp").unwrap().get("sso_region"), Some("us-east-1"));
    let services = profiles.services("local").unwrap();
    assert_eq!(services.nested("bedrock_runtime", "endpoint_url").unwrap().value, "http://localhost:1");
    assert_eq!(services.nested("sts", "endpoint_url").unwrap().location.line(), 23);
    assert_eq!(services.keys().collect::<Vec<_>>(), ["bedrock_runtime", "sts"]);
    assert_eq!(profiles.warnings().count(), 0, "{:?}", profiles.warnings().collect::<Vec<_>>());
}

#[test]
fn a_file_may_be_indented_as_a_whole() {
    let profiles = config("    [default]\n    region = us-east-1\n    output = json\n");
    assert_eq!(profiles.profile("default").unwrap().get("output"), Some("json"));
}

#[test]
fn the_credentials_file_wins_key_by_key() {
    let profiles = Profiles::parse(
        Some(ConfigFile::new("config", "[profile x]\nregion = a\noutput = json\n[profile y]\n")),
        Some(ConfigFile::new("credentials", "[x]\nregion = b\noutput =\n[z]\n")),
    );
    let profile = profiles.profile("x").unwrap();
    assert_eq!((profile.get("region"), profile.get("output")), (Some("b"), Some("json")));
    assert_eq!(profile.setting("region").unwrap().location.file(), "credentials");
    assert_eq!(profile.config().unwrap().get("region"), Some("a"));
    assert_eq!(profiles.names().collect::<Vec<_>>(), ["x", "y", "z"]);
}

#[test]
fn profile_default_beats_default() {
    for text in [
        "[default]\nregion = a\nx = 1\n[profile default]\nregion = b\n",
        "[profile default]\nregion = b\n[default]\nx = 1\n",
    ] {
        let profiles = config(text);
        let default = profiles.profile("default").unwrap();
        assert_eq!((default.get("region"), default.get("x")), (Some("b"), None));
        assert!(profiles.warnings().next().unwrap().ends_with("[profile default] takes precedence"));
    }
}

/// Returns the errors of invalid sections, by the name of the profile.
fn faults(profiles: &Profiles) -> Vec<String> {
    let errors = profiles.names().filter_map(|name| {
        let error = profiles.require(name).err()?;
        assert!(error.hint().is_some_and(|hint| hint.ends_with('.')), "{error}");
        Some(format!("{name}: {error}"))
    });
    errors.collect()
}

#[test]
fn an_invalid_line_is_an_error_of_its_section_by_file_and_line() {
    for (text, expected) in [
        ("[default\nregion = x\n", &["default: config line 1: the section's header has no ]"][..]),
        ("[profile x # y\n[profile y]\n", &["x: config line 1: the section's header has no ]"]),
        ("[default]\nregion: x\n", &["default: config line 2: there is no = in the line"]),
        ("[default]\n = x\n", &["default: config line 2: there is no key before the ="]),
        ("[profile x]\n continued\n", &["x: config line 2: there is no = in the line"]),
        ("[profile x]\ns3 =\n  inner\n", &["x: config line 3: there is no = in the line"]),
        ("[profile x]\ns3 =\n  = inner\n", &["x: config line 3: there is no key before the ="]),
        (
            "[default]\nregion = x\n  [profile y]\noutput = z\n",
            &[
                "default: config line 3: a section's header must not be indented",
                "y: config line 3: a section's header must not be indented",
            ],
        ),
        (
            "[default]\nregion = x\nREGION = y\n",
            &["default: config line 3: the setting is there already, on line 2"],
        ),
        (
            "[profile x]\n[default]\n[profile \"x\"]\n",
            &["x: config line 3: the section [profile \"x\"] is there already, on line 1"],
        ),
        (
            "[default]\n[default]\n",
            &["default: config line 2: the section [default] is there already, on line 1"],
        ),
        ("[]\nregion = x\n[default]\n", &[]),
        ("region = x\n[default]\n", &[]),
    ] {
        let profiles = config(text);
        assert_eq!(faults(&profiles), expected, "{text:?}");
        // The other sections are usable, and the invalid lines are warnings.
        let fine = config(&format!("{text}[profile other]\nregion = eu-west-1\n"));
        assert_eq!(fine.require("other").unwrap().get("region"), Some("eu-west-1"), "{text:?}");
        assert!(fine.warnings().next().is_some(), "{text:?}");
    }
    let profiles = Profiles::parse(None, Some(ConfigFile::new("credentials", "[x]\n[x]\n[y]\n")));
    assert_eq!(faults(&profiles), ["x: credentials line 2: the section [x] is there already, on line 1"]);
    // A profile with an invalid line in either file cannot be used.
    let profiles = Profiles::parse(
        Some(ConfigFile::new("config", "[profile x]\nregion\n")),
        Some(ConfigFile::new("credentials", "[x]\naws_access_key_id = y\n")),
    );
    assert_eq!(faults(&profiles), ["x: config line 2: there is no = in the line"]);
}

#[test]
fn invalid_lines_are_warnings_that_name_the_section() {
    assert_eq!(
        warned("lost = 1\n[profile x]\nregion\n[services s\n[sso-session t]\na = 1\na = 2\n[ ]\n"),
        [
            "config line 1: the line is before the first section",
            "config line 3: there is no = in the line; the section [profile x] cannot be used",
            "config line 4: the section's header has no ]; the section [services s] cannot be used",
            "config line 7: the setting is there already, on line 6; the section [sso-session t] cannot be used",
            "config line 8: the section has no name",
        ]
    );
}

fn resolved(text: &str, profile: Option<&str>, variables: &[(&str, &str)]) -> Result<Config, String> {
    let loader = Config::loader().environment(variables.iter().copied().collect());
    let loader = match profile {
        Some(name) => loader.profile(name),
        None => loader,
    };
    loader.resolve(config(text)).map_err(|error| error.to_string())
}

#[test]
fn an_invalid_line_stops_only_those_who_use_its_section() {
    const BROKEN: &str = "[default]\nregion = us-east-1\n[profile x]\nregion\nservices = s\n[services t\n[profile y]\nservices = t\n";
    let config = resolved(BROKEN, None, &[]).unwrap();
    assert_eq!(config.region().value.as_deref(), Some("us-east-1"));
    assert_eq!(config.warnings().count(), 2);
    for (profile, variables) in [(Some("x"), &[][..]), (None, &[("AWS_PROFILE", "x")])] {
        let error = resolved(BROKEN, profile, variables).unwrap_err();
        assert_eq!(error, "config line 4: there is no = in the line");
    }
    // A services section that the profile names.
    let config = resolved(BROKEN, Some("y"), &[("AWS_REGION", "us-east-1")]).unwrap();
    assert_eq!(config.endpoint().unwrap_err().to_string(), "config line 6: the section's header has no ]");
    // No default profile: lines before the first header were probably meant for it.
    let lost = "aws_access_key_id = x\n[profile x]\nregion = eu-west-1\n";
    assert_eq!(resolved(lost, None, &[]).unwrap_err(), "config line 1: the line is before the first section");
    assert!(resolved(lost, Some("x"), &[]).is_ok());
    assert!(resolved(&format!("{lost}[default]\n"), None, &[]).is_ok());
    // A section with another name is not the default profile, which is not required.
    assert!(resolved("[profile x\nregion = y\n", None, &[]).is_ok());
    assert!(resolved("[default\nregion = y\n", None, &[]).is_err());
}

#[test]
fn ignored_parts_are_warnings() {
    assert_eq!(
        warned("[default]\nin valid = x\n  more\nregion = y\n"),
        [
            "config line 2: ignored setting: its name contains characters other than letters, digits and _-./%@:+"
        ]
    );
    assert_eq!(
        warned("[default]\naws_access_key_id = x\n  aws_secret_access_key = y\n"),
        [
            "config line 3: the line is indented, so it is part of the setting on line 2; without the indentation it is a \
             setting"
        ]
    );
    assert_eq!(
        warned(&format!("[\u{1b}{}]\n", "é".repeat(100))),
        [format!(
            "config line 1: ignored section [\\u{{1b}}{}…]: the header of a profile is [profile \\u{{1b}}{}…]",
            "é".repeat(79),
            "é".repeat(71)
        )]
    );
    assert_eq!(
        warned("[dev]\n[plugins]\n[profile a b]\n[profile]\n"),
        [
            "config line 1: ignored section [dev]: the header of a profile is [profile dev]",
            "config line 3: ignored section [profile a b]: the first word must be followed by one name, in quotes if it \
             contains spaces",
            "config line 4: ignored section [profile]: the first word must be followed by one name, in quotes if it \
             contains spaces",
        ]
    );
    assert_eq!(
        warned("[default] region = x\n[profile a] # b\n"),
        ["config line 1: ignored text after the ] of a section's header"]
    );
    let profiles = credentials("[profile dev]\n[sso-session x]\n[in valid]\n['a b']\n");
    assert_eq!(
        profiles.warnings().collect::<Vec<_>>(),
        [
            "credentials line 1: ignored section [profile dev]: the header of a profile in this file is [dev]",
            "credentials line 2: ignored section [sso-session x]: only the config file has such sections",
            "credentials line 3: ignored section [in valid]: a name that contains spaces must be in quotes",
        ]
    );
    assert_eq!(profiles.names().collect::<Vec<_>>(), ["a b"]);
    let config = ConfigFile::new("config", "[profile 'Blue Team']\nregion = x\n");
    let credentials = ConfigFile::new("credentials", "[Blue Team]\naws_access_key_id = y\n");
    let profiles = Profiles::parse(Some(config), Some(credentials));
    let profile = profiles.profile("Blue Team").unwrap();
    assert_eq!((profile.get("region"), profile.get("aws_access_key_id")), (Some("x"), Some("y")));
}

#[test]
fn a_missing_profile_names_the_nearest() {
    let profiles = config("[default]\n[profile production]\n[staging]\n");
    for (name, text, hint) in [
        ("prodction", "there is no profile \"prodction\" in config", Some("Did you mean production?")),
        (
            "staging",
            "there is no profile \"staging\" in config",
            Some(
                "Write the header of the section at config line 3 as [profile staging] to make it this profile.",
            ),
        ),
        ("x", "there is no profile \"x\" in config", None),
    ] {
        let missing = profiles.require(name).unwrap_err();
        assert_eq!((&*missing.to_string(), missing.hint().as_deref()), (text, hint));
    }
    assert_eq!(
        Profiles::default().require("x").unwrap_err().to_string(),
        "there is no profile \"x\"; there is neither a config nor a credentials file"
    );
}

#[test]
fn no_secret_is_ever_shown() {
    let bad = [
        format!("[default]\n{SECRET}\n"),
        format!("[default]\naws_secret_access_key {SECRET}\n"),
        format!("[default]\naws secret {SECRET}=\n"),
        format!("[default]\naws_secret_access_key = {SECRET}\naws_secret_access_key = {SECRET}\n"),
        format!("aws_secret_access_key = {SECRET}\n"),
        format!("[default]\ns3 =\n  {SECRET}\n"),
        format!("[default]\ns3 =\n  a = {SECRET}\n  a = {SECRET}\n"),
        format!("[default]\na = b\n  {SECRET}=\n"),
        format!("[default]\n{SECRET}=\n{SECRET}=\n"),
        format!("[default] {SECRET}\n"),
        format!("[default]\naws_secret_access_key = {SECRET}\n"),
    ];
    for text in bad {
        let profiles = config(&text);
        let default = profiles.profile("default");
        let setting = default.and_then(|default| default.setting("aws_secret_access_key"));
        let error = profiles.require("default").err();
        let warnings: Vec<_> = profiles.warnings().collect();
        let shown = format!("{profiles:?} {default:?} {setting:?} {error:?} {warnings:?}");
        assert!(!shown.contains(SECRET), "{text:?} shows {shown}");
    }
}
