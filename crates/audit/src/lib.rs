//! Reads CI and build files into execution sites, each with its effective Go environment and where every
//! value came from, and judges them by rules: `source` (bytes) → `dialects` (a front end each; `block`s) →
//! `resolve` (follows calls; `site`s with an `environment`) → `rules` (from a `judgement` to `finding`s) →
//! `report`; `live` makes a site of this process's environment. It never runs `go`, never asks the
//! network, and never prints a secret.

mod audit;
mod baseline;
mod block;
mod dialect;
mod dialects;
mod embedded;
mod environment;
mod error;
mod expression;
mod finding;
mod fix;
mod generated;
mod images;
mod interpolate;
pub mod inventory;
mod judgement;
mod live;
mod mend;
mod modules;
mod report;
mod repository;
mod resolve;
mod rule;
mod rules;
mod site;
mod source;
mod suppression;
mod text;
pub mod trace;
mod unit;
mod walk;
mod yaml;

pub use audit::{Audit, Options};
pub use baseline::{Baseline, Entry};
pub use block::*;
pub use dialect::Dialect;
pub use environment::{Candidate, Confidence, Environment, Outcome, Value, Variable};
pub use error::Error;
pub use finding::{Edit, Finding, Fix, Safety, Severity};
pub use judgement::{InUse, Judgement};
pub use live::{Assertion, Machine, Routing, Way, sort};
pub use mend::{Mended, mend};
pub use modules::GoModule;
pub use report::{Format, Shown, confidence, job_summary, json, render, severity, shown};
pub use repository::Repository;
pub use resolve::Gap;
pub use site::{Act, Crumb, Site};
pub use source::{FileId, SourceFile, Span};
pub use text::{Part, Text};
pub use unit::*;
pub use {rule::Example, rule::Rule, rules::RULES, rules::find};
