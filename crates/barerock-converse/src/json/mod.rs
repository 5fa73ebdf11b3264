//! The JSON codec: one reader and one writer for responses, events, requests, the command line and serde.
//!
//! The macros in `types` implement [`ToJson`] and [`FromJson`] for every shape of the model; serde's traits are a facade
//! over the two ([`facade`]). Reading is one pass over the text; members that do not conform to the model are corrected and
//! noted as [`Correction`]; only text that is not JSON is an error ([`Fault`]).

mod correction;
mod emit;
mod equal;
pub(crate) mod facade;
mod format;
mod members;
mod names;
mod number;
mod object;
mod open;
mod plain;
mod read;
mod received;
mod scan;
mod string;
pub(crate) mod structure;
mod type_name;
mod values;
mod write;

pub(crate) use correction::Corrections;
pub use correction::{Correction, CorrectionKind};
pub(crate) use equal::same_value;
pub(crate) use format::format;
pub(crate) use members::{Members, Required};
pub(crate) use names::{camel_case, camel_case_length, index_of, names, nth};
pub(crate) use object::{Object, padding};
pub(crate) use open::{OpenValue, Union};
pub(crate) use plain::{is_plain, plain_length, utf8};
pub(crate) use read::{FromJson, Mode, Null, Reader, read};
pub(crate) use received::Received;
pub(crate) use scan::{Fault, one_value};
pub(crate) use string::quoted;
pub(crate) use type_name::has_nested_type;
pub(crate) use write::{ToJson, Writer, write_member};
