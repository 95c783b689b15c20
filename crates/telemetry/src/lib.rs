//! Metrics: their names, their labels, and the registry that both text formats are made from.
//!
//! Label values are fixed words or identities from configuration; nothing that a client chose ever
//! becomes a label. Counting takes no lock and allocates nothing: every place that can be counted
//! exists from the start. It never measures anything but its own process.

mod catalogue;
mod exposition;
mod labels;
mod metrics;
mod process;
mod table;

pub use catalogue::{MetricDoc, MetricKind, catalogue};
pub use labels::{
    CacheLabel, KindLabel, MethodLabel, RouteLabel, Sli, TierLabel, UpstreamResult,
    VerificationResult,
};
pub use metrics::{Metrics, RequestSample};
