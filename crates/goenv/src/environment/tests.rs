//! Tables of what each variable is, by source and release.

use super::*;

const GO_ENV: &[u8] = b"# shipped\nGOPROXY=https://shipped.example\nGOPROXY=https://second.example\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=local\n";

struct Case<'a> {
    env: &'a [(&'a str, &'a str)],
    user: Option<&'a [u8]>,
    goroot: GorootFile,
    go: &'a str,
}

fn shipped() -> GorootFile {
    GorootFile::Read(EnvFile::parse(PathBuf::from("/go/go.env"), GO_ENV))
}

fn resolve(case: Case<'_>) -> GoEnv {
    let env = case.env.iter().copied().collect::<EnvSnapshot>();
    let user = case
        .user
        .map(|bytes| EnvFile::parse(PathBuf::from("/h/env"), bytes));
    let release = Release::parse(case.go).unwrap();
    GoEnv::resolve(&Sources {
        env: &env,
        user,
        goroot: case.goroot,
        release,
        os: Os::Unix,
        found: Found::default(),
    })
}

fn check(case: Case<'_>, name: &str, value: &str, origin: &Origin) {
    let told = format!("{name} for {} with {:?}", case.go, case.env);
    let found = resolve(case);
    let variable = found.get(name).unwrap_or_else(|| panic!("{told}: unknown"));
    assert_eq!(
        (variable.value.as_str(), &variable.origin),
        (value, origin),
        "{told}"
    );
}

fn user_line(line: usize) -> Origin {
    Origin::UserFile {
        path: PathBuf::from("/h/env"),
        line,
    }
}

fn go_env_line(line: usize) -> Origin {
    Origin::GorootFile {
        path: PathBuf::from("/go/go.env"),
        line,
    }
}

#[test]
fn the_order_is_gos() {
    let user: Option<&[u8]> = Some(b"GOPROXY=https://old.example\nGOPROXY=https://user.example\n");
    let process: &[(&str, &str)] = &[("GOPROXY", "https://process.example")];
    let empty: &[(&str, &str)] = &[("GOPROXY", "")];
    let go = "1.24";
    check(
        Case {
            env: process,
            user,
            goroot: shipped(),
            go,
        },
        "GOPROXY",
        "https://process.example",
        &Origin::Process,
    );
    check(
        Case {
            env: empty,
            user,
            goroot: shipped(),
            go,
        },
        "GOPROXY",
        "https://user.example",
        &user_line(2),
    );
    check(
        Case {
            env: empty,
            user: None,
            goroot: shipped(),
            go,
        },
        "GOPROXY",
        "https://shipped.example",
        &go_env_line(2),
    );
    let assumed = Case {
        env: empty,
        user: None,
        goroot: GorootFile::Assumed,
        go,
    };
    check(
        assumed,
        "GOPROXY",
        gomod::defaults::GOPROXY,
        &Origin::Default,
    );
    check(
        Case {
            env: &[],
            user: None,
            goroot: shipped(),
            go,
        },
        "GOTOOLCHAIN",
        "local",
        &go_env_line(5),
    );
}

/// go#61928 and others: from 1.21 on an empty line is not a default.
#[test]
fn an_empty_line_of_the_user_blocks_go_env() {
    let user: Option<&[u8]> = Some(b"GOPROXY=\n");
    check(
        Case {
            env: &[],
            user,
            goroot: shipped(),
            go: "1.21",
        },
        "GOPROXY",
        "",
        &user_line(1),
    );
    check(
        Case {
            env: &[],
            user,
            goroot: GorootFile::Assumed,
            go: "1.21",
        },
        "GOPROXY",
        "",
        &user_line(1),
    );
    let before = Case {
        env: &[],
        user,
        goroot: GorootFile::Assumed,
        go: "1.20",
    };
    check(
        before,
        "GOPROXY",
        gomod::defaults::GOPROXY,
        &Origin::Default,
    );
    let none = Case {
        env: &[],
        user: None,
        goroot: GorootFile::Missing,
        go: "1.21",
    };
    check(none, "GOSUMDB", "", &Origin::Default);
}

#[test]
fn old_releases_know_less() {
    let user: Option<&[u8]> = Some(b"GOPROXY=https://user.example\n");
    let old = resolve(Case {
        env: &[("GOPRIVATE", "x")],
        user,
        goroot: shipped(),
        go: "1.12",
    });
    assert_eq!(old.value("GOPROXY"), "");
    for name in ["GOPRIVATE", "GOSUMDB", "GOENV", "GOTOOLCHAIN", "GOAUTH"] {
        assert_eq!(old.get(name), None, "{name}");
    }
    let newer = resolve(Case {
        env: &[],
        user,
        goroot: shipped(),
        go: "1.13",
    });
    assert_eq!(newer.value("GOPROXY"), "https://user.example");
    assert_eq!((newer.get("GOAUTH"), newer.get("GOVCS")), (None, None));
}

#[test]
fn private_modules_are_the_default_of_both() {
    let env: &[(&str, &str)] = &[
        ("GOPRIVATE", "corp.example"),
        ("GONOSUMDB", "other.example"),
    ];
    let case = || Case {
        env,
        user: None,
        goroot: shipped(),
        go: "1.24",
    };
    check(
        case(),
        "GONOPROXY",
        "corp.example",
        &Origin::Follows("GOPRIVATE"),
    );
    check(case(), "GONOSUMDB", "other.example", &Origin::Process);
    check(case(), "GOAUTH", "netrc", &Origin::Default);
}

#[test]
fn goenv_says_which_file_is_read() {
    let case = |env| Case {
        env,
        user: None,
        goroot: shipped(),
        go: "1.24",
    };
    check(
        case(&[("HOME", "/h")]),
        "GOENV",
        "/h/.config/go/env",
        &Origin::Default,
    );
    check(
        case(&[("HOME", "/h"), ("GOENV", "off")]),
        "GOENV",
        "",
        &Origin::Process,
    );
}
