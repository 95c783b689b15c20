//! GP412 no-cache-folder.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::Rule;

/// Go finds no folder for its caches.
pub(super) const RULE: Rule = Rule {
    id: "GP412",
    name: "no-cache-folder",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "Go finds no folder for its module cache or build cache",
    page: "The module cache is GOMODCACHE, else `pkg/mod` in GOPATH, which is `$HOME/go`; the build cache is GOCACHE, else `go-build` in `$XDG_CACHE_HOME` or `$HOME/.cache`. Where HOME is not set, as in a systemd unit or a container without a user, and the others are not set either, Go ends with `module cache not found: neither GOMODCACHE nor GOPATH is set` or `GOCACHE is not defined and neither $XDG_CACHE_HOME nor $HOME are defined`. Set HOME, or GOPATH and GOCACHE. `GOCACHE=off` builds nothing since Go 1.12. Found by `modkeep check` alone, on the environment as it is.",
    examples: &[],
    check,
};

/// `modkeep check` looks for itself: no file shows what a process has not.
fn check(_: &'static Rule, _: &Judgement<'_>, _: &mut Vec<Finding>) {}
