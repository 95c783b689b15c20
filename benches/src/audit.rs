//! How long an audit of a large tree takes, and how much memory.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::table::{Bound, Table};
use crate::{Bench, median};

/// Projects in the tree, each with ten files of builds.
const PROJECTS: usize = 500;
/// Files of a project, those of builds among them.
const FILES: usize = 200;

const NAME: &str = "audit of 100,000 files, 5,000 of builds";

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> Result<()> {
    if !bench.wants(NAME) {
        return Ok(());
    }
    let tree = tempfile::tempdir()?;
    for project in 0..PROJECTS {
        fill(
            &tree
                .path()
                .join(format!("team{}/project{project}", project % 20)),
            project,
        )?;
    }
    let mut seconds = Vec::new();
    let mut peak = 0;
    let mut sites = 0;
    for _ in 0..bench.rounds {
        let (took, memory, found) = run(&bench.modkeep, tree.path())?;
        seconds.push(took);
        peak = peak.max(memory);
        sites = found;
    }
    table.add(
        NAME,
        Bound::Below(10.0),
        median(seconds),
        "s",
        format!("{sites} findings"),
    );
    table.add(
        &format!("resident memory, {NAME}"),
        Bound::Below(200.0),
        f64::from(u32::try_from(peak)?) / 1024.0,
        "MB",
        "the highest".to_owned(),
    );
    Ok(())
}

/// One audit: seconds, the most memory in KiB, and how much it found.
fn run(modkeep: &str, tree: &Path) -> Result<(f64, u64, usize)> {
    let start = Instant::now();
    let report = tree.with_extension("json");
    let mut child = Command::new(modkeep)
        .args(["audit", "--exit-zero", "--format"])
        .arg(format!("json={}", report.display()))
        .arg(tree)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut peak = 0;
    let status = loop {
        // The kernel keeps the highest; what grows in the last moment is the report alone.
        peak = peak.max(high_water(child.id()).unwrap_or(0));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        thread::sleep(Duration::from_millis(5));
    };
    let took = start.elapsed().as_secs_f64();
    ensure!(status.success(), "the audit ended with {status}");
    let text = fs::read_to_string(&report).context("the audit wrote no report")?;
    fs::remove_file(&report)?;
    Ok((took, peak, text.matches("\"rule\"").count()))
}

/// `VmHWM` of a process, in KiB.
fn high_water(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// A project as people have them: pipelines of two systems, images, makefile, scripts, and sources.
fn fill(folder: &Path, number: usize) -> Result<()> {
    let proxy = match number % 5 {
        0 => "direct",
        1 => "https://goproxy.corp.example,direct",
        _ => "https://goproxy.corp.example",
    };
    let jobs: String = (0..12).map(job).collect();
    let steps: String = (0..12).map(step).collect();
    let targets: String = (0..12).map(target).collect();
    let builds = [
        (".github/workflows/ci.yml", format!("name: ci\non: [push]\nenv:\n  GOPROXY: {proxy}\njobs:\n{jobs}")),
        (".github/workflows/release.yml", format!("name: release\non:\n  push:\n    tags: ['v*']\njobs:\n  release:\n    runs-on: ubuntu-latest\n    steps:\n{steps}")),
        (".gitlab-ci.yml", format!("image: golang:1.24\nvariables:\n  GOPROXY: '{proxy}'\ninclude: [/ci/common.gitlab-ci.yml]\ntest:\n  extends: .go\n  script: [make test]\n")),
        ("ci/common.gitlab-ci.yml", ".go:\n  before_script: [go version]\n  cache:\n    paths: [.go]\n".to_owned()),
        ("Dockerfile", format!("FROM golang:1.24 AS build\nARG GOPROXY={proxy}\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN make build\nFROM scratch\nCOPY --from=build /src/bin/app /app\n")),
        ("compose.yaml", format!("services:\n  app:\n    build:\n      context: .\n      args: {{GOPROXY: '{proxy}'}}\n  db:\n    image: postgres:17\n")),
        ("Makefile", format!("GO ?= go\nexport GOFLAGS ?= -mod=readonly\n.PHONY: all tools\ntools:\n\t$(GO) version\nall: t0 t1\nbuild: t2\n\tdocker build --build-arg GOPROXY .\ntest:\n\t./scripts/test.sh\n{targets}")),
        ("scripts/test.sh", "#!/usr/bin/env bash\nset -euo pipefail\ncd \"$(dirname \"$0\")/..\"\n. scripts/env.sh\nif [ -n \"${CI:-}\" ]; then\n  go vet ./...\nfi\ngo test ./...\n".to_owned()),
        ("scripts/env.sh", format!("export GOPROXY=\"${{GOPROXY:-{proxy}}}\"\nexport CGO_ENABLED=0\n")),
        ("go.mod", format!("module git.corp.example/team/project{number}\n\ngo 1.24\n\nrequire git.corp.example/platform/log v1.4.0\n")),
    ];
    for (path, text) in &builds {
        write(&folder.join(path), text)?;
    }
    write(
        &folder.join("go.sum"),
        "git.corp.example/platform/log v1.4.0 h1:Dwb1xkb2fLYwYVQ0TxwlsRBZ9kBkyFXVVMtFcTnCmGQ=\n",
    )?;
    for at in builds.len() + 1..FILES {
        let name = match at % 10 {
            0 => format!("docs/page{at}.md"),
            1 => format!("internal/p{at}/data.json"),
            2 => format!("deploy/values{at}.yaml"),
            _ => format!("internal/p{}/file{at}.go", at / 10),
        };
        write(
            &folder.join(name),
            "package p\n\n// Nothing that an audit reads.\n",
        )?;
    }
    Ok(())
}

fn job(at: usize) -> String {
    format!(
        "  job{at}:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        go: ['1.23', '1.24']\n    steps:\n      - uses: actions/checkout@v5\n      - uses: actions/setup-go@v6\n        with:\n          go-version: ${{{{ matrix.go }}}}\n      - run: |\n          go build ./...\n          go test ./pkg{at}/...\n      - run: make t{at}\n"
    )
}

fn step(at: usize) -> String {
    format!(
        "      - name: step {at}\n        run: |\n          export GOFLAGS=-trimpath\n          go build -o bin/{at} ./cmd/{at}\n"
    )
}

fn target(at: usize) -> String {
    format!("t{at}: tools\n\t$(GO) build ./cmd/{at}\n")
}

fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().context("a file has a folder")?;
    fs::create_dir_all(folder)?;
    Ok(fs::write(path, text)?)
}
