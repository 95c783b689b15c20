//! `modkeep audit`, with the real binary on whole repositories.

mod archive;
mod article;
mod corpus;
mod hosts;
mod place;
mod flags;
mod formats;
mod hostile;
