//! GP712 k8s-env.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::{Edit, Safety};
use crate::source::Span;
use crate::unit::{Detail, Flaw, FlawKind};

/// A variable of a container is not what the manifest seems to say.
pub(super) const RULE: Rule = Rule {
    id: "GP712",
    name: "k8s-env",
    severity: Severity::Error,
    confidence: Confidence::Medium,
    live: false,
    needs_policy: false,
    summary: "a variable of a container is not what the manifest seems to say",
    page: "A key that its ConfigMap does not have keeps the pod from starting, or with `optional: true` leaves the variable unset, and `go` asks the public default. Of two entries of one name the later wins. `$(X)` refers to what stands in front of it only, and stays as it is otherwise. A value that YAML takes for a number is refused (GP021 is about booleans). What stands in a ConfigMap is read by everybody who may look into the namespace.\n\nName keys that exist, write each variable once, quote values, and mount credentials from a Secret as a netrc file that NETRC names.",
    examples: &[
        Example {
            title: "a key that is not there",
            files: &[
                (
                    "k8s/pod.yaml",
                    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: build\nspec:\n  containers:\n    - name: build\n      image: golang:1.25\n      command: [go, build, ./...]\n      env:\n        - name: GOPROXY\n          valueFrom:\n            configMapKeyRef:\n              name: go-env\n              key: PROXY\n",
                ),
                (
                    "k8s/config.yaml",
                    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: go-env\ndata:\n  GOPROXY: \"https://goproxy.corp.example,direct\"\n",
                ),
            ],
            policy: None,
            finds: &["k8s/pod.yaml:15"],
            fixed: None,
        },
        Example {
            title: "one that is not there and need not be",
            files: &[
                (
                    "k8s/pod.yaml",
                    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: build\nspec:\n  containers:\n    - name: build\n      image: golang:1.25\n      command: [go, build, ./...]\n      env:\n        - name: GOPROXY\n          valueFrom:\n            configMapKeyRef:\n              name: go-env\n              key: PROXY\n              optional: true\n",
                ),
                (
                    "k8s/config.yaml",
                    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: go-env\ndata:\n  GOPROXY: \"https://goproxy.corp.example,direct\"\n",
                ),
            ],
            policy: None,
            finds: &["k8s/pod.yaml:15"],
            fixed: None,
        },
        Example {
            title: "one that may be missing",
            files: &[(
                "k8s/pod.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata:\n  name: build\nspec:\n  containers:\n    - name: build\n      image: golang:1.25\n      command: [go, build, ./...]\n      env:\n        - name: GOPROXY\n          valueFrom:\n            configMapKeyRef:\n              name: go-env\n              key: PROXY\n              optional: true\n",
            )],
            policy: None,
            finds: &["k8s/pod.yaml:15"],
            fixed: Some(
                "apiVersion: v1\nkind: Pod\nmetadata:\n  name: build\nspec:\n  containers:\n    - name: build\n      image: golang:1.25\n      command: [go, build, ./...]\n      env:\n        - name: GOPROXY\n          valueFrom:\n            configMapKeyRef:\n              name: go-env\n              key: PROXY\n              optional: false\n",
            ),
        },
        Example {
            title: "twice",
            files: &[(
                "k8s/pod.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata:\n  name: build\nspec:\n  containers:\n    - name: build\n      image: golang:1.25\n      command: [go, build, ./...]\n      env:\n        - name: GOPROXY\n          value: https://goproxy.corp.example\n        - name: GOPROXY\n          value: direct\n",
            )],
            policy: None,
            finds: &["k8s/pod.yaml:13"],
            fixed: None,
        },
        Example {
            title: "a reference to what comes later",
            files: &[(
                "k8s/pod.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata:\n  name: build\nspec:\n  containers:\n    - name: build\n      image: golang:1.25\n      command: [go, build, ./...]\n      env:\n        - name: GOPROXY\n          value: https://$(HOST)\n        - name: HOST\n          value: goproxy.corp.example\n",
            )],
            policy: None,
            finds: &["k8s/pod.yaml:12"],
            fixed: None,
        },
        Example {
            title: "a number",
            files: &[(
                "k8s/pod.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata:\n  name: build\nspec:\n  containers:\n    - name: build\n      image: golang:1.25\n      command: [go, build, ./...]\n      env:\n        - name: GOTOOLCHAIN\n          value: 1.25\n",
            )],
            policy: None,
            finds: &["k8s/pod.yaml:12"],
            fixed: Some(
                "apiVersion: v1\nkind: Pod\nmetadata:\n  name: build\nspec:\n  containers:\n    - name: build\n      image: golang:1.25\n      command: [go, build, ./...]\n      env:\n        - name: GOTOOLCHAIN\n          value: \"1.25\"\n",
            ),
        },
        Example {
            title: "credentials in a ConfigMap",
            files: &[(
                "k8s/config.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: go-env\ndata:\n  GOPROXY: https://ci:hunter2x@goproxy.corp.example\n  .netrc: |\n    machine goproxy.corp.example login ci password hunter2x\n",
            )],
            policy: None,
            finds: &["k8s/config.yaml:6", "k8s/config.yaml:7"],
            fixed: None,
        },
        Example {
            title: "in order",
            files: &[
                (
                    "k8s/pod.yaml",
                    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: build\nspec:\n  containers:\n    - name: build\n      image: golang:1.25\n      command: [go, build, ./...]\n      envFrom:\n        - configMapRef:\n            name: go-env\n      env:\n        - name: HOST\n          value: goproxy.corp.example\n        - name: GONOPROXY\n          value: $(HOST)\n        - name: GOSUMDB\n          valueFrom:\n            configMapKeyRef: {name: of-the-cluster, key: GOSUMDB}\n        - name: GONOSUMDB\n          value: $(GOPROXY)\n",
                ),
                (
                    "k8s/config.yaml",
                    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: go-env\ndata:\n  GOPROXY: \"https://goproxy.corp.example,direct\"\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for unit in &judgement.repository.units {
        let Detail::Kubernetes(kubernetes) = &unit.detail else {
            continue;
        };
        for flaw in &kubernetes.flaws {
            findings.push(finding(rule, judgement, flaw));
        }
    }
}

fn finding(rule: &'static Rule, judgement: &Judgement<'_>, flaw: &Flaw) -> Finding {
    let name = &flaw.name;
    let raw = judgement.repository.slice(flaw.span);
    let find = |message: String| Finding::new(rule, Some(flaw.span), message).about(name, "");
    match &flaw.kind {
        FlawKind::MissingKey {
            object,
            key,
            optional: None,
        } => find(format!(
            "{object} has no key `{key}`, so that the container does not start; name one that it has"
        )),
        FlawKind::MissingKey {
            object,
            key,
            optional: Some(_),
        } => {
            let message = format!(
                "{object} has no key `{key}`, so that {name} is not set and `go` takes its default; name a key that it has"
            );
            find(message).as_severity(Severity::Warning)
        }
        FlawKind::MayBeMissing { object, optional } => {
            let message = format!(
                "where {object} lacks this key, {name} is not set and `go` takes its default without a word; take `optional` away"
            );
            let mut finding = find(message).as_severity(Severity::Warning);
            finding.confidence = Confidence::Low;
            required(finding, *optional)
        }
        FlawKind::Duplicate { first } => find(format!(
            "{name} is set twice in this list, and the later wins; delete one"
        ))
        .beside(*first, "the first"),
        FlawKind::Undefined { other } => find(format!(
            "`$({other})` refers to a variable that is not set in front of {name}, and stays as it is; set {other} first"
        )),
        FlawKind::Number => {
            let message = format!(
                "YAML takes `{raw}` for a number, and the API server refuses the manifest; put it in quotes"
            );
            let edit = Edit {
                span: flaw.span,
                text: format!("\"{raw}\""),
            };
            find(message).with_fix("put it in quotes", Safety::Unsafe, vec![edit])
        }
        FlawKind::Credential { object } => find(format!(
            "{name} in the ConfigMap {object} holds a credential, which everybody reads who may look into the namespace; use a Secret"
        )),
    }
}

/// The finding with a fix that demands the key.
fn required(finding: Finding, optional: Span) -> Finding {
    let edit = Edit {
        span: optional,
        text: "false".to_owned(),
    };
    finding.with_fix("demand the key", Safety::Unsafe, vec![edit])
}
