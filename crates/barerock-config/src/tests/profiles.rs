use super::super::*;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG";

fn config(text: &str) -> Result<Profiles, ConfigError> {
    Profiles::parse(Some(ConfigFile::new("config", text)), None)
}

fn credentials(text: &str) -> Result<Profiles, ConfigError> {
    Profiles::parse(None, Some(ConfigFile::new("credentials", text)))
}

fn refused(text: &str) -> String {
    config(text).unwrap_err().to_string()
}

fn warned(text: &str) -> Vec<String> {
    config(text).unwrap().warnings().collect()
}

#[test]
fn the_dialect() {
    let text = "\u{feff}# a comment\r\n[default] ; the first\r\nRegion =\teu-west-1 # near\r\n\r\n\
        [profile \"a b\"]\n  ; indented\nrole_arn=arn:aws:iam::1:role/x#y;z\nempty =\nurl = http://h/?a=b\n\
        credential_process = one\n    two # kept\n  three\n\
        s3 =\n  addressing_style = path ; gone\n\n  Max_Queue_Size=\n\
        [sso-session corp]\nsso_region = us-east-1\n\
        [services local]\nbedrock_runtime =\n  endpoint_url = http://localhost:1\nsts=\n\tendpoint_url = http://localhost:2\n";
    let profiles = config(text).unwrap();
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
    let profiles = config("    [default]\n    region = us-east-1\n    output = json\n").unwrap();
    assert_eq!(profiles.profile("default").unwrap().get("output"), Some("json"));
}

#[test]
fn the_credentials_file_wins_key_by_key() {
    let profiles = Profiles::parse(
        Some(ConfigFile::new("config", "[profile x]\nregion = a\noutput = json\n[profile y]\n")),
        Some(ConfigFile::new("credentials", "[x]\nregion = b\noutput =\n[z]\n")),
    )
    .unwrap();
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
        let profiles = config(text).unwrap();
        let default = profiles.profile("default").unwrap();
        assert_eq!((default.get("region"), default.get("x")), (Some("b"), None));
        assert!(profiles.warnings().next().unwrap().ends_with("remove one of the two"));
    }
}

#[test]
fn bad_lines_are_refused_by_file_and_line() {
    assert_eq!(refused("region = x"), "config line 1: a setting must follow a section such as [default]");
    assert_eq!(refused("[default\n"), "config line 1: the section's header has no ]; end it with one");
    assert_eq!(refused("\n[ ]\n"), "config line 2: the section has no name; write one between [ and ]");
    assert_eq!(
        refused("[default]\nregion: x\n"),
        "config line 2: there is no =; a setting is written key = value"
    );
    assert_eq!(
        refused("[default]\n = x\n"),
        "config line 2: there is no key before the =; a setting is written key = value"
    );
    assert_eq!(
        refused("[services x]\nsts =\n  endpoint_url\n"),
        "config line 3: there is no =; a setting is written key = value"
    );
    assert_eq!(
        refused("[default]\nregion = x\n  [profile y]\n"),
        "config line 3: a section's header must not be indented; remove the space before ["
    );
    assert_eq!(
        refused("[default]\nregion = x\nREGION = y\n"),
        "config line 3: the setting is there already, on line 2; remove one of the two"
    );
    assert_eq!(
        refused("[profile x]\n[default]\n[profile \"x\"]\n"),
        "config line 3: the section [profile \"x\"] is there already, on line 1; make one section of the two"
    );
    assert_eq!(
        refused("[default]\n[default]\n"),
        "config line 2: the section [default] is there already, on line 1; make one section of the two"
    );
    assert_eq!(
        credentials("[x]\n[x]\n").unwrap_err().to_string(),
        "credentials line 2: the section [x] is there already, on line 1; make one section of the two"
    );
}

#[test]
fn what_is_passed_over_is_told() {
    assert_eq!(
        warned("[default]\nin valid = x\n  more\nregion = y\n"),
        ["config line 2: the setting is passed over: its name may hold letters, digits and _-./%@:+ only"]
    );
    assert_eq!(
        warned("[default]\naws_access_key_id = x\n  aws_secret_access_key = y\n"),
        [
            "config line 3: the line is indented, and so a part of the setting on line 2; remove the space before it \
             if it is a setting of its own"
        ]
    );
    assert_eq!(
        warned(&format!("[\u{1b}{}]\n", "é".repeat(100))),
        [format!(
            "config line 1: the section [\\u{{1b}}{}…] is passed over: write [profile \\u{{1b}}{}…] if it is meant as \
             a profile",
            "é".repeat(79),
            "é".repeat(71)
        )]
    );
    assert_eq!(
        warned("[dev]\n[plugins]\n[profile a b]\n[profile]\n"),
        [
            "config line 1: the section [dev] is passed over: write [profile dev] if it is meant as a profile",
            "config line 3: the section [profile a b] is passed over: one name must follow the first word, in quotes \
             if it holds spaces",
            "config line 4: the section [profile] is passed over: one name must follow the first word, in quotes if \
             it holds spaces",
        ]
    );
    assert_eq!(
        warned("[default] region = x\n[profile a] # b\n"),
        ["config line 1: the text after the ] of a section's header is ignored"]
    );
    let profiles = credentials("[profile dev]\n[sso-session x]\n[in valid]\n['a b']\n").unwrap();
    assert_eq!(
        profiles.warnings().collect::<Vec<_>>(),
        [
            "credentials line 1: the section [profile dev] is passed over: in this file a profile's header is [dev]",
            "credentials line 2: the section [sso-session x] is passed over: it belongs into the config file",
            "credentials line 3: the section [in valid] is passed over: a name that holds spaces must stand in quotes",
        ]
    );
    assert_eq!(profiles.names().collect::<Vec<_>>(), ["a b"]);
    let config = ConfigFile::new("config", "[profile 'Blue Team']\nregion = x\n");
    let credentials = ConfigFile::new("credentials", "[Blue Team]\naws_access_key_id = y\n");
    let profiles = Profiles::parse(Some(config), Some(credentials)).unwrap();
    let profile = profiles.profile("Blue Team").unwrap();
    assert_eq!((profile.get("region"), profile.get("aws_access_key_id")), (Some("x"), Some("y")));
}

#[test]
fn a_missing_profile_names_the_nearest() {
    let profiles = config("[default]\n[profile production]\n[staging]\n").unwrap();
    let missing = |name| profiles.require(name).unwrap_err().to_string();
    assert_eq!(missing("prodction"), "there is no profile \"prodction\" in config; did you mean production?");
    assert_eq!(
        missing("staging"),
        "there is no profile \"staging\" in config; the section at config line 3 would be it with the header \
         [profile staging]"
    );
    assert_eq!(missing("x"), "there is no profile \"x\" in config");
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
        let shown = match config(&text) {
            Ok(profiles) => {
                let default = profiles.profile("default").unwrap();
                let setting = default.setting("aws_secret_access_key");
                format!("{profiles:?} {default:?} {setting:?} {:?}", profiles.warnings().collect::<Vec<_>>())
            }
            Err(error) => format!("{error} {error:?}"),
        };
        assert!(!shown.contains(SECRET), "{text:?} shows {shown}");
    }
}
