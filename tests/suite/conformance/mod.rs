//! Conformance tests of transports: each test runs over every transport.
//!
//! The servers run on separate threads, because a blocking transport blocks the test's thread.

mod ahead;
mod answers;
mod blocking;
mod bounds;
mod cancellation;
mod configured;
mod connections;
mod hops;
mod limits;
mod pool;
mod proxies;
mod requests;
mod roots;
mod server;
mod stacks;
mod tap;
mod tls;
mod versions;

/// Defines one test per stack for each of the named functions, which are generic over [`stacks::Stack`].
macro_rules! over_every_stack {
    ($($(#[$attribute:meta])* $case:ident),* $(,)?) => {
        over_every_stack!(@ hyper Hyper, $($(#[$attribute])* $case),*);
        over_every_stack!(@ reqwest Reqwest, $($(#[$attribute])* $case),*);
        #[cfg(feature = "native-tls")]
        over_every_stack!(@ reqwest_native_tls ReqwestNativeTls, $($(#[$attribute])* $case),*);
        over_every_stack!(@ ureq Ureq, $($(#[$attribute])* $case),*);
        #[cfg(feature = "native-tls")]
        over_every_stack!(@ ureq_native_tls UreqNativeTls, $($(#[$attribute])* $case),*);
    };
    (@ $module:ident $stack:ident, $($(#[$attribute:meta])* $case:ident),*) => {
        mod $module {
            $(
                #[test]
                $(#[$attribute])*
                fn $case() {
                    super::$case::<crate::conformance::stacks::$stack>();
                }
            )*
        }
    };
}
use over_every_stack;
