//! The file of certificates that a variable names: rules look at variables, and this at the disk.

use crate::environment::Confidence;
use crate::finding::Finding;
use crate::judgement::Judgement;
use crate::rules;

/// How a certificate begins in PEM, the only form that Go reads here.
const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// The largest bundle that is looked into: twenty times what distributions ship.
const BUNDLE_BYTES: u64 = 8 << 20;

/// Whether `SSL_CERT_FILE` leads to certificates. Where it does not, Go trusts nobody.
pub(super) fn judge(judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let Some(rule) = rules::find("GP315").filter(|_| cfg!(unix) && !cfg!(target_os = "macos"))
    else {
        return;
    };
    for value in judgement.in_use("SSL_CERT_FILE") {
        let Some(path) = value.candidate.value.text() else {
            continue;
        };
        let why = match super::files::content(path.as_ref(), BUNDLE_BYTES) {
            None => "cannot be read",
            Some(bytes) if bytes.windows(BEGIN.len()).any(|part| part == BEGIN) => continue,
            Some(_) => "holds no certificate in PEM",
        };
        // A folder of certificates still counts.
        let folder = value.site.environment.text("SSL_CERT_DIR");
        let more = folder.map_or_else(String::new, |folder| format!(" but those in {folder}"));
        let message = format!(
            "SSL_CERT_FILE names `{path}`, which {why}: Go trusts no certificate{more}; name the bundle of the system with the company's CA in it"
        );
        let finding = Finding::new(rule, value.candidate.span, message);
        let mut finding = value.about(finding, "SSL_CERT_FILE");
        finding.confidence = Confidence::High;
        // Said once: that a bundle which is none takes the place of another does not matter.
        findings.retain(|other| other.rule.id != rule.id);
        findings.push(finding);
    }
}
