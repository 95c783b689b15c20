//! Each way in which hosts and clusters give a `go` its variables: the value reaches the rules with the file
//! and the line that it stands in.

use std::time::Duration;

use testkit::deadline;

use super::place::Place;

/// So that a test ends.
const WITHIN: Duration = Duration::from_mins(5);

/// A way to set GOPROXY to `direct`, which GP003 finds where it is written.
struct Way {
    files: &'static [(&'static str, &'static str)],
    found: &'static str,
}

const UNIT: &str =
    "[Unit]\nDescription=CI\n[Service]\nExecStart=/usr/local/go/bin/go build ./...\n";
const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - name: c\n      image: golang:1.25\n      command: [go, build, ./...]\n      envFrom:\n        - configMapRef: {name: go-env}\n";

const WAYS: [Way; 15] = [
    Way {
        files: &[("etc/profile.d/go.sh", "# Go\nexport GOPROXY=direct\n")],
        found: "etc/profile.d/go.sh:2",
    },
    Way {
        files: &[("etc/environment", "PATH=/bin\nGOPROXY=\"direct\"\n")],
        found: "etc/environment:2",
    },
    Way {
        files: &[("home/u/.config/environment.d/go.conf", "GOPROXY='direct'\n")],
        found: "home/u/.config/environment.d/go.conf:1",
    },
    Way {
        files: &[("home/u/.config/go/env", "GOPROXY=direct\n")],
        found: "home/u/.config/go/env:1",
    },
    Way {
        files: &[(
            "etc/systemd/system/ci.service",
            "[Service]\nEnvironment=A=b \\\n  \"GOPROXY=direct\"\nExecStart=/usr/local/go/bin/go build\n",
        )],
        found: "etc/systemd/system/ci.service:3",
    },
    Way {
        files: &[
            ("etc/systemd/system/ci.service", UNIT),
            (
                "etc/systemd/system/ci.service.d/50-go.conf",
                "[Service]\nEnvironment=GOPROXY=direct\n",
            ),
        ],
        found: "etc/systemd/system/ci.service.d/50-go.conf:2",
    },
    Way {
        files: &[
            ("usr/lib/systemd/system/ci.service", UNIT),
            (
                "etc/systemd/system/service.d/50-go.conf",
                "[Service]\nEnvironment=GOPROXY=direct\n",
            ),
        ],
        found: "etc/systemd/system/service.d/50-go.conf:2",
    },
    Way {
        files: &[(
            "packaging/ci.service.d/go.conf",
            "[Service]\nEnvironment=GOPROXY=direct\n",
        )],
        found: "packaging/ci.service.d/go.conf:2",
    },
    Way {
        files: &[
            (
                "etc/systemd/system/ci.service",
                "[Service]\nEnvironmentFile=-/etc/default/ci\nEnvironment=GOPROXY=https://unit.example\nExecStart=/usr/local/go/bin/go build\n",
            ),
            ("etc/default/ci", "# note\nGOPROXY=\"direct\"\n"),
        ],
        found: "etc/default/ci:2",
    },
    Way {
        files: &[
            ("etc/systemd/system/ci.service", UNIT),
            (
                "etc/systemd/system.conf.d/go.conf",
                "[Manager]\nDefaultEnvironment=GOPROXY=direct\n",
            ),
        ],
        found: "etc/systemd/system.conf.d/go.conf:2",
    },
    Way {
        files: &[
            (
                "etc/systemd/system/ci.service",
                "[Service]\nEnvironment=GOPROXY=direct\nWorkingDirectory=/srv\nExecStart=/bin/sh -c 'make build'\n",
            ),
            ("srv/Makefile", "build:\n\tgo build ./...\n"),
        ],
        found: "etc/systemd/system/ci.service:2",
    },
    Way {
        files: &[(
            "k8s/pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  initContainers:\n    - name: c\n      image: golang:1.25\n      args: [go, mod, download]\n      env:\n        - name: GOPROXY\n          value: direct\n",
        )],
        found: "k8s/pod.yaml:11",
    },
    Way {
        files: &[
            ("k8s/pod.yaml", POD),
            (
                "k8s/config.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: go-env}\ndata:\n  GOPROXY: \"direct\"\n",
            ),
        ],
        found: "k8s/config.yaml:5",
    },
    Way {
        files: &[(
            "k8s/job.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: e}\ndata: {proxy: direct}\n---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  template:\n    spec:\n      containers:\n        - name: c\n          image: golang:1.25\n          command: [sh, -c, 'go build ./...']\n          env:\n            - name: GOPROXY\n              valueFrom: {configMapKeyRef: {name: e, key: proxy}}\n",
        )],
        found: "k8s/job.yaml:4",
    },
    Way {
        files: &[(
            "k8s/pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - name: c\n      image: golang:1.25\n      args: [go, build]\n      env:\n        - {name: HOW, value: direct}\n        - {name: GOPROXY, value: $(HOW)}\n",
        )],
        found: "k8s/pod.yaml:11",
    },
];

#[test]
fn every_way_reaches_the_rules() {
    deadline(WITHIN, || {
        for way in &WAYS {
            let findings = Place::with(way.files).findings(&[]);
            let found: Vec<_> = findings
                .iter()
                .filter(|finding| finding["rule"] == "GP003")
                .map(|finding| {
                    let path = finding["path"].as_str().unwrap();
                    format!("{path}:{}", finding["line"])
                })
                .collect();
            assert_eq!(found, [way.found]);
        }
    });
}

#[test]
fn a_unit_is_mended_once() {
    deadline(WITHIN, || {
        let unit = "etc/systemd/system/ci.service";
        let before = "[Service]\n# ours\nEnvironment=export GOPROXY=https://p.example, direct\nExecStart=/usr/local/go/bin/go build\n";
        let place = Place::with(&[(unit, before)]);
        place.audit(&["--fix"]);
        let after = before.replace(
            "export GOPROXY=https://p.example, direct",
            "\"GOPROXY=https://p.example,direct\"",
        );
        assert_eq!(place.read(unit), after);
        place.audit(&["--fix"]);
        assert_eq!(place.read(unit), after);
    });
}
