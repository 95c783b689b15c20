//! A forward proxy that answers by the name of the host, and remembers.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// The proxy; its thread ends with the process.
pub(super) struct Forward {
    port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Forward {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let log = Arc::clone(&log);
                thread::spawn(move || serve(&stream, &log));
            }
        });
        Self { port, seen }
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What was asked since the last call: `METHOD TARGET`, in order.
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

/// Answers the one request of a connection; any fault of it ends it.
fn serve(mut stream: &TcpStream, log: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return };
    for line in lines.by_ref() {
        if line.is_empty() {
            break;
        }
    }
    let mut words = first.split(' ');
    let (method, target) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    log.lock().unwrap().push(format!("{method} {target}"));
    let (status, body) = answer(method, target);
    if status != 0 {
        let _ = write!(
            stream,
            "HTTP/1.1 {status} Told\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
    }
}

/// Status and body; status 0 hangs up.
fn answer(method: &str, target: &str) -> (u16, String) {
    let url = target.strip_prefix("http://").unwrap_or(target);
    let (host, path) = url.split_once('/').unwrap_or((url, ""));
    // Nobody behind TLS answers: to `go` that is a connection that fails.
    if method == "CONNECT" {
        return (502, String::new());
    }
    let host = host.split(':').next().unwrap_or_default();
    match host {
        "s410.example" => (410, "gone".to_owned()),
        "s403.example" => (403, "denied".to_owned()),
        "s500.example" => (500, "broken".to_owned()),
        "hangs-up.example" => (0, String::new()),
        "has.example" if path.ends_with("/supported") => (200, String::new()),
        "has.example" | "no-relay.example" => module(path),
        _ => (404, "absent".to_owned()),
    }
}

/// The `.info` and `.mod` of whatever module is asked for.
fn module(path: &str) -> (u16, String) {
    let file = path.rsplit('/').next().unwrap_or_default();
    if let Some(version) = file.strip_suffix(".info") {
        return (200, format!("{{\"Version\":\"{version}\"}}"));
    }
    if file.strip_suffix(".mod").is_some() {
        return (200, "module m.example/any\n".to_owned());
    }
    (404, "absent".to_owned())
}
