//! `modkeep run` and the command line of `modkeep explain`.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use testkit::{Module, Reply, Times, Upstream, deadline, find_go};

const MODKEEP: &str = env!("CARGO_BIN_EXE_modkeep");

/// So that a test ends.
const WITHIN: Duration = Duration::from_mins(3);

/// A folder to run in, and what came of it.
struct Place(TempDir);

struct Said {
    out: String,
    err: String,
    code: Option<i32>,
}

impl Place {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        std::fs::write(
            place.path().join("go.mod"),
            "module main.example/m\n\ngo 1.20\n",
        )
        .unwrap();
        Self(place)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(MODKEEP);
        let go = find_go();
        let path = format!("{}:/usr/bin:/bin", go.parent().unwrap().display());
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.path())
            .env("GOSUMDB", "off")
            .env("GOTOOLCHAIN", "local")
            .env("GOFLAGS", "-modcacherw")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str], env: &[(&str, &str)]) -> Said {
        Said::of(
            &self
                .command(arguments)
                .envs(env.iter().copied())
                .output()
                .unwrap(),
        )
    }

    fn summary(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.path().join("run.json")).unwrap()).unwrap()
    }
}

impl Said {
    fn of(output: &Output) -> Self {
        Self {
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code(),
        }
    }
}

fn upstream() -> Upstream {
    let upstream = Upstream::start();
    upstream.add(&Module::new("rsc.example/quote", "v1.0.0"));
    upstream
}

const DOWNLOAD: [&str; 4] = ["go", "mod", "download", "rsc.example/quote@v1.0.0"];

#[test]
fn output_and_exit_code_stay_the_commands() {
    deadline(WITHIN, || {
        let place = Place::new();
        let said = place.run(
            &[
                "run",
                "--",
                "sh",
                "-c",
                "printf 'out\\377'; printf err >&2; exit 7",
            ],
            &[],
        );
        assert_eq!(
            (said.out.as_str(), said.err.as_str()),
            ("out\u{fffd}", "err")
        );
        assert_eq!(said.code, Some(7));
        assert_eq!(place.run(&["run", "--", "true"], &[]).code, Some(0));
        assert_eq!(
            place
                .run(&["run", "--", "sh", "-c", "kill -s KILL $$"], &[])
                .code,
            Some(137)
        );
        let missing = place.run(&["run", "--", "no-such-program"], &[]);
        assert_eq!(missing.code, Some(127));
        assert!(
            missing.err.contains("no-such-program is not there"),
            "{}",
            missing.err
        );
        for usage in [
            &["run"][..],
            &["run", "--attempts", "0", "--", "true"],
            &["run", "--summary", "no/such/file", "--", "true"],
        ] {
            assert_eq!(place.run(usage, &[]).code, Some(2), "{usage:?}");
        }
    });
}

#[test]
fn what_passes_is_tried_again() {
    deadline(WITHIN, || {
        let (place, upstream) = (Place::new(), upstream());
        upstream.script(
            "rsc.example/*",
            Times::Next(2),
            Reply::Status(503, "later".to_owned()),
        );
        let flags = ["run", "--backoff", "1ms", "--summary", "run.json", "--"];
        let said = place.run(
            &[&flags[..], &DOWNLOAD].concat(),
            &[("GOPROXY", &upstream.url())],
        );
        assert_eq!(said.code, Some(0), "{}", said.err);
        assert!(
            said.err.contains("attempt 2 failed with GE22"),
            "{}",
            said.err
        );
        let summary = place.summary();
        let attempts = summary["attempts"].as_array().unwrap();
        assert_eq!(attempts.len(), 3);
        assert_eq!(attempts[0]["ids"], serde_json::json!(["GE22"]));
        assert_eq!(attempts[2]["exit"], 0);
        assert!(attempts[0]["delay"].as_f64().unwrap() <= 0.001);
    });
}

#[test]
fn tries_end_after_four_and_the_failure_is_explained() {
    deadline(WITHIN, || {
        let (place, upstream) = (Place::new(), upstream());
        upstream.script(
            "rsc.example/*",
            Times::Always,
            Reply::Status(503, "later".to_owned()),
        );
        let flags = ["run", "--backoff", "1ms", "--summary", "run.json", "--"];
        let said = place.run(
            &[&flags[..], &DOWNLOAD].concat(),
            &[("GOPROXY", &upstream.url())],
        );
        assert_eq!(said.code, Some(1));
        assert_eq!(place.summary()["attempts"].as_array().unwrap().len(), 4);
        let go = said.err.rfind("503 Service Unavailable\n").unwrap();
        let explained = said.err.rfind("GE22").unwrap();
        assert!(explained < said.err.len() && go > 0, "{}", said.err);
        assert!(said.err.contains("  why:  "), "{}", said.err);
    });
}

#[test]
fn what_does_not_pass_is_tried_once() {
    deadline(WITHIN, || {
        let (place, upstream) = (Place::new(), upstream());
        upstream.script(
            "rsc.example/*",
            Times::Always,
            Reply::Status(403, "denied: CVE".to_owned()),
        );
        let flags = [
            "run",
            "--retry",
            "--backoff",
            "1ms",
            "--summary",
            "run.json",
            "--",
        ];
        let said = place.run(
            &[&flags[..], &DOWNLOAD].concat(),
            &[("GOPROXY", &upstream.url())],
        );
        assert_eq!(said.code, Some(1));
        assert_eq!(place.summary()["attempts"].as_array().unwrap().len(), 1);
        assert!(said.err.contains("GE20"), "{}", said.err);
        // A command that may not be repeated is not, though its error passes.
        let line =
            "echo 'go: m.example/m@v1.0.0: Get \"http://h/m.example/m/@v/list\": EOF' >&2; exit 3";
        let said = place.run(
            &["run", "--summary", "run.json", "--", "sh", "-c", line],
            &[],
        );
        assert_eq!(said.code, Some(3));
        assert_eq!(place.summary()["attempts"].as_array().unwrap().len(), 1);
        let retried = [
            "run",
            "--retry",
            "--attempts",
            "2",
            "--backoff",
            "1ms",
            "--summary",
            "run.json",
            "--",
            "sh",
            "-c",
            line,
        ];
        assert_eq!(place.run(&retried, &[]).code, Some(3));
        assert_eq!(place.summary()["attempts"].as_array().unwrap().len(), 2);
    });
}

#[test]
fn the_policy_sets_the_environment() {
    let place = Place::new();
    let policy = "name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example\"\nprivate = [\"git.corp.example\"]\ndirect = \"forbidden\"\n";
    std::fs::write(place.path().join("policy.toml"), policy).unwrap();
    let show = [
        "run",
        "--",
        "sh",
        "-c",
        "echo $GOPROXY $GONOPROXY $GONOSUMDB",
    ];
    let wanted = "https://goproxy.corp.example none git.corp.example\n";
    let by_variable = place.run(
        &show,
        &[("MODKEEP_POLICY", "policy.toml"), ("GOPROXY", "direct")],
    );
    assert_eq!(by_variable.out, wanted);
    let by_flag = [&["run", "--policy", "policy.toml"], &show[1..]].concat();
    assert_eq!(place.run(&by_flag, &[]).out, wanted);
    let missing = [&["run", "--policy", "none.toml"], &show[1..]].concat();
    assert_eq!(place.run(&missing, &[]).code, Some(2));
}

/// `GONOPROXY='*' GONOSUMDB='*' GOSUMDB=off` of the surroundings stayed in force under the policy.
#[test]
fn what_the_surroundings_say_does_not_go_before_the_policy() {
    let place = Place::new();
    let policy = "name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example\"\nprivate = [\"git.corp.example\"]\n";
    let user = "GONOSUMDB=*\nGOSUMDB=off\n";
    std::fs::write(place.path().join("goenv"), user).unwrap();
    for direct in ["allowed", "private-only"] {
        let policy = format!("{policy}direct = \"{direct}\"\n");
        std::fs::write(place.path().join("policy.toml"), policy).unwrap();
        let said = place.run(
            &[
                "run",
                "--policy",
                "policy.toml",
                "--",
                "go",
                "env",
                "GOPROXY",
                "GOPRIVATE",
                "GONOPROXY",
                "GONOSUMDB",
                "GOSUMDB",
            ],
            &[
                ("GONOPROXY", "*"),
                ("GOENV", "goenv"),
                ("GOTOOLCHAIN", "local"),
            ],
        );
        let wanted = "https://goproxy.corp.example\ngit.corp.example\ngit.corp.example\ngit.corp.example\nsum.golang.org\n";
        assert_eq!(said.out, wanted, "{direct}: {}", said.err);
    }
}

#[test]
fn silence_names_the_entry_that_does_not_answer() {
    deadline(WITHIN, || {
        let (place, upstream) = (Place::new(), upstream());
        upstream.script(
            "rsc.example/*",
            Times::Always,
            Reply::Gate("open".to_owned()),
        );
        let list = format!("{},http://127.0.0.1:1", upstream.url());
        let mut child = place
            .command(&[&["run", "--silence", "200ms", "--"][..], &DOWNLOAD].concat())
            .env("GOPROXY", &list)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut told = Vec::new();
        for line in lines.map_while(Result::ok) {
            told.push(line);
            if told.last().unwrap().contains("127.0.0.1:1 ") {
                upstream.open_gate("open");
            }
        }
        assert!(child.wait().unwrap().success(), "{told:?}");
        let told = told.join("\n");
        assert!(
            told.contains(&format!("{} answered 404", upstream.url())),
            "{told}"
        );
        assert!(
            told.contains("http://127.0.0.1:1 does not answer: "),
            "{told}"
        );
    });
}

#[test]
fn signals_end_the_command() {
    deadline(WITHIN, || {
        let place = Place::new();
        for (name, number) in [("TERM", 15), ("INT", 2), ("HUP", 1)] {
            let line = format!(
                "trap 'exit {}' {name}; echo ready; while :; do sleep 0.05; done",
                50 + number
            );
            let mut child = place
                .command(&["run", "--", "sh", "-c", &line])
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut out = BufReader::new(child.stdout.take().unwrap());
            out.read_line(&mut String::new()).unwrap();
            let id = child.id().to_string();
            assert!(
                Command::new("kill")
                    .args(["-s", name, &id])
                    .status()
                    .unwrap()
                    .success()
            );
            assert_eq!(child.wait().unwrap().code(), Some(50 + number), "{name}");
        }
    });
}

#[test]
fn explain_ends_as_designed() {
    let place = Place::new();
    let table: [(&str, i32, &str); 5] = [
        ("all is well\n", 0, "[]"),
        ("go: downloading a.b/c v1.0.0\n", 0, "[]"),
        (
            "verifying git.example.com/internal@v1.2.3: checksum mismatch\n",
            1,
            "GE37",
        ),
        ("module lookup failed: no proxy URL configured\n", 1, "GE29"),
        ("go: something new under the sun\n", 3, "GE00"),
    ];
    for (log, code, id) in table {
        let mut child = place
            .command(&["explain", "--format", "json", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(log.as_bytes())
            .unwrap();
        let said = Said::of(&child.wait_with_output().unwrap());
        assert_eq!(said.code, Some(code), "{log}");
        let json: Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(json["schema"], 1);
        let list = json["explanations"].as_array().unwrap();
        match list.first() {
            Some(one) => {
                assert_eq!(one["id"], id);
                for field in ["class", "line", "text", "cause", "remedy", "known"] {
                    assert!(one.get(field).is_some(), "{field}");
                }
            }
            None => assert_eq!(id, "[]"),
        }
    }
}

#[test]
fn explain_prints_pages_and_names_the_nearest() {
    let place = Place::new();
    let page = place.run(&["explain", "ge36", "--for", "shell"], &[]);
    assert_eq!(page.code, Some(0));
    assert!(page.out.starts_with("GE36 I: INTEGRITY"), "{}", page.out);
    assert_eq!(place.run(&["explain", "GP003"], &[]).code, Some(0));
    let none = place.run(&["explain", "GE99"], &[]);
    assert_eq!(none.code, Some(2));
    assert!(none.err.contains("GE86"), "{}", none.err);
    assert_eq!(place.run(&["explain", "no-such.log"], &[]).code, Some(2));
    let binary = place.path().join("log.gz");
    std::fs::write(&binary, [0x1f, 0x8b, 8, 0, 1, 2, 3, 4].repeat(99)).unwrap();
    let binary = place.run(&["explain", binary.to_str().unwrap()], &[]);
    assert_eq!(binary.code, Some(3));
    assert!(binary.err.contains("is no text"), "{}", binary.err);
    let github = place.run(&["explain", "GE29"], &[("GITHUB_ACTIONS", "true")]);
    assert!(github.out.contains("env:\n"), "{}", github.out);
}

#[test]
fn a_large_log_is_read_in_bounded_room() {
    let place = Place::new();
    let mut log =
        "2026-01-02T03:04:05.1234567Z ok   main.example/m/some/package 0.012s coverage: 81.2%\n"
            .repeat(100_000)
            .into_bytes();
    log.extend(vec![0xff; 10 << 20]);
    log.extend(b"\r\n\x1b[31mgo: rsc.example/quote@v1.0.0: reading http://h/rsc.example/quote/@v/v1.0.0.info: 410 Gone\x1b[0m\r\n");
    std::fs::write(place.path().join("big.log"), &log).unwrap();
    let said = place.run(&["explain", "--format", "json", "big.log"], &[]);
    assert_eq!(said.code, Some(1), "{}", said.err);
    let json: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(json["explanations"][0]["id"], "GE17");
    assert_eq!(json["explanations"][0]["line"], 100_002);
    assert_eq!(json["cut_lines"], 1);
}
