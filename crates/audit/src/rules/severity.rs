//! How bad things are under a policy: those marked `E*` are errors when it is enforced.

use policy::Direct;

use crate::finding::Severity;
use crate::judgement::Judgement;

/// An error when the policy forbids clients to go past its proxy, else an information.
pub(super) fn enforced(judgement: &Judgement<'_>) -> Severity {
    enforced_or(judgement, Severity::Info)
}

/// An error when the policy forbids clients to go past its proxy, else what is given.
pub(crate) fn enforced_or(judgement: &Judgement<'_>, otherwise: Severity) -> Severity {
    let is_enforced = judgement
        .policy
        .is_some_and(|policy| policy.client.direct != Direct::Allowed);
    if is_enforced {
        Severity::Error
    } else {
        otherwise
    }
}
