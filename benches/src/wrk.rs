//! Load by `wrk`.

use std::process::Command;

use anyhow::{Context, Result, bail};

/// What one run of load achieved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// Requests a second.
    pub(crate) requests: f64,
}

/// `connections` ask for `url` for some seconds. A run with failures is none.
pub(crate) fn run(url: &str, connections: u32, seconds: u32) -> Result<Load> {
    let connections = format!("-c{connections}");
    let seconds = format!("-d{seconds}s");
    let output = Command::new("wrk")
        .args(["-t1", &connections, &seconds, "--timeout", "20s", url])
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if said.contains("Non-2xx") || said.contains("Socket errors") {
        bail!("{url} did not answer each request:\n{said}");
    }
    let line = said
        .lines()
        .find_map(|line| line.strip_prefix("Requests/sec:"));
    let requests = line
        .and_then(|text| text.trim().parse().ok())
        .with_context(|| format!("wrk said: {said}"))?;
    Ok(Load { requests })
}
