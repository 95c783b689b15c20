//! `env show` says what `go env -json` says, for every toolchain that is here.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::ground::Ground;

const NAMES: [&str; 39] = [
    "AR",
    "CC",
    "CGO_ENABLED",
    "CXX",
    "GCCGO",
    "GOCACHEPROG",
    "GOFIPS140",
    "GOTELEMETRY",
    "GOTELEMETRYDIR",
    "GOTOOLDIR",
    "GO111MODULE",
    "GOAMD64",
    "GOARCH",
    "GOAUTH",
    "GOBIN",
    "GOCACHE",
    "GODEBUG",
    "GOENV",
    "GOEXE",
    "GOEXPERIMENT",
    "GOFLAGS",
    "GOHOSTARCH",
    "GOHOSTOS",
    "GOINSECURE",
    "GOMOD",
    "GOMODCACHE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOOS",
    "GOPATH",
    "GOPRIVATE",
    "GOPROXY",
    "GOROOT",
    "GOSUMDB",
    "GOTMPDIR",
    "GOTOOLCHAIN",
    "GOVCS",
    "GOVERSION",
    "GOWORK",
];

/// What is set, and the files in the home: name and content.
type Situation<'a> = (&'a [(&'a str, &'a str)], &'a [(&'a str, &'a str)]);

const USER: &str = ".config/go/env";
const MODULE: (&str, &str) = ("work/go.mod", "module a.example/a\n\ngo 1.20\n");
const ABOVE: (&str, &str) = ("go.mod", "module a.example/a\n\ngo 1.20\n");
const WORK: (&str, &str) = ("go.work", "go 1.20\n\nuse ./work\n");

const SITUATIONS: [Situation<'_>; 54] = [
    (&[("CC", "clang -m64"), ("CGO_ENABLED", "0")], &[]),
    (&[("CGO_ENABLED", "2"), ("GOCACHEPROG", "prog")], &[]),
    (&[], &[(USER, "CC=mycc\nCXX=\nAR=llvm-ar\nCGO_ENABLED=1\n")]),
    (&[("GOOS", "darwin"), ("CGO_ENABLED", "1")], &[]),
    (&[("GCCGO", "sh")], &[]),
    (&[("GOFIPS140", "latest")], &[(USER, "GCCGO=/bin/sh\n")]),
    (&[], &[(".config/go/telemetry/mode", "on 2024-01-01\n")]),
    (&[], &[]),
    (
        &[("GOPROXY", "https://a.example")],
        &[(USER, "GOPROXY=https://b.example\n")],
    ),
    (
        &[("GOPROXY", "")],
        &[(
            USER,
            "GOPROXY=https://b.example\nGOPROXY=https://c.example\n",
        )],
    ),
    (&[], &[(USER, "GOPROXY=\nGOSUMDB=\nGOTOOLCHAIN=\n")]),
    (
        &[],
        &[(
            USER,
            "# c\r\nGOPRIVATE=a.example,b.example\r\nGOFLAGS= -v \ngoproxy=x\n GOVCS=x\nGOPROXY",
        )],
    ),
    (
        &[],
        &[(
            USER,
            "GOPRIVATE=a.example\nGONOPROXY=\nGONOSUMDB=b.example\n",
        )],
    ),
    (&[("GOPRIVATE", "a.example"), ("GONOPROXY", "none")], &[]),
    (
        &[],
        &[(USER, "\u{feff}GOPROXY=https://a.example\nGOSUMDB=off")],
    ),
    (
        &[("GOENV", "$HOME/other")],
        &[(USER, "GOFLAGS=-x\n"), ("other", "GOFLAGS=-v\n")],
    ),
    (&[("GOENV", "other")], &[("work/other", "GOFLAGS=-v\n")]),
    (&[("GOENV", "off")], &[(USER, "GOFLAGS=-x\n")]),
    (&[("GOENV", "$HOME/absent")], &[(USER, "GOFLAGS=-x\n")]),
    (
        &[("XDG_CONFIG_HOME", "$HOME/x//y/")],
        &[("x/y/go/env", "GOFLAGS=-v\n")],
    ),
    (
        &[("XDG_CONFIG_HOME", "x")],
        &[("work/x/go/env", "GOFLAGS=-v\n")],
    ),
    (&[("XDG_CACHE_HOME", "$HOME/cache/")], &[]),
    (&[("XDG_CACHE_HOME", "cache")], &[]),
    (&[("HOME", "-"), ("GOFLAGS", "-v")], &[]),
    (
        &[
            ("HOME", "-"),
            ("GOPATH", "$HOME/go"),
            ("GOCACHE", "$HOME/c"),
        ],
        &[],
    ),
    (&[("HOME", "$HOME//x/../"), ("GOFLAGS", "")], &[]),
    (&[("HOME", "relative"), ("GOFLAGS", "-v")], &[]),
    (&[("GOPATH", "$HOME/a:$HOME/b")], &[]),
    (&[("GOPATH", ":$HOME/b")], &[]),
    (
        &[("GOPATH", "$HOME/a/")],
        &[(USER, "GOMODCACHE=/m\nGOBIN=/bin\nGOTMPDIR=/t\nGOCACHE=/c\n")],
    ),
    (&[("GOCACHE", "off")], &[]),
    (&[("GOOS", "windows")], &[]),
    (&[("GOARCH", "arm64")], &[]),
    (&[("GOAMD64", "v3")], &[(USER, "GOOS=darwin\n")]),
    (&[], &[(USER, "GOOS=linux\nGOARCH=riscv64\nGOAMD64=v2\n")]),
    (&[], &[MODULE]),
    (&[], &[ABOVE]),
    (&[("GO111MODULE", "off")], &[MODULE, WORK]),
    (&[("GO111MODULE", "auto")], &[MODULE]),
    (&[("GO111MODULE", "auto")], &[]),
    (&[], &[MODULE, WORK]),
    (&[], &[WORK]),
    (&[("GOWORK", "off")], &[MODULE, WORK]),
    (&[("GOWORK", "auto")], &[MODULE, WORK]),
    (
        &[("GOWORK", "$HOME/w/go.work")],
        &[MODULE, WORK, ("w/go.work", "go 1.20\n")],
    ),
    (&[], &[MODULE, WORK, (USER, "GOWORK=off\n")]),
    (&[("GOFLAGS", "-modfile=other.mod")], &[MODULE]),
    (&[("TMPDIR", "$HOME/work")], &[MODULE]),
    (&[("GOTOOLCHAIN", "local"), ("GODEBUG", "a=b")], &[MODULE]),
    (
        &[("GOTOOLCHAIN", "local+path")],
        &[(USER, "GODEBUG=x=y\nGOTOOLCHAIN=auto\n")],
    ),
    (
        &[("GOVCS", "*:off"), ("GOINSECURE", "a.example")],
        &[(USER, "GOAUTH=off\nGOVCS=x:git\n")],
    ),
    (&[("GOEXPERIMENT", "arenas")], &[]),
    (&[("GOBIN", "relative/bin"), ("GOTMPDIR", "$HOME/t")], &[]),
    (
        &[("GOSUMDB", "sum.example+00000000+x https://s.example")],
        &[(USER, "GOSUMDB=off\nGOHOSTOS=x\nGOVERSION=y\n")],
    ),
];

#[test]
fn show_says_what_every_toolchain_says() {
    for go in testkit::find_toolchains() {
        for (variables, files) in SITUATIONS {
            let ground = Ground::with_go(&go);
            for (name, content) in files {
                ground.write(name, content);
            }
            check(
                &ground,
                variables,
                &format!("{} {variables:?} {files:?}", go.display()),
            );
        }
    }
}

/// GOROOT as it is written, and a `go` that is reached by links.
#[test]
fn show_finds_the_root_that_go_finds() {
    for go in testkit::find_toolchains() {
        let go = go.canonicalize().unwrap();
        let root = go.parent().unwrap().parent().unwrap();
        let told = root.display().to_string();
        let ground = Ground::with_go(&go);
        check(
            &ground,
            &[("GOROOT", &format!("{told}/"))],
            "a slash at the end",
        );
        check(&ground, &[("GOROOT", &told)], "as it is");
        let link = ground.at("golang");
        std::os::unix::fs::symlink(root, &link).unwrap();
        fs::create_dir(ground.at("bin")).unwrap();
        std::os::unix::fs::symlink(&go, ground.at("bin/go")).unwrap();
        check(
            &Ground::with_go(&link.join("bin/go")),
            &[],
            "a link to the root",
        );
        check(
            &Ground::with_go(&ground.at("bin/go")),
            &[],
            "a link to the program",
        );
    }
}

/// A folder that is reached by a link is named as PWD names it.
#[test]
fn show_names_the_folder_as_the_shell_does() {
    let ground = Ground::new();
    ground.write(MODULE.0, MODULE.1);
    std::os::unix::fs::symlink(ground.at("work"), ground.at("linked")).unwrap();
    check(&ground, &[("PWD", "$HOME/linked")], "PWD is a link to here");
    check(&ground, &[("PWD", "$HOME")], "PWD is elsewhere");
}

/// Toolchains that GOTOOLCHAIN, go.mod and go.work lead to: on PATH, where `go` needs no network for it.
#[test]
fn show_follows_gotoolchain() {
    let all = testkit::find_toolchains();
    for other in all.iter().skip(1) {
        let root = other.parent().unwrap().parent().unwrap();
        let version = fs::read_to_string(root.join("VERSION")).unwrap();
        let name = version.lines().next().unwrap();
        let ground = Ground::new();
        fs::create_dir(ground.at("bin")).unwrap();
        std::os::unix::fs::symlink(other, ground.at(&format!("bin/{name}"))).unwrap();
        let first = all[0].parent().unwrap().display();
        let path = format!("{first}:$HOME/bin:/usr/bin:/bin");
        for setting in [name, &format!("{name}+auto"), &format!("{name}+path")] {
            let variables = [("PATH", path.as_str()), ("GOTOOLCHAIN", setting)];
            check(&ground, &variables, &format!("GOTOOLCHAIN={setting}"));
        }
        ground.write(USER, &format!("GOTOOLCHAIN={name}\n"));
        check(&ground, &[("PATH", &path)], "in the user's file");
        check(
            &ground,
            &[("PATH", &path), ("GO111MODULE", "off")],
            "without modules",
        );
    }
}

/// In the module cache, as `go` fetches them; and one that is nowhere.
#[test]
fn show_finds_a_toolchain_that_was_fetched() {
    let ground = Ground::new();
    let shown = ground.modkeep(&["show", "--format", "json"]).json();
    let (os, arch) = (value(&shown, "GOHOSTOS"), value(&shown, "GOHOSTARCH"));
    let folder = format!("go/pkg/mod/golang.org/toolchain@v0.0.1-go1.99.1.{os}-{arch}");
    ground
        .write(&format!("{folder}/VERSION"), "go1.99.1\n")
        .write(&format!("{folder}/go.env"), "GOPROXY=https://new.example\n")
        .write(
            "work/go.mod",
            "module a.example/a\n\ngo 1.20\n\ntoolchain go1.99.1 // newer\n",
        );
    let look = |setting: &str| {
        ground.modkeep_with(&[("GOTOOLCHAIN", setting)], &["show", "--format", "json"])
    };
    let newer = look("auto").json();
    assert_eq!(value(&newer, "GOVERSION"), "go1.99.1");
    assert_eq!(value(&newer, "GOPROXY"), "https://new.example");
    assert_eq!(
        value(&newer, "GOROOT"),
        ground.at(&folder).display().to_string()
    );
    assert_eq!(
        value(&look("local").json(), "GOVERSION"),
        value(&shown, "GOVERSION")
    );
    let missing = look("go1.99.2");
    assert!(
        missing
            .err
            .contains("go1.99.2, which is not on this machine"),
        "{missing:?}"
    );
    assert_eq!(missing.code, 0);
}

fn check(ground: &Ground, variables: &[(&str, &str)], told: &str) {
    // By name, since all of them make go run a compiler; so it prints what it does not know too.
    let named = [&["env", "-json"], &NAMES[..]].concat();
    let go = ground.go_with(variables, &named);
    assert_eq!(go.code, 0, "{told}: {go:?}");
    let go = go.json();
    let shown = ground.modkeep_with(variables, &["show", "--format", "json"]);
    assert_eq!(shown.code, 0, "{told}: {shown:?}");
    let shown = shown.json();
    for name in NAMES {
        match find(&shown, name) {
            Some(ours) => assert_eq!(ours, go[name], "{told}: {name}"),
            None => assert!(
                [
                    "GOAMD64",
                    "GOAUTH",
                    "GOCACHEPROG",
                    "GODEBUG",
                    "GOFIPS140",
                    "GOTELEMETRY",
                    "GOTELEMETRYDIR"
                ]
                .contains(&name),
                "{told}: {name}"
            ),
        }
    }
}

/// Every name but GOGCCFLAGS, which a compiler says.
#[test]
fn bug_show_did_not_know_the_variables_of_compilers() {
    let flags = [
        ("CGO_CFLAGS", " -O1   '-DX=a b' \"-DY='q'\""),
        ("CGO_LDFLAGS", "-lm"),
        ("PKG_CONFIG", "pkgconf --static"),
        ("CGO_CPPFLAGS", ""),
    ];
    for go in testkit::find_toolchains() {
        let ground = Ground::with_go(&go);
        ground.write(USER, "CGO_FFLAGS=-O3\nCGO_CXXFLAGS=\n");
        for arch in [
            "386", "amd64", "arm", "arm64", "mips", "mips64le", "ppc64", "riscv64", "s390x",
        ] {
            let mut variables = vec![("GOARCH", arch)];
            variables.extend(flags.iter().filter(|_| arch == "amd64"));
            let mut printed = ground.go_with(&variables, &["env", "-json"]).json();
            printed.as_object_mut().unwrap().remove("GOGCCFLAGS");
            let shown = ground.modkeep_with(&variables, &["show", "--format", "json"]);
            let shown = shown.json();
            let ours: serde_json::Map<_, _> = shown["variables"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| {
                    (
                        one["name"].as_str().unwrap().to_owned(),
                        one["value"].clone(),
                    )
                })
                .collect();
            assert_eq!(Value::from(ours), printed, "{} {arch}", go.display());
        }
    }
}

/// The names are those of the list without names.
#[test]
fn show_has_the_names_that_each_toolchain_prints() {
    for go in testkit::find_toolchains() {
        for arch in ["amd64", "arm64"] {
            let ground = Ground::with_go(&go);
            let variables = [("GOARCH", arch)];
            let printed = ground.go_with(&variables, &["env", "-json"]).json();
            let shown = ground
                .modkeep_with(&variables, &["show", "--format", "json"])
                .json();
            for name in NAMES {
                let told = format!("{} {arch} {name}", go.display());
                assert_eq!(find(&shown, name), printed[name].as_str(), "{told}");
            }
        }
    }
}

fn find<'v>(shown: &'v Value, name: &str) -> Option<&'v str> {
    let mut variables = shown["variables"].as_array().unwrap().iter();
    let variable = variables.find(|variable| variable["name"] == name);
    variable.map(|variable| variable["value"].as_str().unwrap())
}

/// The value of a variable; empty for one that is not shown.
fn value<'v>(shown: &'v Value, name: &str) -> &'v str {
    find(shown, name).unwrap_or_default()
}

/// Where a value was set and what lost, with lines; and who it was that looked.
#[test]
fn show_says_where_each_value_was_set() {
    let ground = Ground::new();
    ground.write(
        USER,
        "# c\nGOPROXY=https://u:hunter2@old.example\nGOPROXY=https://b.example\n",
    );
    let shown = ground.modkeep_with(
        &[
            ("GOPROXY", "https://a.example"),
            ("USER", "gopher"),
            ("CI", "1"),
        ],
        &["show", "--format", "json"],
    );
    assert!(!shown.out.contains("hunter2"));
    let shown = shown.json();
    let user = ground.user_file().display().to_string();
    let proxy = shown["variables"]
        .as_array()
        .unwrap()
        .iter()
        .find(|variable| variable["name"] == "GOPROXY")
        .unwrap();
    assert_eq!(
        (&proxy["origin"], &proxy["line"]),
        (&Value::from("environment"), &Value::Null)
    );
    let lost = |index: usize| {
        (
            proxy["shadows"][index]["path"].as_str(),
            proxy["shadows"][index]["line"].as_u64(),
        )
    };
    assert_eq!(
        (lost(0), lost(1)),
        (
            (Some(user.as_str()), Some(3)),
            (Some(user.as_str()), Some(2))
        )
    );
    assert_eq!(proxy["shadows"][2]["origin"], "go.env");
    assert_eq!(
        (&shown["user"], &shown["context"]),
        (&Value::from("gopher"), &Value::from("ci"))
    );
    for name in ["host", "time", "go_version", "modkeep_version"] {
        assert!(shown[name].is_string(), "{name}: {shown}");
    }
    let text = ground.modkeep(&["show", "GOPROXY"]).out;
    assert!(
        text.starts_with(&format!("GOPROXY='https://b.example'  # {user}:3\n")),
        "{text}"
    );
    assert!(
        text.contains("# shadows 'https://u:xxxxx@old.example'"),
        "{text}"
    );
}

#[test]
fn show_answers_for_another_release() {
    let ground = Ground::new();
    let value_of = |go: &str, name: &str| {
        let shown = ground
            .modkeep(&["show", "--go", go, "--format", "json"])
            .json();
        value(&shown, name).to_owned()
    };
    assert_eq!(value_of("1.12", "GOPROXY"), "");
    assert_ne!(value_of("1.13", "GOPROXY"), "");
    assert_eq!(value_of("1.21.13", "GOVERSION"), "go1.21.13");
    assert_eq!(
        (value_of("1.23", "GOAUTH"), value_of("1.24", "GOAUTH")),
        (String::new(), "netrc".to_owned())
    );
    assert_eq!(ground.modkeep(&["show", "--go", "1.9"]).code, 2);
    let wrong = ground.modkeep(&["show", "GOPROXI"]);
    assert!(
        wrong.code == 2 && wrong.err.contains("did you mean GOPROXY?"),
        "{wrong:?}"
    );
    assert!(
        !Path::new(&ground.user_file()).exists(),
        "show writes nothing"
    );
}
