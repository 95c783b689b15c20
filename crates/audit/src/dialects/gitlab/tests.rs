use std::fmt::Write as _;

use super::*;
use crate::dialects::outline;

fn check(files: &[(&str, &str)], expected: &str) {
    let (repository, unit) = outline::read(read, files);
    let shown = outline::outline(&repository, &unit);
    let unindented: String = expected
        .lines()
        .skip(1)
        .map(|line| line.strip_prefix("        ").unwrap_or(line).to_owned() + "\n")
        .collect();
    assert_eq!(shown.trim_end(), unindented.trim_end(), "{shown}");
}

const PIPELINE: &str = ".gitlab-ci.yml";

#[test]
fn every_way_of_setting_a_variable_is_read() {
    let text = r#"
variables:
  GOPROXY: "https://$HOST,direct"
  HOST: proxy.example
  GOPRIVATE: {value: '*.corp.example', description: ours}
  GOFLAGS: {value: $X, expand: false}
workflow:
  rules:
    - if: $CI_COMMIT_TAG
      variables: {GOSUMDB: 'off'}
default:
  image: golang:1.24
test:
  image: {name: "golang:$V"}
  variables:
    GOPROXY: direct
    V: "1.25"
  parallel:
    matrix:
      - GOOS: [linux, darwin]
        GOARCH: amd64
  rules:
    - if: $X
      variables:
        GOAUTH: netrc
  script:
    - true
lint:
  inherit: {variables: [HOST, GOPROXY]}
  script: 'true'
"#;
    check(
        &[(PIPELINE, text)],
        r#"
        1 pipeline "" Closed starts
          6 variables GOFLAGS=$X
          5 variables GOPRIVATE=*.corp.example <'*.corp.example'>
          4 variables HOST=proxy.example
          3 variables GOPROXY=https://$HOST,direct <"https://$HOST,direct">
          10 rules:variables GOSUMDB=off <'off'> Perhaps
          13 job "test" image=golang:$V
            16 variables GOPROXY=direct
            17 variables V=1.25 <"1.25">
            20 parallel:matrix GOOS=$GOOS of the matrix (linux | darwin) <linux>
            21 parallel:matrix GOARCH=amd64
            25 rules:variables GOAUTH=netrc Perhaps
          28 job "lint" image=golang:1.24
            29 unset GOPRIVATE
            29 unset GOFLAGS
        "#,
    );
}

#[test]
fn jobs_are_what_they_extend_with_their_own_on_top() {
    let text = r"
.go:
  image: golang:1.23
  variables: {GOPROXY: a, GOSUMDB: b}
.more:
  extends: .go
  variables: &v {GOPROXY: c}
one:
  extends: [.go, .more]
  variables: {GOFLAGS: d}
  script: [x]
two:
  variables: *v
  image: !reference [.go, image]
  script: [x]
loop:
  extends: loop
  variables: {GOAUTH: !reference [.go, variables, GOSUMDB]}
  script: [x]
";
    check(
        &[(PIPELINE, text)],
        r#"
        1 pipeline "" Closed starts
          8 job "one" image=golang:1.23
            7 variables GOPROXY=c
            4 variables GOSUMDB=b
            10 variables GOFLAGS=d
          12 job "two" image=golang:1.23
            7 variables GOPROXY=c
          16 job "loop"
            4 variables GOAUTH=b
        "#,
    );
}

#[test]
fn includes_are_merged_or_lost() {
    let files = [
        (
            PIPELINE,
            "include:\n  - /ci/go.yml\n  - {local: 'ci/*.yaml'}\n  - {project: acme/ci, file: go.yml}\n  - https://ci.example/x.yml\n  - local: missing.yml\nbuild:\n  variables: {GOPROXY: root}\n",
        ),
        (
            "ci/go.yml",
            "include: /.gitlab-ci.yml\nvariables: {GOSUMDB: inc}\nbuild:\n  variables: {GOPROXY: inc, GOFLAGS: inc}\n  script: [x]\n",
        ),
        ("ci/b.yaml", "variables: {GOPRIVATE: wild}\n"),
    ];
    check(
        &files,
        r#"
        1 pipeline "" Closed starts
          4 lost: project `acme/ci` is included from elsewhere and not read
          5 lost: `https://ci.example/x.yml` is included from elsewhere and not read
          6 lost: `missing.yml` is included and not in the repository
          2 variables GOSUMDB=inc
          1 variables GOPRIVATE=wild
          7 job "build"
            8 variables GOPROXY=root
            4 variables GOFLAGS=inc
        "#,
    );
    let repository =
        Repository::from_files(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    for (path, _) in &files[1..] {
        let unit = read(repository.find(path).unwrap(), &repository);
        assert!(unit.blocks.is_empty(), "{path}");
    }
}

#[test]
fn child_pipelines_and_reports_are_followed() {
    let files = [
        (
            PIPELINE,
            "make:\n  script:\n    - echo \"GOPROXY=$P\" >> build.env\n  artifacts: {reports: {dotenv: build.env}}\nuse:\n  needs: [make]\n  script: [x]\nalone:\n  needs: []\n  script: [x]\nchild:\n  variables: {GOSUMDB: a}\n  trigger: {include: ci/child.yml}\nother:\n  trigger: {include: [{artifact: x.yml, job: make}], forward: {yaml_variables: false}}\n",
        ),
        (
            "ci/child.yml",
            "variables: {GOSUMDB: b}\nt:\n  script: [x]\n",
        ),
    ];
    let (repository, unit) = outline::read(read, &files);
    let shown = outline::outline(&repository, &unit);
    let without_makers: Vec<&str> = shown
        .lines()
        .filter(|line| !line.contains(" run "))
        .collect();
    assert_eq!(
        without_makers.join("\n"),
        r#"1 pipeline "" Closed starts
  1 job "make"
  5 job "use"
    3 dotenv GOPROXY=the dotenv report of make <GOPROXY> Perhaps
  8 job "alone"
  11 job "child"
    12 variables GOSUMDB=a
    3 dotenv GOPROXY=the dotenv report of make <GOPROXY> Perhaps
    1 pipeline "child ci/child.yml"
      1 variables GOSUMDB=b IfUnset
      2 job "t"
  14 job "other"
    3 dotenv GOPROXY=the dotenv report of make <GOPROXY> Perhaps
    15 lost: artifact `x.yml` is included from elsewhere and not read"#
    );
}

#[test]
fn inputs_have_defaults() {
    let text = "spec:\n  inputs:\n    proxy: {default: https://d.example}\n---\nvariables: {GOPROXY: '$[[ inputs.proxy ]]'}\nt: {script: [x]}\n";
    check(
        &[(PIPELINE, text)],
        r#"
        1 pipeline "" Closed starts
          3 declare inputs.proxy=https://d.example
          5 variables GOPROXY=$inputs.proxy <'$[[ inputs.proxy ]]'>
          6 job "t"
        "#,
    );
}

#[test]
fn what_cannot_be_read_is_a_fault() {
    for (text, expected) in [
        ("a: [\n", "this is not YAML"),
        (
            "variables:\n  GOPRIVATE: *.corp\nt: {script: x}\n",
            "begins with `*`",
        ),
    ] {
        let (repository, unit) = outline::read(read, &[(PIPELINE, text)]);
        let shown = outline::outline(&repository, &unit);
        assert!(shown.contains(expected), "{shown}");
    }
    let mut text = String::new();
    for at in 0..2000 {
        let next = (at + 1) % 2000;
        let _ = writeln!(
            text,
            "j{at}: {{extends: j{next}, variables: {{A{at}: x}}, script: [x]}}"
        );
    }
    let (_, unit) = outline::read(read, &[(PIPELINE, &text)]);
    assert_eq!(unit.blocks[0].items.len(), 2001);
}

#[test]
fn after_script_is_a_shell_of_its_own() {
    let text = "t:\n  before_script: [export A=1]\n  script: [go test]\n  after_script: [go vet]\n";
    check(
        &[(PIPELINE, text)],
        r#"
        1 pipeline "" Closed starts
          1 job "t"
            2 script ""
              2 export A=1
              3 run go test []
            4 script "after_script"
              4 run go vet []
        "#,
    );
}

#[test]
fn references_that_lead_to_no_lines_are_lost() {
    let text = "
.a:
  script: [go build]
one:
  script: [!reference [.a, script], !reference [.b, script]]
two:
  before_script: !reference [two, before_script]
  script: [!reference [.a, script]]
";
    let source = [(PIPELINE, text.as_bytes())];
    let repository = Repository::from_files(source);
    let lost = |name: &str| {
        let jobs = repository.units.iter().flat_map(|unit| &unit.blocks);
        let mut todo: Vec<&Item> = jobs.flat_map(|block| &block.items).collect();
        let mut lost = 0;
        while let Some(item) = todo.pop() {
            match item {
                Item::Block(block) if block.kind != "job" || block.name == name => {
                    todo.extend(&block.items);
                }
                Item::Lost { .. } => lost += 1,
                _ => {}
            }
        }
        lost
    };
    assert_eq!((lost("one"), lost("two")), (1, 1));
}
