//! `--generate-cli-skeleton`: a request to fill in.

use crate::args::Skeleton;
use crate::exit::Failure;
use crate::render::Output;

/// Every member of a Converse request, each with a value of its shape.
const CONVERSE: &str = include_str!("skeleton.json");

pub(crate) fn print(skeleton: Skeleton) -> Result<(), Failure> {
    match skeleton {
        Skeleton::Input => Output::new().text(CONVERSE),
    }
}

#[cfg(test)]
mod tests {
    use barerock::ConverseRequest;
    use clap::CommandFactory as _;
    use serde_json::Value;

    use crate::args::{Arguments, REQUEST_HEADING};

    fn camel_case(kebab: &str) -> String {
        let mut words = kebab.split('-');
        let first = words.next().unwrap_or_default().to_owned();
        words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
    }

    #[test]
    fn it_is_a_request_with_every_member_there_is_an_option_for() {
        ConverseRequest::from_json(super::CONVERSE).unwrap().validate().unwrap();
        let skeleton: Value = serde_json::from_str(super::CONVERSE).unwrap();
        let command = Arguments::command();
        let options = command.find_subcommand("converse").unwrap().get_arguments();
        let members = options
            .filter(|option| option.get_help_heading() == Some(REQUEST_HEADING))
            .filter_map(|option| option.get_long())
            .filter(|name| !name.contains("cli"));
        let mut count = 0;
        for name in members {
            assert!(skeleton.get(camel_case(name)).is_some(), "{name}");
            count += 1;
        }
        assert_eq!(count, skeleton.as_object().unwrap().len());
    }
}
