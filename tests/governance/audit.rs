//! `modkeep audit`, with the real binary on whole repositories.

mod archive;
mod article;
mod corpus;
mod dialects;
mod flags;
mod formats;
mod hostile;
mod hosts;
mod place;
