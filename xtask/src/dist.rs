//! The binary that ships: static, and started in a root where nothing else is.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::shell::{cargo, root, say, step, timed};
use crate::tools::{self, Tool};

const TARGET: &str = "x86_64-unknown-linux-musl";

/// Where Debian keeps the bundle of certificate authorities.
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Builds the binary of packaging/Dockerfile and starts it as the image would.
pub(crate) fn run() -> Result<()> {
    timed("tools", || {
        tools::need(&[Tool::MUSL, Tool::UNSHARE, Tool::AUTHORITIES])
    })?;
    step(
        "target",
        Command::new("rustup").args(["target", "add", TARGET]),
    )?;
    let mut build = cargo(&[
        "build",
        "--locked",
        "--profile",
        "dist",
        "--target",
        TARGET,
        "--package",
        "modkeep",
    ]);
    build.env("CC_x86_64_unknown_linux_musl", "musl-gcc");
    step("build", &mut build)?;
    let binary = root().join("target").join(TARGET).join("dist/modkeep");
    timed("start", || start_alone(&binary))?;
    let bytes = fs::metadata(&binary)?.len();
    say(&format!(
        "target/{TARGET}/dist/modkeep: {} KiB, static, starts and answers in an empty root",
        bytes >> 10
    ));
    Ok(())
}

/// Lays the root of the image, and starts the binary in it.
fn start_alone(binary: &Path) -> Result<()> {
    let image = tempfile::tempdir()?;
    for folder in ["usr/bin", "etc/ssl/certs", "data", "tmp"] {
        fs::create_dir_all(image.path().join(folder))?;
    }
    fs::copy(binary, image.path().join("usr/bin/modkeep"))?;
    fs::copy(AUTHORITIES, image.path().join(&AUTHORITIES[1..]))?;
    let mut child = Command::new("unshare")
        .args(["--map-root-user", "chroot"])
        .arg(image.path())
        .args([
            "/usr/bin/modkeep",
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--store",
            "/data",
        ])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("SSL_CERT_FILE", AUTHORITIES)
        .stderr(Stdio::piped())
        .spawn()?;
    let answered = ask(&mut child);
    child.kill()?;
    child.wait()?;
    answered
}

/// Reads where it listens and asks whether it is well.
fn ask(child: &mut Child) -> Result<()> {
    let said = child.stderr.take().context("its standard error is read")?;
    for line in BufReader::new(said).lines() {
        let line = line?;
        say(&line);
        let Some((_, rest)) = line.split_once("http://") else {
            continue;
        };
        let address: String = rest
            .chars()
            .take_while(|letter| letter.is_ascii_digit() || ".:".contains(*letter))
            .collect();
        let mut connection = TcpStream::connect(&address)?;
        connection
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: modkeep\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        if !answer.starts_with("HTTP/1.1 200") {
            bail!("/healthz answered: {answer}");
        }
        return Ok(());
    }
    bail!("it ended before it listened")
}
