//! Metrics: their names, their labels, and the registry that both text formats are made from.
//!
//! Label values are fixed words or identities from configuration; nothing that a client chose ever
//! becomes a label. It never measures anything itself.

mod labels;
mod metrics;

pub use labels::{
    CacheLabel, KindLabel, MethodLabel, RouteLabel, Sli, TierLabel, UpstreamResult,
    VerificationResult,
};
pub use metrics::{Metrics, RequestSample};
