//! What tests and measurements need beside Rust: found, or installed by apt-get when root.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::shell::say;

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
