//! `modkeep check`: the live environment judged before a build, held against what real `go` does there.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;
use testkit::truth::{Case, Observer};
use testkit::{Database, Upstream, find_go};

const MODKEEP: &str = env!("CARGO_BIN_EXE_modkeep");

const FORBIDDEN: &str = "name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example\"\nprivate = [\"git.corp.example\"]\ndirect = \"forbidden\"\n";
const ALLOWED: &str = "name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example,direct\"\nprivate = [\"git.corp.example\"]\n";

const MODULE: &str = "module m.example/m\n\ngo 1.21\n\nrequire (\n\tgit.corp.example/a v1.0.0\n\tpublic.example/b v1.0.0\n)\n";

/// A job: a home, a folder with a module, and variables.
struct Job {
    place: TempDir,
    variables: Vec<(String, String)>,
}

struct Said {
    out: String,
    err: String,
    code: i32,
}

impl Job {
    fn new(variables: &[(&str, &str)]) -> Self {
        let place = tempfile::tempdir().unwrap();
        let mut job = Self {
            place,
            variables: Vec::new(),
        };
        job.write("work/go.mod", MODULE).write("home/.keep", "");
        let home = job.text("home");
        job.set("HOME", &home).set("PATH", "/usr/bin:/bin");
        for (name, value) in variables {
            job.set(name, value);
        }
        job
    }

    fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn write(&mut self, name: &str, text: &str) -> &mut Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    fn run(&self, arguments: &[&str]) -> Said {
        let output = Command::new(MODKEEP)
            .arg("check")
            .args(arguments)
            .current_dir(self.path("work"))
            .env_clear()
            .envs(self.variables.iter().cloned())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said {
            out: text(output.stdout),
            err: text(output.stderr),
            code: output.status.code().unwrap(),
        }
    }

    fn run_json(&self, arguments: &[&str]) -> (Value, i32) {
        let said = self.run(&[&["--format", "json"], arguments].concat());
        let whole = serde_json::from_str(&said.out);
        (
            whole.unwrap_or_else(|error| panic!("{error}: {}\n{}", said.out, said.err)),
            said.code,
        )
    }

    /// The ids of the errors, and those of the warnings, in order.
    fn judged(&self, arguments: &[&str]) -> (Vec<String>, Vec<String>, i32) {
        let (whole, code) = self.run_json(arguments);
        let of = |severity: &str| {
            let findings = whole["findings"].as_array().unwrap().iter();
            let those = findings.filter(|one| one["severity"] == severity);
            those
                .map(|one| one["rule"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        (of("error"), of("warning"), code)
    }
}

/// A row of the article's table, as corrected: what is set, what `check` finds, whom real `go` asks.
struct Row {
    what: &'static str,
    goproxy: &'static str,
    goprivate: &'static str,
    gonosumdb: &'static str,
    gosumdb: &'static str,
    goinsecure: &'static str,
    errors: &'static [&'static str],
    warnings: &'static [&'static str],
    /// For the module git.corp.example/a.
    asked: &'static [&'static str],
    sums: &'static [&'static str],
}

const PLAIN: Row = Row {
    what: "",
    goproxy: "",
    goprivate: "",
    gonosumdb: "",
    gosumdb: "sum.golang.org",
    goinsecure: "",
    errors: &[],
    warnings: &[],
    asked: &[],
    sums: &[],
};

const TABLE: &[Row] = &[
    Row {
        what: "a public proxy",
        goproxy: "https://tls.example,direct",
        asked: &["tls.example"],
        ..PLAIN
    },
    Row {
        what: "a public proxy, private modules past it",
        goproxy: "https://tls.example,direct",
        goprivate: "git.corp.example",
        asked: &["direct"],
        ..PLAIN
    },
    Row {
        what: "a private proxy by https: no GOSUMDB=off is needed",
        goproxy: "https://tls.example",
        asked: &["tls.example"],
        ..PLAIN
    },
    Row {
        what: "a private proxy by http: it is asked without GOINSECURE, and the database through it",
        goproxy: "http://has.example",
        warnings: &["GP301"],
        asked: &["has.example"],
        sums: &["relay has.example", "lookup has.example"],
        ..PLAIN
    },
    Row {
        what: "a private proxy by http, with the exemption that private modules need",
        goproxy: "http://has.example",
        gonosumdb: "git.corp.example",
        warnings: &["GP103", "GP301"],
        asked: &["has.example"],
        ..PLAIN
    },
    Row {
        what: "GOINSECURE for it: no effect",
        goproxy: "http://has.example",
        goinsecure: "has.example",
        warnings: &["GP301", "GP302", "GP303"],
        asked: &["has.example"],
        sums: &["relay has.example", "lookup has.example"],
        ..PLAIN
    },
    Row {
        what: "GOSUMDB=off, as the article advises for a private proxy",
        goproxy: "https://tls.example",
        gosumdb: "off",
        errors: &["GP201"],
        asked: &["tls.example"],
        ..PLAIN
    },
    Row {
        what: "GOSUMDB=off behind http: nothing verifies at all",
        goproxy: "http://has.example",
        gosumdb: "off",
        errors: &["GP201", "GP301"],
        asked: &["has.example"],
        ..PLAIN
    },
    Row {
        what: "sum.golang.org+<key>, its other advice",
        goproxy: "http://has.example",
        gosumdb: "sum.golang.org+<key>",
        errors: &["GP202"],
        warnings: &["GP301"],
        asked: &["has.example"],
        ..PLAIN
    },
    Row {
        what: "direct is legal",
        goproxy: "direct",
        warnings: &["GP003"],
        asked: &["direct"],
        ..PLAIN
    },
    Row {
        what: "fallback is no word of Go",
        goproxy: "fallback",
        errors: &["GP012"],
        ..PLAIN
    },
    Row {
        what: "off does not stop private modules",
        goproxy: "off",
        goprivate: "git.corp.example",
        warnings: &["GP004"],
        asked: &["direct"],
        ..PLAIN
    },
];

#[test]
fn the_articles_table_as_corrected_and_as_go_does_it() {
    let mut observer = Observer::new(&find_go());
    for (number, row) in TABLE.iter().enumerate() {
        let job = Job::new(&[
            ("GOPROXY", row.goproxy),
            ("GOPRIVATE", row.goprivate),
            ("GONOSUMDB", row.gonosumdb),
            ("GOSUMDB", row.gosumdb),
            ("GOINSECURE", row.goinsecure),
        ]);
        let (errors, warnings, code) = job.judged(&[]);
        assert_eq!(errors, row.errors, "{}", row.what);
        assert_eq!(warnings, row.warnings, "{}", row.what);
        assert_eq!(code, i32::from(!row.errors.is_empty()), "{}", row.what);
        let strict = job.run(&["--strict"]).code;
        let is_loud = !row.errors.is_empty() || !row.warnings.is_empty();
        assert_eq!(strict, i32::from(is_loud), "{}", row.what);

        let did = observer.observe(
            &Case {
                goproxy: row.goproxy.to_owned(),
                goprivate: row.goprivate.to_owned(),
                gonoproxy: String::new(),
                gonosumdb: row.gonosumdb.to_owned(),
                gosumdb: row.gosumdb.to_owned(),
                module: "git.corp.example/a".to_owned(),
            },
            number,
        );
        assert_eq!(did.asked, row.asked, "{}: go {did:?}", row.what);
        assert_eq!(did.sums, row.sums, "{}: go {did:?}", row.what);
        let (whole, _) = job.run_json(&[]);
        let way = match row.asked {
            [] => Value::Null,
            ["direct"] => Value::from("direct"),
            _ => Value::from("public"),
        };
        assert_eq!(
            whole["requirements"]["git.corp.example/a"], way,
            "{}",
            row.what
        );
    }
}

#[test]
fn one_line_when_all_is_well() {
    for (variables, policy, says) in [
        (&[][..], None, "all well: GOPROXY="),
        (
            &[
                ("GOPROXY", "https://goproxy.corp.example,direct"),
                ("GOPRIVATE", "git.corp.example"),
            ],
            Some(ALLOWED),
            "GOPROXY=https://goproxy.corp.example,direct | routed: yes | enforced: not shown",
        ),
        (
            &[
                ("GOPROXY", "https://goproxy.corp.example"),
                ("GONOPROXY", "none"),
                ("GONOSUMDB", "git.corp.example"),
            ],
            Some(FORBIDDEN),
            "2 corporate",
        ),
    ] {
        let mut job = Job::new(variables);
        let path = job.text("policy.toml");
        let arguments: Vec<&str> = match policy {
            Some(text) => {
                job.write("policy.toml", text);
                vec!["--strict", "--policy", &path]
            }
            None => vec!["--strict"],
        };
        let said = job.run(&arguments);
        assert_eq!(
            (said.code, said.out.lines().count()),
            (0, 1),
            "{}",
            said.out
        );
        assert!(said.out.contains(says), "{}", said.out);
        assert_eq!(said.err, "");
    }
}

#[test]
fn leaks_come_first_and_are_errors_but_under_observe() {
    let variables = [
        ("GOPROXY", "https://p.example;direct"),
        ("GOSUMDB", "sum.golang.org"),
    ];
    let mut job = Job::new(&variables);
    let path = job.text("policy.toml");
    job.write("policy.toml", ALLOWED)
        .set("MODKEEP_POLICY", &path);
    let (errors, _, code) = job.judged(&[]);
    assert_eq!((errors[0].as_str(), code), ("GP101", 1), "{errors:?}");
    job.write("policy.toml", &format!("mode = \"observe\"\n{ALLOWED}"));
    let (errors, warnings, code) = job.judged(&[]);
    assert_eq!((errors.len(), warnings[0].as_str(), code), (0, "GP101", 0));
    assert_eq!(job.run(&["--strict"]).code, 1);
}

#[test]
fn findings_have_the_fields_of_the_contract() {
    let mut job = Job::new(&[]);
    job.write("home/.config/go/env", "# ours\nGOSUMDB=off\n");
    let (whole, code) = job.run_json(&[]);
    assert_eq!((&whole["schema"], code), (&Value::from(1), 1));
    let finding = &whole["findings"][0];
    for (field, wanted) in [
        ("rule", "GP201"),
        ("name", "gosumdb-off"),
        ("severity", "error"),
        ("confidence", "high"),
        ("site", "live"),
        ("variable", "GOSUMDB"),
        ("value", "off"),
        ("path", &job.text("home/.config/go/env")),
    ] {
        assert_eq!(finding[field], wanted, "{field}");
    }
    assert_eq!(
        (&finding["line"], &finding["column"]),
        (&Value::from(2), &Value::from(9))
    );
    assert!(finding["message"].is_string() && finding.get("fix").is_some());
}

#[test]
fn assertions_decide() {
    let job = Job::new(&[
        ("GOPROXY", "https://goproxy.corp.example"),
        ("GOFLAGS", "-mod=readonly"),
    ]);
    for (assertion, code) in [
        ("GOPROXY==https://goproxy.corp.example", 0),
        ("GOPROXY!=direct", 0),
        ("GOPROXY~=https://*.corp.example", 0),
        ("GOPROXY set", 0),
        ("GOPRIVATE unset", 0),
        ("GOPROXY==direct", 1),
        ("GOPROXY!=https://goproxy.corp.example", 1),
        ("GOPROXY~=http://*", 1),
        ("GOFLAGS unset", 1),
        ("GOPRIVATE set", 1),
        ("GOPROXY=direct", 2),
        ("", 2),
    ] {
        let said = job.run(&["--assert", assertion]);
        assert_eq!(said.code, code, "{assertion}: {}{}", said.out, said.err);
        if code == 1 {
            assert!(
                said.out.contains(assertion) && said.out.contains("GP907"),
                "{}",
                said.out
            );
        }
    }
    let both = ["--assert", "GOPROXY set", "--assert", "GOPROXY unset"];
    assert_eq!(job.run(&both).code, 1);
}

#[test]
fn what_cannot_be_checked_is_3_and_what_is_wrong_usage_2() {
    let mut job = Job::new(&[]);
    std::fs::remove_file(job.path("work/go.mod")).unwrap();
    assert_eq!(job.run(&[]).code, 0);
    let (whole, code) = job.run_json(&["--require-go"]);
    assert_eq!(
        (whole, code),
        (serde_json::json!({"schema": 1, "findings": []}), 3)
    );
    job.write("work/go.mod", "module m.example/m\n\nrequire (\n");
    assert_eq!(job.run(&["--require-go"]).code, 3);
    assert_eq!(job.run(&["--strict"]).code, 1);
    let gone = job.run(&[
        "--policy",
        "http://127.0.0.1:1/policy.toml",
        "--format",
        "json",
    ]);
    assert_eq!(gone.code, 3, "{}", gone.err);
    assert!(gone.out.contains("\"findings\": []"), "{}", gone.out);
    for arguments in [
        &["--policy", "nowhere.toml"][..],
        &["--policy", "broken.toml"],
        &["--format", "yaml"],
        &["--strict", "all"],
        &["--format", "json", "--format", "text"],
    ] {
        job.write("work/broken.toml", "name = \n");
        let said = job.run(arguments);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{arguments:?}");
        assert_ne!(said.err, "");
    }
}

#[test]
fn all_formats_are_those_of_the_audit() {
    let job = Job::new(&[
        ("GOPROXY", "https://me:s3cret@p.example"),
        ("GOSUMDB", "off"),
    ]);
    for (format, says) in [
        ("text", "error[GP201]"),
        ("json", "\"rule\": \"GP201\""),
        ("sarif", "\"ruleId\": \"modkeep/GP201\""),
        ("junit", "<testsuite name=\"environment\""),
        ("github", "::error title=GP201 gosumdb-off::"),
        ("gitlab", "\"check_name\": \"gosumdb-off\""),
    ] {
        let said = job.run(&["--format", format]);
        assert!(said.out.contains(says), "{format}: {}", said.out);
        assert!(
            !format!("{}{}", said.out, said.err).contains("s3cret"),
            "{format}"
        );
        assert_eq!(said.code, 1);
    }
    let file = job.text("out.sarif");
    let said = job.run(&["--format", &format!("sarif={file}"), "--format", "text"]);
    assert!(said.out.contains("error[GP201]"), "{}", said.out);
    assert!(std::fs::read_to_string(file).unwrap().contains("2.1.0"));
}

/// A file that a finding speaks of is shown without what is secret in it.
#[test]
fn secrets_of_files_are_not_shown() {
    let mut job = Job::new(&[("GOPROXY", "https://p.example:8443")]);
    job.write(
        "home/.netrc",
        "machine p.example login me password hunter2hunter2\n",
    );
    job.write(
        "home/.config/go/env",
        "GOPROXY=https://x:hunter2hunter2@p.example;direct\nGOAUTH=git;;off\n",
    );
    job.write(
        "home/.gitconfig",
        "[url \"https://me:hunter2hunter2@git.corp.example\"]\n\tinsteadOf = https://git.corp.example\n[http]\n\tsslVerify=false\n",
    );
    for format in ["text", "json", "sarif", "junit", "github", "gitlab"] {
        let said = job.run(&["--format", format, "--assert", "GOAUTH==hunter2hunter2"]);
        assert_eq!(said.code, 1, "{}{}", said.out, said.err);
        assert!(
            said.out.contains("GP309") || format == "gitlab",
            "{}",
            said.out
        );
        let whole = format!("{}{}", said.out, said.err);
        assert!(!whole.contains("hunter2"), "{format}: {whole}");
    }
}

/// The block is in the syntax of the CI system here, and with it the check is content.
#[test]
fn the_block_mends() {
    for (variable, line) in [
        (
            "GITHUB_ACTIONS",
            "echo 'GOPROXY=https://goproxy.corp.example' >> \"$GITHUB_ENV\"",
        ),
        ("GITLAB_CI", "  GOPROXY: \"https://goproxy.corp.example\""),
        ("JENKINS_URL", "  GOPROXY = 'https://goproxy.corp.example'"),
        ("NOTHING", "export GOPROXY='https://goproxy.corp.example'"),
    ] {
        let mut job = Job::new(&[("GOPROXY", "direct"), (variable, "true")]);
        let path = job.text("policy.toml");
        job.write("policy.toml", FORBIDDEN)
            .set("MODKEEP_POLICY", &path);
        let said = job.run(&[]);
        assert!(said.out.lines().any(|one| one == line), "{}", said.out);
        let docker = job.run(&["--syntax", "dockerfile"]);
        let wanted = "ARG GOPROXY=\"https://goproxy.corp.example\"";
        assert!(
            docker.out.lines().any(|one| one == wanted),
            "{}",
            docker.out
        );
    }
    let variables = [
        ("GOPROXY", "https://goproxy.corp.example;direct"),
        ("GOSUMDB", "off"),
        ("GOPRIVATE", "*"),
        ("GO111MODULE", "off"),
    ];
    for policy in [None, Some(ALLOWED), Some(FORBIDDEN)] {
        let mut job = Job::new(&variables);
        let path = job.text("policy.toml");
        if let Some(text) = policy {
            job.write("policy.toml", text).set("MODKEEP_POLICY", &path);
        }
        let (whole, code) = job.run_json(&["--syntax", "shell"]);
        assert_eq!(code, 1);
        let block = whole["mend"]["text"].as_str().unwrap();
        let script = format!("{block}exec {MODKEEP} check");
        let output = Command::new("sh")
            .args(["-c", &script])
            .current_dir(job.path("work"))
            .env_clear()
            .envs(job.variables.iter().cloned())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{policy:?}: {block}\n{said}");
    }
}

/// It never starts `go`: the one in PATH would leave a trace.
#[test]
fn go_is_never_started() {
    let mut job = Job::new(&[("GOPROXY", "direct")]);
    let trace = job.text("trace");
    job.write("bin/go", &format!("#!/bin/sh\necho started >> '{trace}'\n"));
    job.write("VERSION", "go1.26.8\n");
    let go = job.path("bin/go");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(go, mode).unwrap();
    let path = format!("{}:/usr/bin:/bin", job.text("bin"));
    job.set("PATH", &path);
    let (whole, _) = job.run_json(&[]);
    assert_eq!(whole["toolchain"], "go1.26.8");
    assert!(!job.path("trace").exists());
}

#[test]
fn the_network_is_asked_only_online() {
    let upstream = Upstream::start();
    let database = Database::new("sums.invalid");
    upstream.relay(&database);
    // Whatever goes past the proxy goes to a door that is shut.
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut job = Job::new(&[
        ("GOPROXY", &upstream.url()),
        ("GOSUMDB", &database.gosumdb()),
        ("HTTPS_PROXY", &format!("http://{closed}")),
    ]);
    let (whole, code) = job.run_json(&[]);
    assert_eq!((code, &whole["enforced"]), (0, &Value::Null));
    assert_eq!(upstream.seen().len(), 0);

    let (whole, code) = job.run_json(&["--online"]);
    assert_eq!(
        (code, &whole["enforced"]),
        (0, &Value::from(true)),
        "{whole:#}"
    );
    assert_eq!(upstream.count("sumdb/sums.invalid/supported"), 1);

    // The database answers by itself: there is a way past the proxy.
    let open = format!(
        "{} {}/sumdb/sums.invalid",
        database.gosumdb(),
        upstream.url()
    );
    let policy = format!(
        "name = \"corp\"\n[client]\ngoproxy = \"{}\"\nsumdb = \"{open}\"\ndirect = \"forbidden\"\n",
        upstream.url()
    );
    let path = job.text("policy.toml");
    job.write("policy.toml", &policy)
        .set("GOSUMDB", &open)
        .set("GONOPROXY", "none");
    let other = Upstream::start();
    other.relay(&database);
    let away = format!("{} {}/sumdb/sums.invalid", database.gosumdb(), other.url());
    job.set("GOSUMDB", &away);
    let (whole, _) = job.run_json(&["--online", "--policy", &path]);
    assert_eq!(whole["enforced"], false, "{whole:#}");
    let findings = whole["findings"].as_array().unwrap();
    assert!(
        findings.iter().any(|one| one["rule"] == "GP909"),
        "{whole:#}"
    );
}

#[test]
fn a_proxy_that_is_not_there_is_found_online() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let closed = format!("http://{closed}");
    let job = Job::new(&[("GOPROXY", &closed), ("HTTPS_PROXY", &closed)]);
    let (errors, _, code) = job.judged(&["--online"]);
    assert_eq!((errors, code), (vec!["GP908".to_owned()], 1));
    // A name that cannot be found, and no way out: nothing was checked.
    let job = Job::new(&[
        ("GOPROXY", "https://proxy.invalid"),
        ("GOSUMDB", "off"),
        ("HTTPS_PROXY", "http://door.invalid:3128"),
    ]);
    let (whole, code) = job.run_json(&["--online"]);
    assert_eq!((whole["findings"].as_array().unwrap().len(), code), (0, 3));
}
