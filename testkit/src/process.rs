//! modkeep as a process.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// How long a server may take to say where it listens: far over what it needs, and only there so that a
/// test ends.
const START: Duration = Duration::from_mins(1);

/// How modkeep is started.
#[derive(Clone, Debug)]
pub struct ModkeepOptions {
    program: PathBuf,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
}

/// A running `modkeep serve` on a free loopback port. It is killed when it is dropped.
pub struct Modkeep {
    child: Child,
    base: String,
    said: Arc<Mutex<String>>,
    log: Arc<Mutex<String>>,
}

impl ModkeepOptions {
    /// The program at `program` (`env!("CARGO_BIN_EXE_modkeep")`) on the store at `store`, asking nobody.
    pub fn new(program: &str, store: &Path) -> Self {
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--store"].map(str::to_owned);
        let mut options = Self {
            program: PathBuf::from(program),
            arguments: arguments.to_vec(),
            variables: Vec::new(),
        };
        options.arguments.push(store.display().to_string());
        options
    }

    /// The same with further arguments.
    #[must_use]
    pub fn args(mut self, arguments: &[&str]) -> Self {
        self.arguments
            .extend(arguments.iter().map(|&argument| argument.to_owned()));
        self
    }

    /// The same with a variable set.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts it and waits until it says where it listens.
    pub fn start(&self) -> Modkeep {
        match self.try_start() {
            Ok(modkeep) => modkeep,
            Err(said) => panic!("modkeep did not start:\n{said}"),
        }
    }

    /// The same; an error is what it said before it ended.
    pub fn try_start(&self) -> Result<Modkeep, String> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(self.variables.iter().cloned());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = gather(child.stderr.take().unwrap());
        let log = gather(child.stdout.take().unwrap());
        let deadline = Instant::now() + START;
        loop {
            let base = listening(&said.lock().unwrap());
            if let Some(base) = base {
                return Ok(Modkeep {
                    child,
                    base,
                    said,
                    log,
                });
            }
            if child.try_wait().unwrap().is_some() || Instant::now() > deadline {
                let _ = child.kill();
                let _ = child.wait();
                // The reader of the pipe may still be at its last line.
                thread::sleep(Duration::from_millis(50));
                return Err(said.lock().unwrap().clone());
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
}

/// The base URL in what a server says at its start: `... http://127.0.0.1:43210 ...`.
fn listening(said: &str) -> Option<String> {
    let line = said.lines().find(|line| line.contains("listening on "))?;
    let start = line.find("http")?;
    let url: String = line[start..]
        .chars()
        .take_while(|letter| !letter.is_whitespace() && *letter != ',')
        .collect();
    Some(url.trim_end_matches('/').to_owned())
}

fn gather(pipe: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let text = Arc::new(Mutex::new(String::new()));
    let sink = Arc::clone(&text);
    thread::spawn(move || {
        let mut lines = BufReader::new(pipe);
        let mut line = Vec::new();
        while lines
            .read_until(b'\n', &mut line)
            .is_ok_and(|count| count > 0)
        {
            sink.lock()
                .unwrap()
                .push_str(&String::from_utf8_lossy(&line));
            line.clear();
        }
    });
    text
}

impl Modkeep {
    /// Its base URL.
    pub fn url(&self) -> &str {
        &self.base
    }

    /// `host:port`.
    pub fn authority(&self) -> &str {
        let rest = self
            .base
            .split_once("://")
            .map_or(self.base.as_str(), |(_, rest)| rest);
        rest.split('/').next().unwrap_or(rest)
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote to standard error so far.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Waits until it has written one of `words` to standard error: a line may come after the answer
    /// that it speaks of. False when it does not come.
    pub fn comes_to_say(&self, words: &[&str]) -> bool {
        let deadline = Instant::now() + START;
        loop {
            let said = self.said();
            if words.iter().any(|word| said.contains(word)) {
                return true;
            }
            if Instant::now() > deadline {
                return false;
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// What it wrote to standard output so far: the access log.
    pub fn access_log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Resident memory in KiB, now and at its highest (`VmRSS`, `VmHWM`).
    pub fn memory_kib(&self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let field = |name: &str| -> u64 {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        };
        (field("VmRSS:"), field("VmHWM:"))
    }

    /// Seconds of processor time that it used so far (`utime` and `stime`).
    pub fn processor_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap();
        let fields = stat.rsplit(") ").next().unwrap().split(' ');
        let ticks = fields
            .skip(11)
            .take(2)
            .map(|field| field.parse::<u32>().unwrap());
        // Linux counts in hundredths, whatever its own clock does.
        f64::from(ticks.sum::<u32>()) / 100.0
    }

    /// Ends it as `kill -9` does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it as an operator does, by SIGTERM, and waits for it.
    pub fn terminate(mut self) -> ExitStatus {
        self.signal("TERM");
        self.child.wait().unwrap()
    }

    /// Waits for it to end by itself, as after a signal.
    pub fn wait(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success(), "kill -s {name}");
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Modkeep {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
