//! `modkeep serve --print-config`.

use crate::run::Place;

/// The line of `key` in what is printed, its spaces made one.
fn line(printed: &str, key: &str) -> String {
    let line = printed.lines().find(|line| {
        line.starts_with(&format!("{key} ")) || line.starts_with(&format!("# {key} "))
    });
    line.unwrap_or_default()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

const FILE: &str = r#"
listen = "127.0.0.1:9000"
upstream = "https://me:hunter2@a.example,direct"
store = "kept"
private = ["git.corp.example", "*.internal.corp.example"]
offline = true
basic_user = "build"
basic_password = "hunter2"
byte_cache = "32MiB"

[limits]
tries = 5
stall = "20s"

[[credentials]]
host = "a.example"
user = "me"
password = "hunter2"

[[credentials]]
host = "b.example:8443"
token_file = "token"
"#;

#[test]
fn every_value_is_told_with_where_it_came_from_and_without_secrets() {
    let place = Place::new()
        .with("conf/modkeep.toml", FILE)
        .with("conf/token", "hunter2\n");
    let said = place.run_in(
        &[
            ("MODKEEP_LISTEN", "127.0.0.1:9001"),
            ("MODKEEP_LIST_TTL", "5m"),
            ("MODKEEP_CONFIG", "conf/modkeep.toml"),
        ],
        &[
            "serve",
            "--print-config",
            "--listen",
            ":9002",
            "--upstream-timeout=7s",
        ],
    );
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    assert!(!said.out.contains("hunter2"), "{}", said.out);
    let table = [
        ("listen", "listen = \"[::]:9002\" # flag --listen"),
        ("list_ttl", "list_ttl = \"5m\" # variable MODKEEP_LIST_TTL"),
        ("latest_ttl", "latest_ttl = \"1m\" # default"),
        ("store", "store = \"disk:conf/kept\" # conf/modkeep.toml:4"),
        (
            "upstream",
            "upstream = \"https://me:xxxxx@a.example,direct\" # conf/modkeep.toml:3",
        ),
        (
            "private",
            "private = \"git.corp.example,*.internal.corp.example\" # conf/modkeep.toml:5",
        ),
        ("offline", "offline = true # conf/modkeep.toml:6"),
        (
            "basic_password",
            "basic_password = \"xxxxx\" # conf/modkeep.toml:8",
        ),
        ("tls_cert", "# tls_cert = (not set) # default"),
        ("sumdb", "sumdb = \"sum.golang.org\" # default"),
        ("tries", "tries = 5 # conf/modkeep.toml:12"),
        ("stall", "stall = \"7s\" # flag --upstream-timeout"),
        (
            "byte_cache_bytes",
            "byte_cache_bytes = \"32MiB\" # conf/modkeep.toml:9",
        ),
        ("zip_bytes", "zip_bytes = \"500MiB\" # default"),
        ("host", "host = \"a.example\" # conf/modkeep.toml:16"),
        ("password", "password = \"xxxxx\" # conf/modkeep.toml:16"),
        ("token", "token = \"xxxxx\" # conf/modkeep.toml:21"),
    ];
    for (key, wanted) in table {
        assert_eq!(line(&said.out, key), wanted);
    }
}

#[test]
fn a_policy_is_told_with_its_digest() {
    let policy = "name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example\"\nsumdb = \"off\"\n\
                  private = [\"git.corp.example\"]\n[[route]]\nmatch = [\"*\"]\nfrom = \"https://a.example\"\n";
    let place = Place::new().with("policy.toml", policy);
    let said = place.run(&[
        "serve",
        "--print-config",
        "--policy",
        "policy.toml",
        "--private",
        "x.example",
    ]);
    let starts = |key: &str, wanted: &str| {
        let found = line(&said.out, key);
        assert!(found.starts_with(wanted), "{found}");
    };
    starts(
        "policy",
        "policy = \"policy.toml\" # flag --policy; \"corp\", sha256:",
    );
    starts("sumdb", "sumdb = \"off\" # policy policy.toml");
    starts("upstream", "# upstream = (not set) # policy policy.toml");
    starts(
        "private",
        "private = \"x.example,git.corp.example\" # flag --private and policy policy.toml",
    );
}

/// What is printed is itself a settings file, but for what is hidden.
#[test]
fn what_is_printed_can_be_read_again() {
    let place = Place::new();
    let first = place.run(&[
        "serve",
        "--print-config",
        "--private",
        "x.example",
        "--list-ttl",
        "90s",
    ]);
    let place = place.with("again.toml", &first.out);
    let again = place.run(&["serve", "--print-config", "--config", "again.toml"]);
    assert_eq!(again.code, Some(0), "{}", again.err);
    let values = |printed: &str| -> Vec<String> {
        printed
            .lines()
            .map(|line| line.split(" # ").next().unwrap().trim_end().to_owned())
            .collect()
    };
    assert_eq!(values(&first.out), values(&again.out));
}
