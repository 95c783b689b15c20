//! Ways of setting a variable for a container.

use super::*;
use crate::dialects::outline;
use crate::{Audit, Options};

const CONFIG: (&str, &str) = (
    "k8s/config.yaml",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: go-env}\ndata:\n  GOPROXY: https://map,direct\n  GOSUMDB: \"off\"\n",
);

fn pod(container: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n  containers:\n{container}")
}

/// What is made of a manifest in the folder of [`CONFIG`], without the pod's own line.
fn shown(text: &str) -> String {
    let (repository, unit) = outline::read(read, &[("k8s/pod.yaml", text), CONFIG]);
    let outline = outline::outline(&repository, &unit);
    joined(outline.lines().skip(1).map(str::trim))
}

fn joined<'t>(lines: impl Iterator<Item = &'t str>) -> String {
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn containers_are_read() {
    let go = "    - name: c\n      image: golang:1.25\n      command: [go, build, ./...]\n";
    let start = "7 container \"c\" Closed image=golang:1.25\n";
    let run = "9 run go build ./... []\n";
    for (more, expected) in [
        ("", String::new()),
        (
            "      env:\n        - name: GOPROXY\n          value: https://p,direct\n        - {name: GOSUMDB, value: \"off\"}\n",
            "12 env GOPROXY=https://p,direct\n13 env GOSUMDB=off <\"off\">\n".to_owned(),
        ),
        (
            "      envFrom:\n        - configMapRef: {name: go-env}\n        - prefix: X_\n          configMapRef: {name: go-env}\n",
            "5 envFrom GOPROXY=https://map,direct\n6 envFrom GOSUMDB=off <\"off\">\n\
             5 envFrom X_GOPROXY=https://map,direct\n6 envFrom X_GOSUMDB=off <\"off\">\n".to_owned(),
        ),
        (
            "      envFrom:\n        - configMapRef: {name: other}\n",
            "11 lost: the ConfigMap `other` is not in the repository: the variables that it sets are not known\n".to_owned(),
        ),
        (
            "      env:\n        - name: GOPROXY\n          valueFrom:\n            configMapKeyRef:\n              name: go-env\n              key: GOPROXY\n        - name: GOAUTH\n          valueFrom: {secretKeyRef: {name: s, key: k}}\n",
            "5 env GOPROXY=https://map,direct\n17 env GOAUTH=k of Secret s <k> secret\n".to_owned(),
        ),
        (
            "      env:\n        - {name: HOST, value: p.example}\n        - {name: GOPROXY, value: \"https://$(HOST)/$$(X)$(Y)\"}\n",
            "11 env HOST=p.example\n12 env GOPROXY=https://$HOST/$(X)$(Y) <\"https://$(HOST)/$$(X)$(Y)\">\n".to_owned(),
        ),
        (
            "      env:\n        - name: GOPROXY\n        - name: GOPRIVATE\n          value: '{{ .Values.private }}'\n        - name: GOENV\n          valueFrom: {fieldRef: {fieldPath: metadata.name}}\n",
            "11 env GOPROXY= <GOPROXY>\n13 env GOPRIVATE={{ .Values.private }} <'{{ .Values.private }}'>\n\
             15 env GOENV=GOENV of the pod <{fieldRef: {fieldPath: metadata.name}}>\n".to_owned(),
        ),
    ] {
        let found = shown(&pod(&format!("{go}{more}")));
        let found = joined(found.lines().filter(|line| !line.contains(" fault ")));
        assert_eq!(found, format!("{start}{expected}{run}"), "{more}");
    }
}

#[test]
fn what_runs_in_a_container() {
    for (container, expected) in [
        (
            "    - name: c\n      command: [sh, -c]\n      args: [\"cd /src && GOPROXY=$(P) go test\"]\n",
            "run go test",
        ),
        (
            "    - name: c\n      args: [make, -C, /src, build]\n",
            "call make - /src",
        ),
        (
            "    - name: c\n      command:\n        - /bin/sh\n        - -ec\n        - |\n          export GOPROXY=off\n          go vet\n",
            "12 export GOPROXY=off",
        ),
        (
            "    - name: c\n      image: app\n      command: [app]\n",
            "",
        ),
        (
            "    - name: c\n      image: app\n      env: [{name: GOMEMLIMIT, value: b}]\n",
            "",
        ),
        (
            "    - name: c\n      image: app\n      env: [{name: GOPROXY, value: b}]\n",
            "9 env GOPROXY=b",
        ),
    ] {
        let found = shown(&pod(container));
        assert!(found.contains(expected), "{container}{found}");
        assert!(
            !expected.is_empty() || found.is_empty(),
            "{container}{found}"
        );
    }
}

/// What each site sees of GOPROXY, with the file and line that set it.
fn seen(files: &[(&str, &str)]) -> Vec<String> {
    let files = files.iter().map(|(path, text)| (*path, text.as_bytes()));
    let audit = Audit::of(Repository::from_files(files), None, &Options::default());
    let sites = audit.sites.iter().filter(|site| site.may_download());
    sites
        .map(|site| {
            let variable = site.environment.get("GOPROXY").unwrap();
            let place = variable.span().map(|span| audit.repository.place(span));
            let (path, line) = place.unwrap_or_default();
            format!(
                "{:?} {path}:{line}",
                variable.value.text().unwrap_or_default()
            )
        })
        .collect()
}

#[test]
fn every_kind_of_workload_sees_its_variables() {
    let spec = |indent: &str| {
        [
            "containers:",
            "  - name: c",
            "    image: golang:1.25",
            "    args: [go, build]",
            "    envFrom: [{configMapRef: {name: go-env}}]",
        ]
        .map(|line| format!("{indent}{line}\n"))
        .concat()
    };
    for (kind, front, indent) in [
        ("Pod", "spec:\n", "  "),
        ("Deployment", "spec:\n  template:\n    spec:\n", "      "),
        ("StatefulSet", "spec:\n  template:\n    spec:\n", "      "),
        ("DaemonSet", "spec:\n  template:\n    spec:\n", "      "),
        ("Job", "spec:\n  template:\n    spec:\n", "      "),
        (
            "CronJob",
            "spec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n",
            "          ",
        ),
        ("PodTemplate", "template:\n  spec:\n", "    "),
    ] {
        let text = format!(
            "apiVersion: x/v1\nkind: {kind}\nmetadata: {{name: w}}\n{front}{}",
            spec(indent)
        );
        let expected = ["\"https://map,direct\" k8s/config.yaml:5"];
        assert_eq!(seen(&[("k8s/w.yaml", &text), CONFIG]), expected, "{kind}");
        let init = text.replace("containers:", "containers: []\n      initContainers:");
        if kind == "Job" {
            assert_eq!(seen(&[("k8s/w.yaml", &init), CONFIG]), expected, "{kind}");
        }
    }
    let listed = format!(
        "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Pod\n    metadata: {{name: w}}\n    spec:\n{}",
        spec("      ")
    );
    let elsewhere = ("base/config.yaml", CONFIG.1);
    assert_eq!(
        seen(&[("k8s/w.yaml", &listed), elsewhere]),
        ["\"https://map,direct\" base/config.yaml:5"]
    );
    let over = pod(
        "    - name: c\n      args: [go, build]\n      envFrom: [{configMapRef: {name: go-env}}]\n      env: [{name: GOPROXY, value: https://env}]\n",
    );
    assert_eq!(
        seen(&[("k8s/w.yaml", &over), CONFIG]),
        ["\"https://env\" k8s/w.yaml:10"]
    );
}

#[test]
fn of_two_maps_of_one_name_the_nearer_counts() {
    let text = pod(
        "    - name: c\n      args: [go, build]\n      envFrom: [{configMapRef: {name: go-env}}]\n",
    );
    let near = (
        "a/config.yaml",
        CONFIG.1.replace("https://map", "https://near"),
    );
    let files = [
        ("a/w.yaml", text.as_str()),
        (near.0, near.1.as_str()),
        CONFIG,
    ];
    assert_eq!(seen(&files), ["\"https://near,direct\" a/config.yaml:5"]);
    let files = [
        ("b/w.yaml", text.as_str()),
        (near.0, near.1.as_str()),
        CONFIG,
    ];
    assert_ne!(seen(&files), ["\"https://near,direct\" a/config.yaml:5"]);
}
