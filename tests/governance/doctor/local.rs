//! Faults of variables, files and folders: found without asking anybody.

use super::machine::Machine;

#[test]
fn a_variable_that_go_refuses() {
    for (name, value, id, says) in [
        ("GOPROXY", "fallback", "chain.goproxy", "missing scheme"),
        ("GOPROXY", "Direct", "chain.goproxy", "missing scheme"),
        ("GOPROXY", ",", "chain.goproxy", "contains no entries"),
        ("GOPROXY", "socks5://p.example", "chain.goproxy", "scheme"),
        (
            "GOPROXY",
            "https://p.example;direct",
            "chain.goproxy",
            "one entry",
        ),
        ("GO111MODULE", "off", "env.modules", "GO111MODULE=off"),
        ("GOVCS", "git", "env.vcs", "missing colon"),
        ("GOFLAGS", "mod=mod", "env.flags", "non-flag"),
        ("GOPRIVATE", "a.example, b.example", "env.patterns", "blank"),
        ("GOPRIVATE", "https://a.example", "env.patterns", "https://"),
        (
            "GOSUMDB",
            "sums.example",
            "sumdb.value",
            "malformed verifier id",
        ),
        (
            "HTTPS_PROXY",
            "socks5://p.example",
            "proxy.variables",
            "HTTPS_PROXY",
        ),
        (
            "NO_PROXY",
            "https://a.example",
            "proxy.exceptions",
            "not a URL",
        ),
        (
            "SSL_CERT_FILE",
            "/nowhere.pem",
            "tls.authorities",
            "no such file",
        ),
    ] {
        let mut machine = Machine::new();
        machine.set(name, value);
        machine.finds(id, says);
    }
}

/// go#61928: an empty line of the user's file is no default.
#[test]
fn an_empty_line_of_the_users_file() {
    let mut machine = Machine::new();
    machine.unset("GOPROXY");
    machine.write("home/.config/go/env", "GOFLAGS=-modcacherw\nGOPROXY=\n");
    machine.finds("chain.goproxy", "go/env:2");
}

#[test]
fn a_folder_as_proxy_that_is_not_there() {
    let mut machine = Machine::new();
    machine.set("GOSUMDB", "off");
    machine.set("GOPROXY", "file:///nowhere/cache/download");
    machine.finds("chain.goproxy", "no folder");
    let folder = machine.text("home");
    machine.set("GOPROXY", &format!("file://{folder}"));
    assert_eq!(machine.run(&[]).code, Some(0));
}

#[test]
fn a_goroot_without_its_defaults() {
    let mut machine = Machine::new();
    machine
        .install("1.26.8", None)
        .unset("GOPROXY")
        .unset("GOSUMDB");
    machine.finds("toolchain.defaults", "go.env is not there");
    machine.install("1.26.8", Some("GOSUMDB=sum.golang.org\n"));
    machine.set("GOSUMDB", "off");
    machine.finds("toolchain.defaults", "no GOPROXY");
}

#[test]
fn folders_that_cannot_be_written() {
    let mut machine = Machine::new();
    machine.write("file", "");
    let below = machine.text("file/mod");
    machine.set("GOMODCACHE", &below);
    machine.finds("env.modcache", "cannot be written");
    machine.unset("GOMODCACHE").set("GOCACHE", &below);
    machine.finds("env.buildcache", "cannot be written");
    machine.unset("GOCACHE").unset("HOME");
    machine.finds("env.home", "HOME is not set");
}

#[test]
fn a_toolchain_that_is_too_old() {
    let mut machine = Machine::new();
    machine.install("1.26.8", Some(GO_ENV));
    machine.write("work/go.mod", "module main.example/m\n\ngo 1.99.0\n");
    machine.set("GOTOOLCHAIN", "local");
    machine.finds("toolchain.plan", "wants Go 1.99.0, here is Go 1.26.8");
    machine.set("GOTOOLCHAIN", "auto");
    machine.finds("endpoint.toolchain", "golang.org/toolchain@v0.0.1-go1.99.0");
}

/// What Go ships.
const GO_ENV: &str = "GOPROXY=https://goproxy.invalid\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\n";
