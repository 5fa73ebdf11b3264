//! `barerock man`: man pages, made of the same definition as the options and their help.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _};

use crate::args::Arguments;
use crate::exit::Failure;
use crate::render::Output;

/// Arguments of `man`.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct Man {
    /// Write barerock.1 and a page for each command into this folder, which is created
    dir: Option<PathBuf>,
}

const NOTES: &str = "\
Where to install the pages, for example:
  barerock man ~/.local/share/man/man1
Without a folder, the page of the program is printed: barerock man | man -l -";

pub(crate) fn run(arguments: &Man) -> Result<(), Failure> {
    let command = Arguments::command().disable_help_subcommand(true);
    let Some(dir) = &arguments.dir else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page).map_err(Failure::other)?;
        return Output::new().bytes(&page);
    };
    std::fs::create_dir_all(dir)
        .and_then(|()| clap_mangen::generate_to(command, dir))
        .map_err(|error| Failure::io(format!("{}: man pages cannot be written", dir.display()), error))
}
