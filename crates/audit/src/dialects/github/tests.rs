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

const WORKFLOW: &str = ".github/workflows/ci.yml";

#[test]
fn every_way_of_setting_a_variable_is_read() {
    let text = r#"name: CI
on: [push]
env:
  GOPROXY: "https://a.example"
  GOPRIVATE: ${{ vars.PRIVATE || 'git.corp.example' }}
jobs:
  test:
    runs-on: ubuntu-latest
    container:
      image: golang:1.24
      env: {GOSUMDB: 'off', GOPROXY: https://c.example}
    env:
      GOPROXY: https://b.example # why
      GOAUTH: ${{ secrets.TOKEN }}
    steps:
      - uses: actions/checkout@v4
      - name: vet
        env:
          GOFLAGS: -mod=mod
          GOPROXY:
        uses: golangci/golangci-lint-action@v8
        with: {args: --fast}
      - if: github.ref == 'x'
        env:
          GONOPROXY: |
            one
        uses: golang/govulncheck-action@v1
"#;
    check(
        &[(WORKFLOW, text)],
        r#"
        1 workflow "CI" Closed starts
          4 env GOPROXY=https://a.example <"https://a.example">
          5 env GOPRIVATE=${{ vars.PRIVATE }} <${{ vars.PRIVATE || 'git.corp.example' }}>
          8 job "test" image=golang:1.24
            11 container.env GOSUMDB=off <'off'> IfUnset
            11 container.env GOPROXY=https://c.example IfUnset
            13 env GOPROXY=https://b.example
            14 env GOAUTH=${{ secrets.TOKEN }} secret
            16 step "actions/checkout@v4"
            17 step "vet"
              19 env GOFLAGS=-mod=mod
              20 env GOPROXY=
              21 run golangci-lint run --fast []
            23 step "golang/govulncheck-action@v1"
              way 0
                25 env GONOPROXY=one
         <|
                    one>
                27 run govulncheck ./... []
              way 1
        "#,
    );
}

#[test]
fn a_map_does_not_see_itself() {
    let text =
        "on: push\nenv:\n  A: 1\n  GOPROXY: ${{ env.A }}\n  B: ${{ env.GOPROXY }}\njobs: {}\n";
    check(
        &[(WORKFLOW, text)],
        r#"
        1 workflow "" Closed starts
          5 env B=$GOPROXY <${{ env.GOPROXY }}>
          4 env GOPROXY=$A <${{ env.A }}>
          3 env A=1
        "#,
    );
}

#[test]
fn matrices_are_known_where_all_legs_agree() {
    let text = r"on: push
jobs:
  a:
    strategy:
      matrix:
        go: ['1.23', '1.24']
        os: [linux]
        include:
          - {go: '1.25', proxy: https://p.example}
    runs-on: ${{ matrix.os }}
    env:
      GOPROXY: ${{ matrix.proxy }}
    steps:
      - uses: actions/setup-go@v6
        with: {go-version: '${{ matrix.go }}'}
";
    check(
        &[(WORKFLOW, text)],
        r#"
        1 workflow "" Closed starts
          4 job "a"
            6 matrix matrix.go=${{ matrix.go }} (1.23 | 1.24 | 1.25) <'1.23'>
            7 matrix matrix.os=linux
            9 matrix matrix.proxy=https://p.example
            12 env GOPROXY=$matrix.proxy <${{ matrix.proxy }}>
            14 step "actions/setup-go@v6"
              15 go $matrix.go local=Some(true)
        "#,
    );
}

#[test]
fn setup_go_is_read_with_its_files() {
    let steps = [
        (
            "actions/setup-go@v5",
            "go-version: '1.24'",
            "1.24 local=Some(false)",
        ),
        (
            "actions/setup-go@v6.1.0",
            "go-version-file: go.mod",
            "1.25.3 local=Some(true)",
        ),
        (
            "actions/setup-go@v5",
            "go-version-file: ./go.mod",
            "1.24.0 local=Some(false)",
        ),
        (
            "actions/setup-go@0a12ed9",
            "go-version-file: .tool-versions",
            "the version in .tool-versions local=None",
        ),
        (
            "actions/setup-go@v4",
            "go-version-file: x/go.mod",
            "the version in x/go.mod local=Some(false)",
        ),
        (
            "actions/setup-go@main",
            "cache: false",
            "the runner's own Go local=None",
        ),
    ];
    for (uses, with, expected) in steps {
        let text = format!(
            "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: {uses}\n        with:\n          {with}\n"
        );
        let files = [
            (WORKFLOW, text.as_str()),
            ("go.mod", "module a\n\ngo 1.24.0\n\ntoolchain go1.25.3\n"),
        ];
        let (repository, unit) = outline::read(read, &files);
        let shown = outline::outline(&repository, &unit);
        assert!(
            shown.contains(&format!(" go {expected}\n")),
            "{uses}: {shown}"
        );
    }
}

#[test]
fn calls_are_followed_or_lost() {
    let text = r"on:
  workflow_dispatch:
    inputs:
      proxy: {default: https://d.example}
      other: {required: true}
jobs:
  here:
    uses: ./.github/workflows/build.yml
    with: {proxy: '${{ inputs.proxy }}'}
  there:
    uses: acme/ci/.github/workflows/go.yml@v1
  steps:
    runs-on: [self-hosted, linux]
    steps:
      - uses: ./.github/actions/go/
        with: {flags: -v}
      - uses: acme/go-magic@v1
      - uses: docker/build-push-action@v6
        with:
          context: build
          file: build/Dockerfile
          target: app
          build-args: |
            GOPROXY=https://p.example
            # no
            GOPRIVATE
            GOSUMDB=${{ secrets.DB }}
      - uses: docker/build-push-action@v6
      - uses: docker/bake-action@v6
        with: {files: docker-bake.hcl, targets: 'a,b'}
      - shell: pwsh
        run: go build $x
      - shell: python
        run: print(1)
      - shell: pwsh
        run: go test ./...
      - run: $env:GOPROXY = 'direct'; go build
";
    check(
        &[(WORKFLOW, text)],
        r#"
        1 workflow "" Closed starts
          4 declare inputs.proxy=https://d.example
          5 declare inputs.other
          8 job "here"
            8 call workflow .github/workflows/build.yml sees=false ["9 with inputs.proxy=$inputs.proxy <'${{ inputs.proxy }}'>"]
          11 job "there"
            11 lost: the reusable workflow `acme/ci/.github/workflows/go.yml@v1` stands in another repository
          13 job "steps"
            15 step "./.github/actions/go/"
              15 call workflow .github/actions/go sees=true ["16 with inputs.flags=-v"]
            17 step "acme/go-magic@v1"
              17 lost: the action `acme/go-magic@v1` may use Go, and is not read
            18 step "docker/build-push-action@v6"
              18 call image build/Dockerfile build app ["24 build-args GOPROXY=https://p.example", "26 build-args GOPRIVATE=$GOPRIVATE <GOPRIVATE>", "27 build-args GOSUMDB=${{ secrets.DB }} secret"]
            28 step "docker/build-push-action@v6"
              28 call image - . - []
            29 step "docker/bake-action@v6"
              29 call compose docker-bake.hcl ["a", "b"] bake=true []
            31 step "go build $x"
              32 lost: the script runs in `pwsh`, and only scripts of a POSIX shell or bash are read
            33 step "print(1)"
            35 step "go test ./..."
              36 run go test ./... []
            37 step "$env:GOPROXY = 'direct'; go build"
              37 lost: this is a script of PowerShell, and only scripts of a POSIX shell or bash are read
        "#,
    );
}

#[test]
fn actions_of_the_repository_are_read() {
    let composite = "name: go\ninputs:\n  v: {default: '1.24'}\nruns:\n  using: composite\n  steps:\n    - uses: actions/setup-go@v5\n      with: {go-version: '${{ inputs.v }}'}\n";
    check(
        &[("go/action.yml", composite)],
        r#"
        1 action "go"
          3 declare inputs.v=1.24 <'1.24'>
          7 step "actions/setup-go@v5"
            8 go $inputs.v local=Some(false)
        "#
        .replace(" <'1.24'>", "")
        .as_str(),
    );
    let docker = "name: d\nruns:\n  using: docker\n  image: Dockerfile\n  env: {GOPROXY: direct}\n";
    check(
        &[("d/action.yml", docker)],
        r#"
        1 action "d"
          5 runs.env GOPROXY=direct
          4 call image d/Dockerfile d - []
        "#,
    );
}

#[test]
fn reusable_workflows_start_only_where_they_are_called() {
    for (on, starts) in [
        ("workflow_call", false),
        ("[workflow_call]", false),
        ("{workflow_call: {inputs: {}}}", false),
        ("[push, workflow_call]", true),
        ("{workflow_call: , push: }", true),
        ("push", true),
    ] {
        let text = format!("on: {on}\njobs: {{}}\n");
        let (_, unit) = outline::read(read, &[(WORKFLOW, &text)]);
        assert_eq!(unit.blocks[0].starts, starts, "{on}");
    }
}

#[test]
fn places_for_variables_keep_the_indentation() {
    let text = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build\n  b:\n    env:\n      X: y\n    steps: []\n";
    let (_, unit) = outline::read(read, &[(WORKFLOW, text)]);
    let Detail::GitHub(detail) = &unit.detail else {
        unreachable!("another detail");
    };
    let edited = |place: &Option<EnvPlace>| {
        let edit = place
            .as_ref()
            .unwrap()
            .edit(&[("GOPROXY", "https://p"), ("GOSUMDB", "off")]);
        let mut edited = text.to_owned();
        edited.replace_range(edit.span.range(), &edit.text);
        edited
    };
    let workflow = edited(&detail.env_place);
    assert!(
        workflow.contains("on: push\nenv:\n  GOPROXY: \"https://p\"\n  GOSUMDB: \"off\"\njobs:\n"),
        "{workflow}"
    );
    let job = edited(&detail.jobs[0].env_place);
    assert!(job.contains("    runs-on: x\n    env:\n      GOPROXY: \"https://p\"\n      GOSUMDB: \"off\"\n    steps:\n"), "{job}");
    let map = edited(&detail.jobs[1].env_place);
    assert!(
        map.contains(
            "    env:\n      GOPROXY: \"https://p\"\n      GOSUMDB: \"off\"\n      X: y\n"
        ),
        "{map}"
    );
    let step = edited(&detail.steps[0].env_place);
    assert!(step.contains("      - env:\n          GOPROXY: \"https://p\"\n          GOSUMDB: \"off\"\n        run: go build\n"), "{step}");
}

#[test]
fn mistakes_are_faults() {
    let cases = [
        ("on: push\n", "there is no `jobs` in it"),
        ("- a\n", "there is no `jobs` in it"),
        ("jobs: {}\njobs: {}\n", "`jobs` stands here a second time"),
        ("jobs:\n\ta: b\n", "a tab indents this line"),
        ("", "there is no `jobs` in it"),
    ];
    for (text, expected) in cases {
        let (repository, unit) = outline::read(read, &[(WORKFLOW, text)]);
        let shown = outline::outline(&repository, &unit);
        assert!(shown.contains(expected), "{text}: {shown}");
    }
    let mut many = String::from("jobs:\n");
    for at in 0..3000 {
        let _ = writeln!(
            many,
            "  j{at}: {{env: {{A: '${{{{ env.B }}}}', B: '${{{{ env.A }}}}'}}}}"
        );
    }
    let (_, unit) = outline::read(read, &[(WORKFLOW, &many)]);
    assert_eq!(unit.blocks[0].items.len(), 3001);
}

#[test]
fn what_an_action_exports_reaches_the_steps_behind_it() {
    let workflow = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: ./act\n      - run: go build\n  b:\n    runs-on: x\n    steps:\n      - run: go vet\n";
    let action = "runs:\n  using: composite\n  steps:\n    - {shell: bash, run: 'echo GOSUMDB=off >> $GITHUB_ENV'}\n    - {shell: bash, run: go list}\n";
    let files = [(WORKFLOW, workflow), ("act/action.yml", action)];
    let repository = Repository::from_files(files.map(|(path, text)| (path, text.as_bytes())));
    let audit = crate::Audit::of(repository, None, &crate::Options::default());
    let value = |command: &str| {
        let mut sites = audit.sites.iter();
        let site = sites.find(|site| site.command() == command).unwrap();
        site.environment.text("GOSUMDB").map(str::to_owned)
    };
    assert_eq!(value("go list").as_deref(), Some("off"));
    assert_eq!(value("go build").as_deref(), Some("off"));
    assert_eq!(value("go vet").as_deref(), Some("sum.golang.org"));
}
