//! Targets in `doctor`.

use ::doctor::explain::{Place, explain as explain_log, redact};

/// Logs: whatever they hold, what is told of them is bounded and has nothing that a terminal would act on, and
/// what was redacted has nothing more to hide.
pub(crate) fn explain(data: &[u8]) {
    let report = explain_log(data, Place::GitHub);
    for one in &report.explanations {
        assert!(one.text.len() < 16 << 10, "{}", one.text.len());
        let acts = |letter: char| letter.is_control() && letter != '\n' && letter != '\t';
        assert!(!one.text.contains(acts), "{:?}", one.text);
        assert!(one.line > 0 && one.times > 0);
        let again = redact(&one.text);
        assert_eq!(redact(&again), again);
    }
}
