//! Repositories that somebody made to harm the audit, or that broke by themselves: there is a finding or
//! an "unknown", and never a crash, a hang or silence.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use testkit::deadline;

use super::place::{Place, Said};

/// So that a test ends: what these inputs aim at is that it never does.
const WITHIN: Duration = Duration::from_mins(5);

/// A path of each dialect.
const PATHS: [&str; 27] = [
    ".github/workflows/a.yml",
    "tool/action.yml",
    ".gitlab-ci.yml",
    "Jenkinsfile",
    "Dockerfile",
    "compose.yaml",
    "docker-bake.hcl",
    "docker-bake.json",
    ".env",
    ".dockerignore",
    ".gitignore",
    "Makefile",
    "a.sh",
    "etc/profile.d/go.sh",
    "etc/systemd/system/a.service",
    "etc/systemd/system.conf.d/a.conf",
    "etc/environment.d/a.conf",
    "etc/environment",
    ".config/go/env",
    "go/go.env",
    ".netrc",
    "k8s/a.yaml",
    "go.mod",
    "go.sum",
    "go.work",
    "vendor/modules.txt",
    "bin/script",
];

/// What the content of a path begins with, where the path alone does not tell what it is.
fn front(path: &str) -> &'static str {
    match path {
        "k8s/a.yaml" => "apiVersion: v1\nkind: Pod\n",
        "bin/script" => "#!/bin/sh\n",
        _ => "",
    }
}

/// It ended by itself, with a code that says how it went.
fn check(said: &Said, what: &str) -> Vec<Value> {
    assert!(
        matches!(said.code, Some(0 | 1)) && !said.err.contains("panicked"),
        "{what}: {said:?}"
    );
    let findings = said.json()["findings"].clone();
    findings.as_array().unwrap().clone()
}

fn rules(findings: &[Value]) -> Vec<&str> {
    let mut rules: Vec<_> = findings
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap())
        .collect();
    rules.dedup();
    rules
}

/// An audit with a bound on its address space, in KiB.
fn bounded(place: &Place, kib: u32) -> Said {
    let inner = place.command(&["--format", "json"]);
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("ulimit -v {kib} && exec \"$0\" \"$@\"")])
        .arg(inner.get_program())
        .args(inner.get_args())
        .current_dir(place.at(""))
        .env_clear();
    Said::of(&command.output().unwrap())
}

#[test]
fn any_bytes_in_any_file_end_well() {
    let all: Vec<u8> = (0..=255).cycle().take(4096).collect();
    let texts: [(&str, Vec<u8>); 16] = [
        ("nothing", Vec::new()),
        ("all bytes", all),
        ("zeros", vec![0; 10_000]),
        ("a mark alone", b"\xef\xbb\xbf".to_vec()),
        ("UTF-16", b"\xff\xfeg\0o\0 \0b\0u\0i\0l\0d\0\n\0".to_vec()),
        ("brackets", b"[".repeat(50_000)),
        ("braces", b"{".repeat(50_000)),
        ("references", b"$(".repeat(50_000)),
        ("expressions", b"${{ ".repeat(20_000)),
        ("quotes", b"\"'".repeat(20_000)),
        ("one long line", b"a".repeat(1_000_000)),
        ("keys in a line", b"a: ".repeat(50_000)),
        ("lists in a line", b"- ".repeat(50_000)),
        ("line ends escaped", b"\\\n".repeat(20_000)),
        ("texts that do not end", b"cat <<EOF\n".repeat(5_000)),
        (
            "conditions that do not end",
            b"if true; then\n".repeat(5_000),
        ),
    ];
    deadline(WITHIN, move || {
        for (what, bytes) in &texts {
            let place = Place::new();
            for path in PATHS {
                let whole = [front(path).as_bytes(), bytes].concat();
                place.write_bytes(path, &whole);
            }
            check(&place.audit(&["--format", "json"]), what);
            check(&place.audit(&["--format", "json", "--fix=all"]), what);
        }
    });
}

/// The line ends, indentations and marks of Windows do not hide a value, and line numbers stay.
#[test]
fn windows_line_ends_and_marks_hide_nothing() {
    let files = [
        (
            ".github/workflows/a.yml",
            "on: push\nenv:\n  GOSUMDB: \"off\"\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build\n",
            3,
        ),
        (
            ".gitlab-ci.yml",
            "variables:\n  GOSUMDB: \"off\"\na:\n  script:\n    - go build\n",
            2,
        ),
        (
            "Dockerfile",
            "FROM golang:1.24\nENV GOSUMDB=off\nRUN go build\n",
            2,
        ),
        ("Makefile", "export GOSUMDB = off\na:\n\tgo build\n", 1),
        ("a.sh", "#!/bin/sh\nexport GOSUMDB=off\ngo build\n", 2),
        (
            "compose.yaml",
            "services:\n  a:\n    image: golang\n    environment:\n      GOSUMDB: \"off\"\n    command: go build\n",
            5,
        ),
        (
            "Jenkinsfile",
            "pipeline {\n  agent any\n  environment { GOSUMDB = 'off' }\n  stages { stage('a') { steps { sh 'go build' } } }\n}\n",
            3,
        ),
    ];
    deadline(WITHIN, move || {
        for (path, text, line) in files {
            for form in ["plain", "crlf", "mark"] {
                let text = match form {
                    "crlf" => text.replace('\n', "\r\n"),
                    "mark" => format!("\u{feff}{text}"),
                    _ => text.to_owned(),
                };
                let findings = Place::with(&[(path, &text)]).findings(&[]);
                let found = findings.iter().any(|finding| {
                    finding["rule"] == "GP201" && finding["line"].as_u64() == Some(line)
                });
                // A makefile or a script whose lines end in CR sets another value, and says so.
                let told = form == "crlf" && !findings.is_empty();
                assert!(found || told, "{path} {form}: {findings:#?}");
            }
        }
    });
}

#[test]
fn templates_and_tabs_are_told() {
    let cases: &[(&str, &str)] = &[
        (
            ".github/workflows/a.yml",
            "on: push\njobs:\n{{ range .Jobs }}\n  {{ .Name }}:\n    steps: [{run: go build}]\n{{ end }}\n",
        ),
        (
            ".github/workflows/a.yml",
            "on: push\njobs:\n\ta:\n\t\tsteps: []\n",
        ),
        (".gitlab-ci.yml", "a:\n\tscript: go build\n"),
        (
            ".gitlab-ci.yml",
            "spec:\n  inputs:\n    p:\n---\na:\n  variables: {GOPROXY: $[[ inputs.p ]]}\n  script: go build\n",
        ),
        (
            ".github/workflows/a.yml",
            "on: push\nenv:\n  GOPROXY: ${{ vars.P }}\njobs:\n  a:\n    runs-on: x\n    steps: [{run: go build}]\n",
        ),
        (
            "charts/a/templates/a.yaml",
            "apiVersion: v1\nkind: ConfigMap\ndata:\n  GOPROXY: {{ .Values.proxy }}\n  {{- range .x }}\n  a: b\n  {{- end }}\n",
        ),
        (
            ".github/workflows/a.yml",
            "on: push\njobs: {a: {runs-on: x, steps: [{run: go build}]\n",
        ),
        ("compose.yaml", "services:\n  a: [\n"),
        ("docker-bake.json", "{\"target\": {\"a\": {"),
    ];
    deadline(WITHIN, move || {
        for (path, text) in cases {
            let place = Place::with(&[(path, text)]);
            let findings = check(&place.audit(&["--format", "json"]), path);
            let told = rules(&findings)
                .iter()
                .any(|rule| matches!(*rule, "GP901" | "GP902"));
            assert!(told, "{path} is silent about {text:?}: {findings:#?}");
        }
    });
}

/// Aliases, `extends` and references that double at each of thirty steps.
#[test]
fn what_explodes_is_cut_short_and_told() {
    let doubled = |line: &dyn Fn(usize) -> String| (1..30).map(line).collect::<String>();
    let ten = |name: &str| [name; 10].join(",");
    let aliases = doubled(&|at| format!("x{at}: &a{at} [{}]\n", ten(&format!("*a{}", at - 1))));
    let merges = doubled(&|at| {
        format!(
            "x-{at}: &a{at}\n  <<: [{}]\n",
            ten(&format!("*a{}", at - 1))
        )
    });
    let jobs = doubled(&|at| format!(".a{at}:\n  extends: [{}]\n", ten(&format!(".a{}", at - 1))));
    let references = doubled(&|at| {
        format!(
            ".a{at}:\n  script: [{}]\n",
            ten(&format!("!reference [.a{}, script]", at - 1))
        )
    });
    let targets = doubled(&|at| {
        format!(
            "t{at}: t{} t{}\n\tgo build $(V{at})\nV{at} = $(V{})$(V{})\n",
            at + 1,
            at + 2,
            at + 1,
            at + 1
        )
    });
    let functions = doubled(&|at| format!("f{at}() {{ f{0}; f{0}; go build; }}\n", at + 1));
    let cases = [
        (
            ".github/workflows/a.yml",
            format!(
                "on: push\nx0: &a0 [x]\n{aliases}jobs:\n  a:\n    runs-on: x\n    steps: [{{run: go build}}]\n"
            ),
        ),
        (
            ".gitlab-ci.yml",
            format!("x0: &a0 [x]\n{aliases}a:\n  script: *a29\n"),
        ),
        (
            "compose.yaml",
            format!(
                "x-0: &a0 {{GOPROXY: direct}}\n{merges}services:\n  a:\n    image: golang\n    environment: *a29\n    command: go build\n"
            ),
        ),
        (
            ".gitlab-ci.yml",
            format!(
                ".a0:\n  variables: {{GOPROXY: direct}}\n  script: [go build]\n{jobs}a:\n  extends: .a29\n"
            ),
        ),
        (
            ".gitlab-ci.yml",
            format!(
                ".a0:\n  script: [go build]\n{references}a:\n  script: [!reference [.a29, script]]\n"
            ),
        ),
        ("Makefile", format!("a: t1\n{targets}")),
        ("a.sh", format!("{functions}f1\n")),
    ];
    deadline(WITHIN, move || {
        for (path, text) in cases {
            let said = bounded(&Place::with(&[(path, &text)]), 2_000_000);
            let findings = check(&said, path);
            assert!(!findings.is_empty(), "{path} is silent about {text}");
        }
    });
}

#[test]
fn what_calls_itself_ends() {
    let files = [
        (
            ".github/workflows/a.yml",
            "on: [push, workflow_call]\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n",
        ),
        (
            ".github/workflows/b.yml",
            "on: workflow_call\njobs:\n  b:\n    uses: ./.github/workflows/a.yml\n  c:\n    runs-on: x\n    steps:\n      - uses: ./tool\n      - run: make\n",
        ),
        (
            "tool/action.yml",
            "runs:\n  using: composite\n  steps:\n    - uses: ./tool\n    - run: go build\n      shell: bash\n",
        ),
        (
            ".gitlab-ci.yml",
            "include: [/ci/a.yml, /.gitlab-ci.yml]\nx:\n  extends: [y, x]\ny:\n  extends: x\n  script: [go build]\n",
        ),
        (
            "ci/a.yml",
            "include: /ci/b.yml\nz:\n  script: !reference [z, script]\n",
        ),
        (
            "ci/b.yml",
            "include: [/ci/a.yml, /ci/*.yml]\nw:\n  trigger: {include: /.gitlab-ci.yml}\n",
        ),
        (
            "Makefile",
            "include Makefile b.mk\na: b\n\t$(MAKE) a\n\tmake -f b.mk\nb: a\n\t./a.sh\nX = $(Y)\nY = $(X)\n",
        ),
        ("b.mk", "include Makefile\nb: ; go vet $(X)\n"),
        (
            "a.sh",
            "#!/bin/sh\n. ./b.sh\nf() { f; }\nf\nsh a.sh\ndocker build .\n",
        ),
        (
            "b.sh",
            "#!/bin/sh\nsource a.sh\nmake\ndocker compose build\ndocker buildx bake\ngo build\n",
        ),
        (
            "Dockerfile",
            "FROM b AS a\nRUN go build\nFROM a AS b\nCOPY --from=b / /\nRUN make && ./a.sh\nFROM b\n",
        ),
        (
            "compose.yaml",
            "services:\n  a:\n    extends: {service: b, file: compose.yaml}\n    build: .\n  b:\n    extends: a\ninclude: [compose.yaml]\n",
        ),
        (
            "docker-bake.hcl",
            "target \"a\" { inherits = [\"b\"] }\ntarget \"b\" { inherits = [\"a\"] }\ngroup \"g\" { targets = [\"g\", \"a\"] }\nvariable \"v\" { default = v }\n",
        ),
        ("go.work", "go 1.24\nuse .\n"),
        (
            "go.mod",
            "module m.example\n\ngo 1.24\n\nreplace m.example => .\n",
        ),
    ];
    deadline(WITHIN, move || {
        let place = Place::with(&files);
        check(&place.audit(&["--format", "json"]), "all");
        for (path, text) in files {
            check(
                &Place::with(&[(path, text)]).audit(&["--format", "json"]),
                path,
            );
        }
    });
}

/// Fifty megabytes of YAML: read or told to be too large, in bounded memory.
#[test]
fn large_files_are_read_or_told() {
    let job = "  a%:\n    runs-on: x\n    env: {GOPROXY: direct}\n    steps:\n      - run: |\n          go build ./...\n          go test ./...\n";
    let workflow: String = (0..50_000_000 / job.len())
        .map(|at| job.replace('%', &at.to_string()))
        .collect();
    let map = "apiVersion: v1\nkind: ConfigMap\ndata:\n  GOPROXY: direct\n---\n";
    let cases = [
        (
            ".github/workflows/a.yml",
            format!("on: push\njobs:\n{workflow}"),
        ),
        (
            ".gitlab-ci.yml",
            format!("a:\n  script: \"{}\"\n", "go build;".repeat(5_000_000)),
        ),
        ("k8s/a.yaml", map.repeat(50_000_000 / map.len())),
        ("Makefile", "\tgo build\n".repeat(7_000_000)),
    ];
    deadline(WITHIN, move || {
        for (path, text) in cases {
            let said = bounded(&Place::with(&[(path, &text)]), 4_000_000);
            let findings = check(&said, path);
            let told = rules(&findings)
                .iter()
                .any(|rule| matches!(*rule, "GP901" | "GP902"));
            assert!(told, "{path}: {:?}", rules(&findings));
        }
    });
}

#[test]
fn links_and_pipes_are_not_followed_out() {
    deadline(WITHIN, || {
        let place = Place::with(&[("ci/real.yml", "a:\n  script: [go build]\n")]);
        fs::write(place.beside("secret.sh"), "export GOSUMDB=off\ngo build\n").unwrap();
        symlink(place.beside("secret.sh"), place.at("out.sh")).unwrap();
        symlink("/dev/zero", place.at("Dockerfile")).unwrap();
        symlink("loop.mk", place.at("loop.mk")).unwrap();
        symlink(".", place.at("here")).unwrap();
        symlink("ci/real.yml", place.at(".gitlab-ci.yml")).unwrap();
        let fifo = Command::new("mkfifo").arg(place.at("Makefile")).status();
        assert!(fifo.unwrap().success());
        fs::create_dir(place.at("Jenkinsfile")).unwrap();
        let findings = place.findings(&[]);
        let told: Vec<_> = findings
            .iter()
            .filter(|finding| finding["rule"] == "GP901")
            .map(|finding| finding["path"].as_str().unwrap())
            .collect();
        assert_eq!(told, ["Dockerfile", "Makefile", "loop.mk", "out.sh"]);
        assert!(!rules(&findings).contains(&"GP201"), "{findings:#?}");
        // A link inside of the repository is read, and stays one when it is mended.
        place.write(
            "ci/real.yml",
            "a:\n  variables: {GOPROXY: 'https://a.example,Direct'}\n  script: [go build]\n",
        );
        place.audit(&["--fix"]);
        assert!(place.read("ci/real.yml").contains("example,direct"));
        assert!(
            fs::symlink_metadata(place.at(".gitlab-ci.yml"))
                .unwrap()
                .is_symlink()
        );
    });
}

/// More commands than anybody writes, and the last one is the bad one.
#[test]
fn the_last_of_thousands_of_commands_is_judged() {
    deadline(WITHIN, || {
        let place = Place::new();
        let script = "go build ./...\n".repeat(2_500) + "GOSUMDB=off go build ./...\n";
        place.write("build.sh", &format!("#!/bin/sh\n{script}"));
        let findings = place.findings(&[]);
        assert!(rules(&findings).contains(&"GP201"), "{findings:#?}");
    });
}

/// A bad value is found fault with once; each site that sees it is bad all the same.
#[test]
fn each_site_of_a_bad_value_is_bad_in_the_inventory() {
    deadline(WITHIN, || {
        let place = Place::new();
        place.write(
            ".github/workflows/ci.yml",
            "on: push\nenv:\n  GOSUMDB: \"off\"\n  GOPROXY: ${{ vars.GOPROXY }}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build\n      - run: go vet ./...\n        env: {GOSUMDB: sum.golang.org}\n  b:\n    runs-on: x\n    steps:\n      - run: go test ./...\n",
        );
        let inventory = place.audit(&["--inventory", "--format", "json"]).json();
        let sites = inventory["sites"].as_array().unwrap().iter();
        let verdicts: Vec<_> = sites
            .map(|site| site["verdict"].as_str().unwrap())
            .collect();
        assert_eq!(verdicts, ["error", "unknown", "error"]);
    });
}

/// What a name holds does not reach the terminal or a line of a log of its own.
#[test]
fn control_characters_of_names_are_not_printed() {
    deadline(WITHIN, || {
        let place = Place::new();
        place.write(
            ".github/workflows/ci.yml",
            "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - name: \"n\\e[31m\\n::warning::pwn\"\n        run: GOSUMDB=off go build\n",
        );
        for format in ["text", "json", "junit", "github"] {
            let said = place.audit(&["--format", format]);
            assert!(!said.out.contains('\u{1b}'), "{said:?}");
            assert!(!said.out.contains("\n::warning::pwn"), "{said:?}");
        }
    });
}
