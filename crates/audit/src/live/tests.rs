//! The live environment, tried on environments made up for it.

use goenv::{Lookup, Root};
use platform::EnvSnapshot;
use policy::Policy;

use super::*;
use crate::Severity;

/// A machine of these variables and files; the folder `work` is where it runs.
struct Made {
    folder: tempfile::TempDir,
    env: EnvSnapshot,
}

impl Made {
    fn new(variables: &[(&str, &str)], files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [("home/.keep", ""), ("work/.keep", "")].iter().chain(files) {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let mut all = vec![("HOME".to_owned(), at("home"))];
        for (name, value) in variables {
            let value = value.replace("DIR", folder.path().to_str().unwrap());
            all.push(((*name).to_owned(), value));
        }
        let env = all.into_iter().collect();
        Self { folder, env }
    }

    fn looked(&self) -> Looked {
        let lookup = Lookup {
            env: &self.env,
            folder: Some(self.folder.path().join("work")),
            version: None,
            user: None,
            root: Root::machine(),
            installed_only: false,
        };
        lookup.run()
    }

    fn audit(&self, policy: Option<&Policy>) -> Audit {
        let looked = self.looked();
        let machine = Machine {
            env: &self.env,
            looked: &looked,
        };
        Audit::live(machine, policy, &Options::default())
    }

    /// `GP101 GP203` of all findings.
    fn found(&self, policy: Option<&Policy>) -> Vec<&'static str> {
        let audit = self.audit(policy);
        audit.findings.iter().map(|one| one.rule.id).collect()
    }
}

fn policy(client: &str) -> Policy {
    let text = format!("name = \"corp\"\n[client]\n{client}\n");
    Policy::parse("policy.toml", text.as_bytes()).unwrap()
}

#[test]
fn places_are_those_of_the_files() {
    let made = Made::new(
        &[("GOENV", "DIR/env"), ("GOROOT", "DIR/go")],
        &[
            ("env", "# mine\nGOSUMDB=off\nGOPROXY=direct\n"),
            ("go/VERSION", "go1.26.8\n"),
            (
                "go/go.env",
                "GOPROXY=https://proxy.example\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=local\n",
            ),
        ],
    );
    let audit = made.audit(None);
    let off = audit
        .findings
        .iter()
        .find(|one| one.rule.id == "GP201")
        .unwrap();
    let (path, line) = audit.repository.place(off.span.unwrap());
    assert_eq!((path, line), (made.env.get("GOENV").unwrap(), 2));
    assert_eq!(audit.repository.slice(off.span.unwrap()), "off");
    assert_eq!(off.site, "live");
    let site = &audit.sites[0];
    assert_eq!(site.go.as_deref(), Some("1.26.8"));
    let toolchain = site.environment.get("GOTOOLCHAIN").unwrap();
    assert!(!toolchain.is_default());
    let database = site.environment.get("GOSUMDB").unwrap();
    assert_eq!(database.candidates.len(), 2, "{database:?}");
}

#[test]
fn what_a_policy_writes_is_well() {
    for client in [
        "goproxy = \"https://goproxy.corp.example,direct\"",
        "goproxy = \"https://goproxy.corp.example|direct\"\nprivate = [\"git.corp.example\"]\nsumdb = \"sum.golang.org\"",
        "goproxy = \"https://goproxy.corp.example\"\nprivate = [\"git.corp.example\", \"*.in.example\"]\ndirect = \"private-only\"",
        "goproxy = \"https://goproxy.corp.example\"\nprivate = [\"git.corp.example\"]\ndirect = \"forbidden\"",
        "goproxy = \"https://a.corp.example|https://b.corp.example\"\nprivate = [\"git.corp.example\"]\ndirect = \"forbidden\"",
        "goproxy = \"file:///srv/modules,off\"\nprivate = [\"git.corp.example\"]\ndirect = \"forbidden\"",
        "goproxy = \"off\"\ndirect = \"forbidden\"",
    ] {
        let policy = policy(client);
        let settings = policy.client_settings();
        let settings: Vec<_> = settings
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let module = "module m.example/m\n\ngo 1.21\n\nrequire (\n\tgit.corp.example/a v1.0.0\n\trsc.io/quote v1.5.2\n)\n";
        let sum = "git.corp.example/a v1.0.0 h1:x\nrsc.io/quote v1.5.2 h1:x\n";
        let made = Made::new(&settings, &[("work/go.mod", module), ("work/go.sum", sum)]);
        let audit = made.audit(Some(&policy));
        let loud: Vec<_> = audit
            .findings
            .iter()
            .filter(|one| one.severity > Severity::Info)
            .map(|one| format!("{} {}", one.rule.id, one.message))
            .collect();
        assert!(loud.is_empty(), "{client}: {loud:?}");
    }
}

#[test]
fn nothing_set_is_well_without_a_policy() {
    let none: Vec<&str> = Vec::new();
    assert_eq!(Made::new(&[], &[]).found(None), none);
    let unset = policy("goproxy = \"https://goproxy.corp.example\"\ndirect = \"forbidden\"");
    assert_eq!(Made::new(&[], &[]).found(Some(&unset)), ["GP001"]);
}

/// Variables as well-kept machines have them.
const WELL_KEPT: [&[(&str, &str)]; 6] = [
    &[
        ("CI", "true"),
        ("GITHUB_ACTIONS", "true"),
        ("GOROOT_1_24_X64", "/opt/go/1.24.3/x64"),
        ("GOTOOLCHAIN", "local"),
        ("GOOGLE_APPLICATION_CREDENTIALS", "/tmp/x.json"),
    ],
    &[
        ("GOLANG_VERSION", "1.24.3"),
        ("GOPATH", "/go"),
        ("GOTOOLCHAIN", "local"),
        ("GOCACHE", "/cache/build"),
        ("GOMODCACHE", "/cache/mod"),
    ],
    &[
        ("GOPROXY", gomod::defaults::GOPROXY),
        ("GOSUMDB", "sum.golang.org"),
        ("GOPRIVATE", "git.corp.example,*.internal.corp.example"),
        ("GOFLAGS", "-mod=readonly -trimpath"),
        ("GOOS", "linux"),
        ("GOARCH", "amd64"),
        ("GOGC", "200"),
        ("GOMAXPROCS", "4"),
        ("GOTRACEBACK", "all"),
        ("GODEBUG", "netdns=go"),
        ("GOEXPERIMENT", "rangefunc"),
        ("GOCOVERDIR", "/tmp/cover"),
        ("CGO_ENABLED", "0"),
    ],
    &[
        ("GOPROXY", "https://goproxy.corp.example"),
        ("GONOPROXY", "none"),
        ("GOPRIVATE", "git.corp.example"),
        ("HTTPS_PROXY", "http://proxy.corp.example:3128"),
        ("NO_PROXY", "localhost,127.0.0.1,.corp.example,corp.example"),
        ("SSL_CERT_FILE", "DIR/bundle.pem"),
        ("NETRC", "DIR/secret/netrc"),
        ("GIT_TERMINAL_PROMPT", "0"),
    ],
    &[("GOPROXY", "off"), ("GOFLAGS", "-mod=vendor")],
    &[
        ("GOPROXY", "http://127.0.0.1:3000"),
        ("GONOSUMDB", "corp.example"),
        ("GONOPROXY", "none"),
    ],
];

/// The files beside them.
const KEPT: [(&str, &str); 5] = [
    ("bundle.pem", "-----BEGIN CERTIFICATE-----\n"),
    (
        "work/go.mod",
        "module m.example/m\n\ngo 1.21\n\nrequire rsc.io/quote v1.5.2\n",
    ),
    ("work/go.sum", "rsc.io/quote v1.5.2 h1:x\n"),
    (
        "work/vendor/modules.txt",
        "# rsc.io/quote v1.5.2\n## explicit\nrsc.io/quote\n",
    ),
    (
        "home/.gitconfig",
        "[user]\n\tname = x\n[url \"ssh://git@git.corp.example/\"]\n\tinsteadOf = https://git.corp.example/\n",
    ),
];

/// What CI systems and images set by themselves is no fault of anybody.
#[test]
fn well_kept_environments_are_left_alone() {
    let none: Vec<String> = Vec::new();
    for variables in WELL_KEPT {
        let made = Made::new(variables, &KEPT);
        let audit = made.audit(None);
        let loud = audit
            .findings
            .iter()
            .filter(|one| one.severity > Severity::Info);
        let loud: Vec<String> = loud
            .map(|one| format!("{} {}", one.rule.id, one.message))
            .collect();
        assert_eq!(loud, none, "{variables:?}");
    }
}

#[test]
fn each_live_rule_speaks() {
    let long = "DIR/nowhere";
    for (variables, rule) in [
        (&[("GOPROXY", "")][..], "GP002"),
        (&[("GOPROXY", "direct")], "GP003"),
        (&[("GOPROXY", "fallback")], "GP012"),
        (&[("GOPROXY", "https://a.example;direct")], "GP010"),
        (&[("GOSUMDB", "off")], "GP201"),
        (&[("GOSUMDB", "sum.golang.org+<key>")], "GP202"),
        (&[("GONOPROXY", "git.corp.example")], "GP102"),
        (
            &[
                ("GOPROXY", "https://p.example"),
                ("GOINSECURE", "p.example"),
            ],
            "GP302",
        ),
        (&[("GOPROXY", "http://p.example")], "GP301"),
        (&[("GOPROXY", "https://u:s3cret@p.example")], "GP305"),
        (&[("GO111MODULE", "off")], "GP028"),
        (
            &[("GOPROXY", "off"), ("GOPRIVATE", "corp.example")],
            "GP004",
        ),
        (
            &[("GOVCS", "*:off"), ("GOPRIVATE", "corp.example")],
            "GP318",
        ),
        (
            &[
                ("GOPROXY", "https://p.example"),
                ("GOINSECURE", "corp.example"),
            ],
            "GP302",
        ),
        (&[("GO_PROXY", "x"), ("GOENV", long)], "GP027"),
    ] {
        let found = Made::new(variables, &[]).found(None);
        assert!(found.contains(&rule), "{variables:?}: {found:?}");
    }
}

#[test]
fn a_toolchain_without_its_defaults_is_told() {
    let made = Made::new(&[("GOROOT", "DIR/go")], &[("go/VERSION", "go1.26.8\n")]);
    let audit = made.audit(None);
    let names: Vec<_> = audit
        .findings
        .iter()
        .map(|one| (one.rule.id, one.variable.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(names, [("GP029", "GOPROXY"), ("GP029", "GOSUMDB")]);
}

#[test]
fn what_cannot_be_read_is_told() {
    let broken = "module m.example/m\n\nrequire (\n";
    assert_eq!(
        Made::new(&[], &[("work/go.mod", broken)]).found(None),
        ["GP901"]
    );
    let large = "#".repeat(2 << 20);
    let made = Made::new(&[("GOENV", "DIR/env")], &[("env", &large)]);
    assert_eq!(made.found(None), ["GP901"]);
}

#[test]
fn a_toolchain_that_is_not_there_is_told() {
    for (setting, lines, wanted) in [
        ("auto", "go 1.30.0", "GP401"),
        ("auto", "go 1.21\n\ntoolchain go1.30.1", "GP401"),
        ("path", "go 1.21\n\ntoolchain go1.30.1", "GP402"),
        ("local", "go 1.30.0", "GP402"),
        ("local", "go 1.21\n\ntoolchain go1.30.1", ""),
        ("auto", "go 1.21", ""),
    ] {
        let module = format!("module m.example/m\n\n{lines}\n");
        let made = Made::new(
            &[("GOROOT", "DIR/go"), ("GOTOOLCHAIN", setting)],
            &[
                ("work/go.mod", &module),
                ("go/VERSION", "go1.26.8\n"),
                (
                    "go/go.env",
                    "GOPROXY=https://p.example\nGOSUMDB=sum.golang.org\n",
                ),
            ],
        );
        assert_eq!(made.found(None).join(" "), wanted, "{setting} {lines}");
    }
}

#[test]
fn what_stands_beside_the_variables_is_judged_too() {
    for (variables, files, rule, place) in [
        (
            &[("GOPROXY", "https://p.example:8443")][..],
            &[("home/.netrc", "machine p.example login u password s3cret\n")][..],
            "GP309",
            Some(("home/.netrc", 1)),
        ),
        (
            &[],
            &[("home/.netrc", "machine p.example login u password s3cret\n")],
            "GP310",
            Some(("home/.netrc", 1)),
        ),
        (
            &[],
            &[(
                "home/.gitconfig",
                "[user]\n\tname = x\n[http]\n\tsslVerify = false\n",
            )],
            "GP313",
            Some(("home/.gitconfig", 4)),
        ),
        (
            &[
                ("GIT_CONFIG_COUNT", "1"),
                ("GIT_CONFIG_KEY_0", "http.sslVerify"),
                ("GIT_CONFIG_VALUE_0", "false"),
            ],
            &[],
            "GP313",
            None,
        ),
        (&[("SSL_CERT_FILE", "DIR/nowhere.pem")], &[], "GP315", None),
        (
            &[("SSL_CERT_FILE", "DIR/ca.pem")],
            &[("ca.pem", "none\n")],
            "GP315",
            None,
        ),
    ] {
        let made = Made::new(variables, files);
        let audit = made.audit(None);
        let found = audit.findings.iter().find(|one| one.rule.id == rule);
        let found = found.unwrap_or_else(|| panic!("{rule}: {:?}", audit.findings));
        let at = found.span.map(|span| audit.repository.place(span));
        let wanted = place.map(|(name, line)| (made.folder.path().join(name), line));
        let wanted = wanted
            .as_ref()
            .map(|(path, line)| (path.to_str().unwrap(), *line));
        assert_eq!(at, wanted, "{rule}");
        assert!(
            !found.message.contains("s3cret") && found.site == "live",
            "{found:?}"
        );
    }
}

#[test]
fn requirements_go_their_ways() {
    let module = "module m.example/m\n\ngo 1.21\n\nrequire (\n\tgit.corp.example/a v1.0.0\n\tvcs.example/b v1.0.0\n\trsc.io/quote v1.5.2\n\tlocal.example/c v1.0.0\n)\n\nreplace local.example/c => ./c\n";
    let corp = policy(
        "goproxy = \"https://goproxy.corp.example,direct\"\nprivate = [\"git.corp.example\"]",
    );
    for (variables, policy, chain, routed, counts) in [
        (
            &[
                ("GOPROXY", "https://goproxy.corp.example,direct"),
                ("GOPRIVATE", "git.corp.example"),
            ][..],
            Some(&corp),
            Ok("https://goproxy.corp.example,direct"),
            true,
            "direct 1, corporate 2",
        ),
        (
            &[
                ("GOPROXY", "https://p.example|https://goproxy.corp.example"),
                ("GONOPROXY", "vcs.example"),
            ],
            Some(&corp),
            Ok("https://p.example|https://goproxy.corp.example"),
            false,
            "leaked 1, direct 1, public 1",
        ),
        (
            &[("GOPROXY", "https://me:s3cret@p.example")],
            None,
            Ok("https://me:xxxxx@p.example"),
            true,
            "public 3",
        ),
        (&[("GOPROXY", "off")], None, Ok("off"), false, "nobody 3"),
        (&[("GOPROXY", "Direct")], None, Err(()), false, ""),
    ] {
        let made = Made::new(variables, &[("work/go.mod", module)]);
        let looked = made.looked();
        let machine = Machine {
            env: &made.env,
            looked: &looked,
        };
        let audit = Audit::live(machine, policy, &Options::default());
        let routing = Routing::of(&audit, machine, policy);
        assert_eq!(routing.chain.as_deref().map_err(|_| ()), chain);
        assert_eq!(routing.routed, routed, "{variables:?}");
        let told: Vec<_> = routing
            .counts()
            .iter()
            .map(|(way, count)| format!("{} {count}", way.word()))
            .collect();
        assert_eq!(told.join(", "), counts, "{variables:?}");
    }
}

#[test]
fn a_workspace_is_judged_with_all_its_modules() {
    let made = Made::new(
        &[],
        &[
            ("work/go.work", "go 1.24\n\nuse (\n\t./a\n\t./b\n)\n"),
            ("work/a/go.mod", "module m.example/a\n\ngo 1.24\n"),
            (
                "work/b/go.mod",
                "module m.example/b\n\ngo 1.24\n\nrequire git.corp.example/x v1.0.0\n",
            ),
        ],
    );
    let corp = policy(
        "goproxy = \"https://goproxy.corp.example,direct\"\nprivate = [\"git.corp.example\"]",
    );
    assert_eq!(made.audit(None).sites.len(), 2);
    assert!(made.found(Some(&corp)).contains(&"GP101"));
}

#[test]
fn assertions_hold_or_not() {
    let made = Made::new(
        &[
            ("GOPROXY", "https://p.example"),
            ("GOENV", "DIR/env"),
            ("API_TOKEN", "s3cret"),
            ("CI", "true"),
        ],
        &[("env", "GOFLAGS=-mod=vendor\n")],
    );
    let looked = made.looked();
    let machine = Machine {
        env: &made.env,
        looked: &looked,
    };
    let audit = Audit::live(machine, None, &Options::default());
    for (text, says) in [
        ("GOPROXY==https://p.example", ""),
        ("GOPROXY~=https://*.example", ""),
        ("GOPROXY!=direct", ""),
        ("GOPROXY set", ""),
        ("GOPRIVATE unset", ""),
        ("GOSUMDB unset", ""),
        ("GOSUMDB==sum.golang.org", ""),
        ("CI==true", ""),
        (
            "GOPROXY==off",
            "GOPROXY is `https://p.example`, set by the environment, but `GOPROXY==off` was asserted",
        ),
        (
            "GOSUMDB set",
            "GOSUMDB is not set and has its default `sum.golang.org`, but `GOSUMDB set` was asserted",
        ),
        (
            "GOPRIVATE set",
            "GOPRIVATE is not set, but `GOPRIVATE set` was asserted",
        ),
        (
            "API_TOKEN==x",
            "API_TOKEN is `xxxxx`, set by the environment, but a statement about API_TOKEN was asserted",
        ),
    ] {
        let finding = text
            .parse::<Assertion>()
            .unwrap()
            .judge(machine, &audit.repository);
        assert_eq!(
            finding.map(|one| one.message).unwrap_or_default(),
            says,
            "{text}"
        );
    }
    let flags = "GOFLAGS unset"
        .parse::<Assertion>()
        .unwrap()
        .judge(machine, &audit.repository)
        .unwrap();
    assert_eq!(audit.repository.slice(flags.span.unwrap()), "-mod=vendor");
}

/// What real `go` refuses (recorded in goenv's table, where our reading is held against it) is an error here.
#[test]
fn what_go_refuses_is_an_error() {
    let table = include_str!("../../../goenv/testdata/truth.tsv");
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    let mut seen = std::collections::HashSet::new();
    let mut silent = Vec::new();
    for row in rows {
        let fields: Vec<String> = row.split('\t').map(unescaped).collect();
        let names = ["GOPROXY", "GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOSUMDB"];
        let variables: Vec<_> = names
            .iter()
            .zip(&fields[1..])
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        for (name, at) in [("GOPROXY", 0), ("GOSUMDB", 4)] {
            if !seen.insert((name, fields[at + 1].clone())) {
                continue;
            }
            let env: EnvSnapshot = [variables[at]].into_iter().collect();
            let looked = Looked {
                env: goenv::GoEnv::resolve(&goenv::Sources::of(&env)),
                found: goenv::Found::default(),
                user: None,
                goroot: goenv::GorootFile::Assumed,
                unread: Vec::new(),
            };
            let client = goenv::Client::new(&looked.env);
            let refused = match (&client, name) {
                (Err(_), _) => true,
                (Ok(client), "GOSUMDB") => matches!(
                    goenv::Checksums::new(&looked.env, client, "corp.example/x"),
                    goenv::Checksums::Refused(_)
                ),
                (Ok(_), _) => false,
            };
            if !refused {
                continue;
            }
            let machine = Machine {
                env: &env,
                looked: &looked,
            };
            let audit = Audit::live(machine, None, &Options::default());
            let said = audit
                .findings
                .iter()
                .any(|one| one.severity == Severity::Error);
            if !said {
                silent.push((name, fields[at + 1].clone()));
            }
        }
    }
    assert!(seen.len() > 200, "{}", seen.len());
    assert!(
        silent.is_empty(),
        "{} of {}: {silent:#?}",
        silent.len(),
        seen.len()
    );
}

/// The text of a field of the table: escaped as Rust escapes.
fn unescaped(field: &str) -> String {
    let mut out = String::new();
    let mut letters = field.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('n') => out.push('\n'),
            Some('u') => {
                let code: String = letters
                    .by_ref()
                    .skip(1)
                    .take_while(|one| *one != '}')
                    .collect();
                let code = u32::from_str_radix(&code, 16).unwrap();
                out.push(char::from_u32(code).unwrap());
            }
            other => out.extend(other),
        }
    }
    out
}

#[test]
fn bug_no_folder_for_the_caches_was_well() {
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);
    let modules = "module cache not found: neither GOMODCACHE nor GOPATH is set";
    let builds = "GOCACHE is not defined and neither $XDG_CACHE_HOME nor $HOME are defined";
    let table: [Case<'_>; 11] = [
        (&[], &[]),
        (&[("GOPATH", "/go:~/go")], &["metacharacter '~': \"~/go\""]),
        (
            &[("GOPATH", "rel")],
            &["GOPATH entry is relative", "set GOPATH"],
        ),
        (&[("HOME", "")], &[modules, builds, "set HOME"]),
        (&[("HOME", ""), ("GOPATH", "/go")], &[builds]),
        (&[("HOME", ""), ("GOCACHE", "/c")], &[modules]),
        (
            &[("HOME", ""), ("GOCACHE", "/c"), ("GOMODCACHE", "/m")],
            &[],
        ),
        (
            &[("GOCACHE", "off")],
            &["build cache is disabled by GOCACHE=off"],
        ),
        (&[("GOCACHE", "c")], &["GOCACHE is not an absolute path"]),
        (&[("XDG_CACHE_HOME", "c")], &["XDG_CACHE_HOME is relative"]),
        (
            &[("GOMODCACHE", "m")],
            &["GOMODCACHE entry is relative; must be absolute path: \"m\""],
        ),
    ];
    for (variables, wanted) in table {
        let audit = Made::new(variables, &[]).audit(None);
        let found = audit.findings.iter().find(|one| one.rule.id == "GP412");
        let told = found.map_or("", |one| one.message.as_str());
        assert_eq!(found.is_some(), !wanted.is_empty(), "{variables:?} {told}");
        for part in wanted {
            assert!(told.contains(part), "{variables:?} {told}");
        }
    }
}

#[test]
fn bug_a_users_file_that_go_cannot_read_was_well() {
    for text in [
        "\u{feff}GOPROXY=https://goproxy.corp.example\n",
        "G\0O\0P\0R\0O\0X\0Y\0=\0o\0f\0f\0\n\0",
    ] {
        let made = Made::new(&[], &[("home/.config/go/env", text)]);
        assert_eq!(made.found(None), ["GP710"], "{text:?}");
    }
}

#[test]
fn bug_words_that_go_refuses_were_well() {
    for (variable, rule) in [
        (("GO111MODULE", "maybe"), "GP028"),
        (("GOFLAGS", "'-ldflags=-s -w"), "GP407"),
        (("GOFLAGS", "-mod"), "GP407"),
    ] {
        let found = Made::new(&[variable], &[]).found(None);
        assert!(found.contains(&rule), "{variable:?} {found:?}");
    }
    assert!(
        Made::new(&[("GOFLAGS", "'-ldflags=-s -w'")], &[])
            .found(None)
            .is_empty()
    );
}
