//! A conversation: prompts and commands until the input ends.

use std::path::{Path, PathBuf};

use barerock::ConverseRequest;
use barerock::conversation::Conversation;
use barerock::types::{ContentBlock, SystemContentBlock};

use super::attachments::{document, image};
use super::command::{Command, HELP, Line, Prices, parse};
use super::reader::Typed;
use super::saved;
use super::turn::{Chat, Kept};
use crate::exit::Failure;
use crate::render::{grouped, safe, safe_lines};

/// What a conversation keeps beside its messages.
#[derive(Debug, Default)]
pub(super) struct Session {
    prices: Option<Prices>,
    /// The file the conversation was saved to or loaded from, which `/save` replaces.
    file: Option<PathBuf>,
}

impl Chat {
    /// Runs turns until the input ends. A turn that fails is reported and may be repeated.
    pub(super) async fn turns(&mut self) -> Result<(), Failure> {
        let model = &self.conversation.request().model_id;
        tell!("{model} · empty lines are ignored, /help lists commands, Ctrl-D ends the conversation");
        let mut session = Session::default();
        let mut is_ending = false;
        loop {
            let text = match self.reader.prompt()? {
                Typed::Text(text) => text,
                Typed::End => return Ok(()),
                Typed::Interrupt if is_ending => return Err(Failure::interrupted()),
                Typed::Interrupt => {
                    is_ending = true;
                    tell!("Ctrl-C again ends the conversation");
                    continue;
                }
            };
            is_ending = false;
            if text.is_empty() {
                continue;
            }
            let outcome = match parse(&text) {
                Ok(Line::Prompt(prompt)) => self.prompt(&prompt).await,
                Ok(Line::Command(Command::Quit)) => return Ok(()),
                Ok(Line::Command(Command::Retry)) => self.retry().await,
                Ok(Line::Command(command)) => self.obey(command, &mut session),
                Err(why) => {
                    tell!("{}", safe(&why));
                    continue;
                }
            };
            if let Err(failure) = outcome {
                let _ = crate::exit::report(&failure);
            }
        }
    }

    async fn prompt(&mut self, prompt: &str) -> Result<(), Failure> {
        let content = self.content(prompt);
        self.send_content(content).await
    }

    /// Sends the last prompt again, after the messages before it and with the settings of now.
    async fn retry(&mut self) -> Result<(), Failure> {
        let Some((before, content)) = self.last.take() else {
            tell!("there is no prompt to send again");
            return Ok(());
        };
        self.change(|request| request.messages = before.messages().to_vec());
        self.send_content(content).await
    }

    async fn send_content(&mut self, content: Vec<ContentBlock>) -> Result<(), Failure> {
        match self.stoppable_turn(content).await? {
            Kept::Yes => {}
            Kept::No => tell!("note: this turn was dropped from the history: its response cannot be resent"),
            Kept::Stopped => self.stop(),
        }
        Ok(())
    }

    fn obey(&mut self, command: Command, session: &mut Session) -> Result<(), Failure> {
        match command {
            Command::Help => tell!("{HELP}"),
            Command::Model(None) => tell!("{}", safe(&self.conversation.request().model_id)),
            Command::Model(Some(model)) => self.change(|request| request.model_id = model),
            Command::System(None) => {
                let system = self.conversation.request().system.as_deref().unwrap_or_default();
                let texts = system.iter().filter_map(|block| match block {
                    SystemContentBlock::Text(text) => Some(&**text),
                    _ => None,
                });
                let text = texts.collect::<Vec<_>>().join("\n");
                tell!("{}", if text.is_empty() { "no system prompt".to_owned() } else { safe_lines(&text) });
            }
            Command::System(Some(text)) => self.change(|request| {
                request.system = (text != "-").then(|| vec![text.into()]);
            }),
            Command::Image(path) => {
                let block = image(Path::new(&path))?;
                self.attach(block, &path);
            }
            Command::Document(path) => {
                let block = document(Path::new(&path))?;
                self.attach(block, &path);
            }
            Command::Tools => self.tools.list(),
            Command::Tokens => tell!("{}", self.totals),
            Command::Cost(prices) => {
                session.prices = prices.or(session.prices);
                match session.prices {
                    Some(prices) => tell!("{}", self.totals.cost(prices)),
                    None => tell!(
                        "no prices: give them in dollars per million input and output tokens, such as /cost 3 15"
                    ),
                }
            }
            Command::Save(path) => {
                let path = PathBuf::from(path);
                if path.exists() && session.file.as_ref() != Some(&path) {
                    return Err(Failure::usage(format!("{} exists already", path.display())));
                }
                saved::save(&self.conversation, &path)?;
                tell!("saved {}", path.display());
                session.file = Some(path);
            }
            Command::Load(path) => {
                let path = PathBuf::from(path);
                let loaded = saved::load(&path)?;
                self.load(loaded);
                let request = self.conversation.request();
                let messages = u64::try_from(request.messages.len()).unwrap_or(u64::MAX);
                tell!("loaded {} messages with {}", grouped(messages), safe(&request.model_id));
                session.file = Some(path);
            }
            Command::Clear => {
                self.change(|request| request.messages.clear());
                self.last = None;
                self.attachments.clear();
            }
            // Those of the loop.
            Command::Quit | Command::Retry => {}
        }
        Ok(())
    }

    /// Changes the request, whose last message keeps its tool uses without results.
    fn change(&mut self, change: impl FnOnce(&mut ConverseRequest)) {
        let mut request = self.conversation.request().clone();
        change(&mut request);
        self.conversation = Conversation::new(request);
    }

    /// Continues a loaded conversation with the tools of the command line, if it has some.
    fn load(&mut self, loaded: Conversation) {
        let tool_config = self.conversation.request().tool_config.clone();
        self.conversation = loaded;
        if tool_config.is_some() {
            self.change(|request| request.tool_config = tool_config);
        }
        self.last = None;
    }

    fn attach(&mut self, block: ContentBlock, path: &str) {
        self.attachments.push(block);
        tell!("{} goes along with the next prompt", safe(path));
    }
}
