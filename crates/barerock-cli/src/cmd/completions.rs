//! `barerock completions`: shell completion scripts.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::args::Arguments;
use crate::exit::Failure;
use crate::render::Output;

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct Completions {
    /// Shell
    shell: Shell,
}

const NOTES: &str = "\
Where to install the scripts, for example:
  bash  barerock completions bash > ~/.local/share/bash-completion/completions/barerock
  zsh   barerock completions zsh > \"${fpath[1]}/_barerock\"
  fish  barerock completions fish > ~/.config/fish/completions/barerock.fish";

pub(crate) fn run(arguments: &Completions) -> Result<(), Failure> {
    let mut script = Vec::new();
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    clap_complete::generate(arguments.shell, &mut command, name, &mut script);
    Output::new().bytes(&script)
}
