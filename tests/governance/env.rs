//! `modkeep env`.

mod contract;
mod differences;
mod ground;
mod images;
mod refusals;
mod truth;
mod unread;
mod writers;
