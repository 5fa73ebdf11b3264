//! Commands of a conversation, such as `/model`.

/// Names of the commands.
pub(super) const NAMES: [&str; 14] = [
    "/clear",
    "/cost",
    "/document",
    "/exit",
    "/help",
    "/image",
    "/load",
    "/model",
    "/quit",
    "/retry",
    "/save",
    "/system",
    "/tokens",
    "/tools",
];

/// What `/help` prints.
pub(super) const HELP: &str = "\
/help             show this list
/model [ID]       show or change the model
/system [TEXT]    show or change the system prompt; - removes it
/image FILE       send an image with the next prompt
/document FILE    send a document with the next prompt
/tools            list the tools
/tokens           tokens of this conversation
/cost [IN OUT]    cost of this conversation, by prices in dollars per million input and output tokens
/save FILE        save the conversation as a request, for /load and converse --cli-input-json
/load FILE        continue a saved conversation
/retry            send the last prompt again in place of its response
/clear            forget the conversation
/quit             end; as Ctrl-D and /exit
A line that ends in \\ goes on in the next one; \"\"\" begins and ends a prompt of several lines; //… is a prompt that begins with /.
Ctrl-C stops a response.";

/// A line of a conversation.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    Prompt(String),
    Command(Command),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    Clear,
    Cost(Option<Prices>),
    Document(String),
    Help,
    Image(String),
    Load(String),
    Model(Option<String>),
    Quit,
    Retry,
    Save(String),
    System(Option<String>),
    Tokens,
    Tools,
}

/// Prices, in millionths of a dollar per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prices {
    pub(super) input: u64,
    pub(super) output: u64,
}

/// Reads a line. A first word with another `/` in it is no command but a path.
pub(super) fn parse(text: &str) -> Result<Line, String> {
    if let Some(rest) = text.strip_prefix("//") {
        return Ok(Line::Prompt(format!("/{rest}")));
    }
    let (name, argument) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let is_command = name.strip_prefix('/').is_some_and(|name| !name.contains('/'));
    if !is_command {
        return Ok(Line::Prompt(text.to_owned()));
    }
    let argument = argument.trim();
    let given = || (!argument.is_empty()).then(|| argument.to_owned());
    let file = || given().map(|text| path(&text)).ok_or_else(|| format!("{name} takes a file"));
    let command = match name {
        "/clear" => Command::Clear,
        "/cost" => Command::Cost(given().map(|text| prices(&text)).transpose()?),
        "/document" => Command::Document(file()?),
        "/help" => Command::Help,
        "/image" => Command::Image(file()?),
        "/load" => Command::Load(file()?),
        "/model" => Command::Model(given()),
        "/quit" | "/exit" => Command::Quit,
        "/retry" => Command::Retry,
        "/save" => Command::Save(file()?),
        "/system" => Command::System(given()),
        "/tokens" => Command::Tokens,
        "/tools" => Command::Tools,
        _ => return Err(format!("unknown command {name}; /help lists the commands")),
    };
    Ok(Line::Command(command))
}

/// True if what is typed next is the file of a command.
pub(super) fn takes_file(typed: &str) -> bool {
    ["/document ", "/image ", "/load ", "/save "].iter().any(|start| typed.starts_with(start))
}

/// A file without its quotes, or the backslashes of a completion.
fn path(text: &str) -> String {
    let quoted = ['"', '\''].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote));
    quoted.map_or_else(|| text.replace("\\ ", " "), str::to_owned)
}

fn prices(text: &str) -> Result<Prices, String> {
    let mut prices = text.split_whitespace().map(millionths);
    match (prices.next(), prices.next(), prices.next()) {
        (Some(Some(input)), Some(Some(output)), None) => Ok(Prices { input, output }),
        _ => Err("/cost takes two prices in dollars per million tokens, such as /cost 3 15".to_owned()),
    }
}

/// A decimal number, in millionths.
fn millionths(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let has_digits = !whole.is_empty() || !part.is_empty();
    if !is_number(whole) || !is_number(part) || !has_digits || part.len() > 6 {
        return None;
    }
    format!("{whole}{part:0<6}").parse().ok()
}

impl Prices {
    /// The cost of tokens, such as `$0.0123`.
    pub(super) fn cost(self, input: u64, output: u64) -> String {
        let of = |tokens: u64, price: u64| u128::from(tokens) * u128::from(price);
        // Hundredths of a cent.
        let cost = (of(input, self.input) + of(output, self.output)) / 100_000_000;
        format!("${}.{:04}", cost / 10_000, cost % 10_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_from_prompts() {
        let prompt = |text: &str| Ok(Line::Prompt(text.to_owned()));
        let command = |command| Ok(Line::Command(command));
        for (text, expected) in [
            ("hello /help", prompt("hello /help")),
            ("//help me", prompt("/help me")),
            ("/etc/passwd: what is it?", prompt("/etc/passwd: what is it?")),
            ("/help", command(Command::Help)),
            ("/exit", command(Command::Quit)),
            ("/model  m.x ", command(Command::Model(Some("m.x".to_owned())))),
            ("/system", command(Command::System(None))),
            ("/system be\nbrief", command(Command::System(Some("be\nbrief".to_owned())))),
            ("/image my\\ cat.png", command(Command::Image("my cat.png".to_owned()))),
            ("/load \"a b.json\"", command(Command::Load("a b.json".to_owned()))),
            ("/cost 3 15.25", command(Command::Cost(Some(Prices { input: 3_000_000, output: 15_250_000 })))),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
        for (text, words) in [
            ("/nonsense", "unknown command /nonsense; /help"),
            ("/", "unknown command /;"),
            ("/save", "/save takes a file"),
            ("/cost 3", "/cost takes two prices"),
            ("/cost 3 -1", "/cost takes two prices"),
            ("/cost . 1.1234567", "/cost takes two prices"),
        ] {
            assert!(parse(text).unwrap_err().starts_with(words), "{text}");
        }
        for name in NAMES {
            assert!(name == "/exit" || HELP.contains(name), "{name}");
        }
    }

    #[test]
    fn a_cost_is_exact() {
        let prices = Prices { input: 3_000_000, output: 15_000_000 };
        assert_eq!(prices.cost(17, 368), "$0.0055");
        assert_eq!(prices.cost(1_000_000, 2_000_000), "$33.0000");
        assert_eq!(Prices { input: u64::MAX, output: 1 }.cost(u64::MAX, 0).chars().next(), Some('$'));
    }
}
