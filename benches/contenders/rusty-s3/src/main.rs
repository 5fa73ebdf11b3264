//! The contender `rusty-s3`: `TASK FILE ITERATIONS`. Its signer presigns URLs of S3.

use std::process::ExitCode;

use barerock_bench_protocol::{Items, Task, main as contender};
use barerock_benches::sign::{ACCESS_KEY_ID, EXPIRES_SECONDS, OBJECT, REGION, SECRET_ACCESS_KEY, SIGNED_AT};
use jiff::Timestamp;
use rusty_s3::Method;
use rusty_s3::signing::sign;
use url::Url;

fn task(name: &str, _: Vec<u8>) -> Option<Box<dyn Task>> {
    let date = Timestamp::from_second(SIGNED_AT).expect("in range");
    let object = Url::parse(OBJECT).expect("a URL");
    (name == "presign").then(|| -> Box<dyn Task> {
        Box::new(move |items: &mut Items| {
            let nothing = std::iter::empty::<(&str, &str)>;
            let url = sign(
                &date,
                Method::Get,
                object.clone(),
                ACCESS_KEY_ID,
                SECRET_ACCESS_KEY,
                None,
                REGION,
                EXPIRES_SECONDS,
                nothing(),
                nothing(),
            );
            let (_, signature) = url.as_str().rsplit_once("X-Amz-Signature=").expect("a signature");
            items.item(signature.as_bytes());
        })
    })
}

fn main() -> ExitCode {
    contender(task)
}
