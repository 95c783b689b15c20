//! What the machine gives: the clock, a snapshot of the environment, the runner of other programs, the
//! outbound HTTP client with its deadlines and address rules, the user's netrc, every limit with its
//! reason, and what a secret looks like.
//!
//! It never decides what is fetched or kept, never reads configuration, and knows nothing of modules.

mod clock;
mod environment;
mod http;
mod limits;
mod netrc;
mod runner;
pub mod secret;

pub use clock::Clock;
pub use environment::EnvSnapshot;
pub use http::{
    HttpBody, HttpClient, HttpError, HttpOptions, HttpRequest, HttpResponse, Login, Phase,
    ProxyRules, trusted_authorities,
};
pub use limits::Limits;
pub use netrc::{Machine, Netrc};
pub use runner::{Ended, Program, ProgramSignal, Ran, RunError, Running, Silence};
