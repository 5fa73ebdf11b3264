//! `bindgen PROGRAM.wasm FOLDER`: writes the program and its JavaScript, an ES module for node, into the folder.

use std::error::Error;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(program), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bindgen PROGRAM.wasm FOLDER".into());
    };
    Bindgen::new()
        .input_path(program)
        .nodejs_module(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)?;
    Ok(())
}
