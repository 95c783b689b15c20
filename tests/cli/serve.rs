//! The start and the end of `modkeep serve`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::thread::JoinHandle;

use testkit::{Modkeep, ModkeepOptions};

use crate::run::{MODKEEP, Place};

/// A server that asks nobody, on a store in `place`.
fn options(place: &Place) -> ModkeepOptions {
    ModkeepOptions::new(MODKEEP, &place.path().join("store")).args(&["--upstream", "off"])
}

/// The last thing that is said at the start.
fn start_line(server: &Modkeep) -> String {
    let said = server.said();
    let line = said.lines().find(|line| line.contains("listening on"));
    line.unwrap_or_default().to_owned()
}

#[test]
fn one_line_says_it_all_at_the_start() {
    let place = Place::new();
    let server = options(&place).start();
    let (url, store) = (server.url(), place.path().join("store"));
    assert_eq!(
        start_line(&server),
        format!(
            "modkeep {} listening on {url}, store disk:{}, upstreams off, checksum database sum.golang.org; use GOPROXY={url}",
            env!("CARGO_PKG_VERSION"),
            store.display()
        )
    );
    assert!(!server.said().contains("warning"), "{}", server.said());
    assert_eq!(server.terminate().code(), Some(0));
}

#[test]
fn what_may_surprise_is_told_at_the_start() {
    let place = Place::new().with("password", "hunter2\n").with(
        "policy.toml",
        "name = \"x\"\n[client]\ngoproxy = \"off\"\n[[route]]\nmatch = [\"a.example\"]\nfrom = \"vcs\"\n",
    );
    let policy = place.path().join("policy.toml");
    let password = place.path().join("password");
    let path = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    let (policy, password) = (path(&policy), path(&password));
    let login = ["--basic-user", "build", "--basic-password-file", &password];
    let open = ["--listen", "0.0.0.0:0"];
    let table: [(Vec<&str>, &str, bool); 7] = [
        (open.to_vec(), "can use this server: set --basic-user", true),
        (
            [&open[..], &login[..]].concat(),
            "can use this server",
            false,
        ),
        (
            vec!["--upstream", "http://127.0.0.1:1,direct"],
            "`direct` in a list is not served",
            true,
        ),
        (
            vec!["--policy", &policy],
            "from = \"vcs\" are not served",
            true,
        ),
        (
            vec!["--sumdb", "off"],
            "nothing that is fetched is verified",
            true,
        ),
        (vec!["--offline"], "no upstream is asked", true),
        (vec![], "warning", false),
    ];
    for (arguments, warning, is_told) in table {
        let place = Place::new();
        let mut options = ModkeepOptions::new(MODKEEP, &place.path().join("store"));
        if !arguments.contains(&"--policy") && !arguments.contains(&"--upstream") {
            options = options.args(&["--upstream", "off"]);
        }
        let server = options.args(&arguments).start().said();
        assert_eq!(server.contains(warning), is_told, "{arguments:?}\n{server}");
        assert!(!server.contains("hunter2"));
    }
}

/// The later of two flags counts, as it does everywhere.
#[test]
fn the_proxy_to_use_is_told_with_login_and_path() {
    let place = Place::new().with("password", "hunter2\n");
    let password = place.path().join("password").display().to_string();
    let options = options(&place)
        .env("MODKEEP_BASIC_USER", "build")
        .env("MODKEEP_BASIC_PASSWORD_FILE", &password)
        .args(&["--base-path", "/go"]);
    let server = options.start();
    let proxy = server.url().replace("://", "://build:PASSWORD@");
    assert!(server.url().ends_with("/go"), "{}", server.url());
    assert!(
        start_line(&server).ends_with(&format!("use GOPROXY={proxy}")),
        "{}",
        server.said()
    );
}

#[test]
fn a_port_in_use_is_one_clear_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = Place::new().run(&["serve", "--listen", &address, "--upstream", "off"]);
    assert_eq!(said.code, Some(3));
    assert_eq!(
        said.err,
        format!(
            "modkeep: cannot listen on {address}: the port is in use\n  end the program that has it, or choose another with --listen\n"
        )
    );
}

#[test]
fn a_store_in_use_is_one_clear_line() {
    let place = Place::new();
    let _server = options(&place).start();
    let said = place.run(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--store",
        "store",
        "--upstream",
        "off",
    ]);
    assert_eq!(said.code, Some(3));
    assert_eq!(
        said.err,
        "modkeep: store: another process uses this store: stop it, or give this one a folder of its own with --store\n"
    );
}

#[test]
fn a_certificate_that_is_none_is_one_clear_line() {
    let place = Place::new()
        .with("cert.pem", "no certificate\n")
        .with("key.pem", "no key\n");
    let said = place.run(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--store",
        "store",
        "--upstream",
        "off",
        "--tls-cert",
        "cert.pem",
        "--tls-key",
        "key.pem",
    ]);
    assert_eq!(said.code, Some(2), "{}", said.err);
    let mut lines = said.err.lines();
    assert!(lines.next().unwrap().contains("cert.pem"), "{}", said.err);
    assert_eq!(
        lines.next(),
        Some("  name a certificate chain with --tls-cert and its key with --tls-key, both in PEM")
    );
    assert_eq!(lines.next(), None);
}

#[test]
fn systemd_is_told_of_readiness_and_of_the_end() {
    let place = Place::new();
    let path = place.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    let server = options(&place)
        .env("NOTIFY_SOCKET", path.to_str().unwrap())
        .start();
    let hear = || {
        let mut message = [0; 100];
        let count = socket.recv(&mut message).unwrap();
        String::from_utf8(message[..count].to_vec())
            .unwrap()
            .trim_end()
            .to_owned()
    };
    assert_eq!(hear(), "READY=1");
    assert_eq!(server.terminate().code(), Some(0));
    assert_eq!(hear(), "STOPPING=1");
}

/// An upstream that takes one request and answers when it is told to.
struct Slow {
    listener: TcpListener,
}

impl Slow {
    fn new() -> Self {
        Self {
            listener: TcpListener::bind("127.0.0.1:0").unwrap(),
        }
    }

    fn url(&self) -> String {
        format!("http://{}", self.listener.local_addr().unwrap())
    }

    /// Waits for a request and leaves it without an answer.
    fn hear(&self) -> TcpStream {
        let (connection, _) = self.listener.accept().unwrap();
        let mut lines = BufReader::new(&connection).lines();
        while !lines.next().unwrap().unwrap().is_empty() {}
        connection
    }
}

/// Starts a server behind `upstream` and asks it for a list.
fn ask(place: &Place, upstream: &Slow) -> (Modkeep, JoinHandle<String>) {
    let options = ModkeepOptions::new(MODKEEP, &place.path().join("store"));
    let server = options
        .args(&["--upstream", &upstream.url(), "--sumdb", "off"])
        .start();
    let authority = server.authority().to_owned();
    let client = std::thread::spawn(move || {
        let mut connection = TcpStream::connect(authority).unwrap();
        let request = b"GET /rsc.io/quote/@v/list HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        connection.write_all(request).unwrap();
        let mut answer = Vec::new();
        // Cut off in the middle, it is an error to some systems.
        let _ = connection.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    });
    (server, client)
}

#[test]
fn a_request_under_way_is_finished_after_the_first_signal() {
    let (place, upstream) = (Place::new(), Slow::new());
    let (server, client) = ask(&place, &upstream);
    let mut connection = upstream.hear();
    server.signal("TERM");
    connection
        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nv1.5.2\n")
        .unwrap();
    let answer = client.join().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with("v1.5.2\n"), "{answer}");
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn a_second_signal_ends_at_once() {
    let (place, upstream) = (Place::new(), Slow::new());
    let (server, client) = ask(&place, &upstream);
    let _connection = upstream.hear();
    // Two of one kind could become one.
    server.signal("INT");
    assert_eq!(server.terminate().code(), Some(3));
    assert_eq!(client.join().unwrap(), "");
}
