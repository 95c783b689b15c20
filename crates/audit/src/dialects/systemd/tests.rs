//! Ways of setting a variable for a unit.

use super::*;
use crate::dialects::outline;
use crate::site::Site;
use crate::{Audit, Options};

const UNIT: &str = "etc/systemd/system/ci.service";

fn shown(files: &[(&str, &str)]) -> String {
    let (repository, unit) = outline::read(read, files);
    let outline = outline::outline(&repository, &unit);
    let lines = outline.lines().skip(1);
    lines
        .flat_map(|line| {
            [
                line.trim(),
                "
",
            ]
        })
        .collect()
}

#[test]
fn settings_of_a_unit() {
    for (text, expected) in [
        (
            "[Service]\nEnvironment=GOPROXY=https://p,direct \"GOPRIVATE=a b\" GOSUMDB='x y'\n",
            "2 Environment GOPROXY=https://p,direct\n2 Environment GOPRIVATE=a b\n2 Environment GOSUMDB=x y <'x y'>\n",
        ),
        (
            "[Service]\r\nEnvironment=\"GOPROXY=https://p\" \\\r\n  # note\r\n  GOSUMDB=off\r\n",
            "2 Environment GOPROXY=https://p\n4 Environment GOSUMDB=off\n",
        ),
        (
            "[Service]\nEnvironment=GOPROXY=https://u%%40p\nEnvironment=GOENV=%h/env GOVCS=%2F\n",
            "2 Environment GOPROXY=https://u%40p <https://u%%40p>\n3 Environment GOENV=%h/env\ninvisible 3 Environment GOVCS=%2F: systemd knows no specifier `%2` and drops the assignment\n",
        ),
        (
            "[Service]\nEnvironment=GOPROXY=\\x61\\142\\u0063 GOSUMDB=a\\qb GOVCS=off\nEnvironment=GOENV='a b\n",
            "2 Environment GOPROXY=abc <\\x61\\142\\u0063>\n",
        ),
        (
            "[Service]\nEnvironment=GOPROXY=$X\nEnvironment=export GOSUMDB=off # note\n",
            "2 Environment GOPROXY=$X\n3 Environment GOSUMDB=off\n",
        ),
        (
            "[Service]\nEnvironment=GOPROXY=a\nEnvironment=\nEnvironment=GOSUMDB=off\n",
            "4 Environment GOSUMDB=off\n",
        ),
        (
            "[Unit]\nEnvironment=GOPROXY=a\n",
            "invisible 2 Environment GOPROXY=a: systemd does not read Environment= in [Unit] of ci.service\n",
        ),
        (
            "[Service]\nPassEnvironment=GOPROXY\nUnsetEnvironment=GOSUMDB\n",
            "2 PassEnvironment GOPROXY=environment of the manager <GOPROXY> IfUnset\n3 unset GOSUMDB\n",
        ),
        (
            "[Service]\nEnvironmentFile=-/etc/go.env\nEnvironment=GOSUMDB=off\n",
            "3 Environment GOSUMDB=off\n2 lost: the environment file `/etc/go.env` is not in the repository: what it sets is not known\n",
        ),
        (
            "[Service]\nExecStart=/usr/bin/go build -o '/a b' ./...\n",
            "2 run go build -o /a b ./... []\n",
        ),
        (
            "[Service]\nExecStart=/bin/true\nExecStart=\nExecStart=-/bin/sh -c 'go vet; go test' ; @/usr/bin/make make all\n",
            "block\n",
        ),
        (
            "[Service]\nEnvironmentFile=/etc/app\nEnvironment=GOMAXPROCS=4\nExecStart=/usr/bin/app\n",
            "",
        ),
    ] {
        let found = shown(&[(UNIT, text)]);
        if expected == "block\n" {
            assert!(
                found.contains("4 run go vet") && found.contains("4 run go test"),
                "{found}"
            );
            assert!(found.contains("4 call make - - [\"all\"]"), "{found}");
            assert!(!found.contains("\n2 "), "{found}");
            continue;
        }
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn files_of_a_unit_in_their_order() {
    let found = shown(&[
        (
            UNIT,
            "[Service]\nEnvironmentFile=/etc/default/ci\nEnvironment=GOPROXY=unit\n",
        ),
        ("etc/default/ci", "GOPROXY=\"file\"\nexport GOSUMDB=off\n"),
        (
            "etc/systemd/system/ci.service.d/50.conf",
            "[Service]\nEnvironment=GOPROXY=drop-in\n",
        ),
        (
            "etc/systemd/system/service.d/60.conf",
            "[Service]\nEnvironment=GOSUMDB=all\n",
        ),
        (
            "etc/systemd/system.conf.d/go.conf",
            "[Manager]\nDefaultEnvironment=GOPROXY=manager\n",
        ),
    ]);
    assert_eq!(
        found,
        "2 DefaultEnvironment GOPROXY=manager\n3 Environment GOPROXY=unit\n\
         2 Environment GOPROXY=drop-in\n2 Environment GOSUMDB=all\n\
         1 EnvironmentFile GOPROXY=file <\"file\">\n"
    );
}

/// What each site sees of GOPROXY, with the file and line that set it.
fn seen(files: &[(&str, &str)]) -> Vec<String> {
    let files = files.iter().map(|(path, text)| (*path, text.as_bytes()));
    let audit = Audit::of(Repository::from_files(files), None, &Options::default());
    let show = |site: &Site| {
        let variable = site.environment.get("GOPROXY")?;
        let (path, line) = audit.repository.place(variable.span()?);
        Some(format!(
            "{} {} {path}:{line}",
            site.command(),
            variable.value.text()?
        ))
    };
    audit.sites.iter().filter_map(show).collect()
}

#[test]
fn sites_see_the_strongest_setting() {
    let unit =
        "[Service]\nEnvironment=GOPROXY=https://unit\nExecStart=/usr/local/go/bin/go build\n";
    let drop_in = (
        "etc/systemd/system/ci.service.d/50.conf",
        "[Service]\nEnvironment=GOPROXY=https://drop-in\n",
    );
    let manager = (
        "etc/systemd/system.conf",
        "[Manager]\nDefaultEnvironment=GOPROXY=https://manager\n",
    );
    let command = "go build";
    assert_eq!(
        seen(&[(UNIT, unit), manager]),
        [
            " https://manager etc/systemd/system.conf:2".to_owned(),
            format!("{command} https://unit {UNIT}:2"),
        ]
    );
    assert_eq!(
        seen(&[(UNIT, unit), drop_in]),
        [format!("{command} https://drop-in {}:2", drop_in.0)]
    );
    assert_eq!(
        seen(&[drop_in]),
        [format!(" https://drop-in {}:2", drop_in.0)]
    );
    let named = unit.replace(
        "[Service]\n",
        "[Service]\nEnvironmentFile=/etc/sysconfig/go\n",
    );
    assert_eq!(
        seen(&[
            (UNIT, &named),
            ("etc/sysconfig/go", "GOPROXY=https://file\n")
        ])
        .into_iter()
        .filter(|line| line.starts_with(command))
        .collect::<Vec<_>>(),
        [format!("{command} https://file etc/sysconfig/go:1")]
    );
    let bare = "[Service]\nExecStart=/usr/local/go/bin/go build\n";
    assert_eq!(
        seen(&[(UNIT, bare), manager]).last().unwrap(),
        &format!("{command} https://manager etc/systemd/system.conf:2")
    );
}
