//! The checksum database, go.sum and toolchains.

use testkit::{Database, Module, Reply, Times};

use super::ground::{Ground, MODULE, Wall, each_go, said};

fn relayed(ground: &mut Ground) -> Database {
    let database = Database::new("sums.example");
    database.add(&Module::new(MODULE, "v1.0.0"));
    ground.upstream.relay(&database);
    ground.set(&[("GOSUMDB", &database.gosumdb())]);
    database
}

/// A toolchain that nobody has, as the proxy's module.
fn toolchain(ground: &Ground) -> Module {
    let system = ground.go.run("env GOOS GOARCH").expect_ok();
    let system = system.trim().replace('\n', "-");
    let module = Module::new("golang.org/toolchain", &format!("v0.0.1-go1.99.0.{system}"));
    ground.upstream.add(&module);
    module
}

/// F17: what GOSUMDB may be. GP202.
#[test]
fn f17_forms_of_gosumdb() {
    each_go(|ground| {
        for (value, reason) in [
            ("sum.golang.org+<key>", "malformed verifier id"),
            ("https://sum.golang.org", "malformed verifier id"),
            ("sums.example", "malformed verifier id"),
            ("a b c", "too many fields"),
            (" ", "missing GOSUMDB"),
            ("Off", "malformed verifier id"),
        ] {
            let outcome = ground.download(&[("GOSUMDB", value)]);
            assert!(
                !outcome.ok && said(&outcome).contains(reason),
                "{value}: {}",
                said(&outcome)
            );
        }
        assert!(ground.download(&[("GOSUMDB", "off")]).ok);
    });
}

/// F18: a proxy that relays is asked; one that says 404 is passed over, one that says 403 or 503 ends
/// the matter; a URL in GOSUMDB leaves proxies out. GP203, GP204.
#[test]
fn f18_relays() {
    each_go(|ground| {
        let wall = Wall::start();
        wall.before(&mut ground.go);
        ground.set(&[("NO_PROXY", "127.0.0.1")]);
        let database = relayed(ground);
        let itself = "CONNECT sums.example:443";
        assert!(ground.download(&[]).ok);
        assert!(
            ground
                .asked()
                .contains(&"sumdb/sums.example/supported".to_owned())
        );
        assert_eq!(wall.take(), [""; 0]);
        for (status, goes_on) in [(404, true), (410, true), (403, false), (503, false)] {
            ground.go.forget_heads();
            let no = Reply::Status(status, "no".to_owned());
            ground.upstream.script("sumdb/*", Times::Always, no);
            assert!(!ground.download(&[]).ok, "{status}");
            assert_eq!(
                wall.take().iter().any(|one| one == itself),
                goes_on,
                "{status}"
            );
        }
        ground.upstream.behave();
        let with_url = format!("{} https://sums.example", database.gosumdb());
        assert!(!ground.download(&[("GOSUMDB", &with_url)]).ok);
        assert!(!ground.asked().iter().any(|one| one.starts_with("sumdb/")));
        assert!(wall.take().iter().any(|one| one == itself));
    });
}

/// F19: without go.sum a build refuses, a download does not, and -mod=mod writes the file. GP205, GP206, GP207.
#[test]
fn f19_without_go_sum() {
    each_go(|ground| {
        ground.go.write(
            "go.mod",
            "module main.example/m\n\ngo 1.20\n\nrequire rsc.example/quote v1.0.0\n",
        );
        ground.go.write(
            "main.go",
            "package main\n\nimport _ \"rsc.example/quote\"\n\nfunc main() {}\n",
        );
        let refused = ground.go.run("build -o /dev/null .").expect_failure();
        assert!(refused.contains("missing go.sum entry"), "{refused}");
        assert!(ground.go.run("mod download").ok);
        let _ = std::fs::remove_file(ground.go.folder().join("go.sum"));
        ground.go.run("build -mod=mod -o /dev/null .").expect_ok();
        assert!(ground.go.read("go.sum").is_some());
    });
}

/// F20: a toolchain needs a proxy and the database, whatever GONOSUMDB says. GP105, GP401, GP403.
#[test]
fn f20_toolchains_need_the_database() {
    each_go(|ground| {
        let database = relayed(ground);
        database.add(&toolchain(ground));
        let off = switch(ground, &[("GOSUMDB", "off")]);
        assert!(
            off.contains("checksum database disabled by GOSUMDB=off"),
            "{off}"
        );
        switch(
            ground,
            &[("GOSUMDB", &database.gosumdb()), ("GONOSUMDB", "*")],
        );
        let looked_up = "sumdb/sums.example/lookup/golang.org/toolchain@";
        assert!(
            ground.asked().iter().any(|one| one.starts_with(looked_up)),
            "{:?}",
            ground.asked()
        );
    });
}

/// F20: and there is no repository of toolchains. GP003, GP105, GP403.
#[test]
fn f20_toolchains_come_from_a_proxy_alone() {
    each_go(|ground| {
        let wall = Wall::start();
        wall.before(&mut ground.go);
        ground.set(&[("NO_PROXY", "127.0.0.1")]);
        toolchain(ground);
        for direct in [
            ("GOPROXY", "direct"),
            ("GONOPROXY", "golang.org"),
            ("GONOPROXY", "*"),
        ] {
            ground.set(&[("GOPROXY", "{proxy}"), ("GONOPROXY", "")]);
            switch(ground, &[direct]);
            assert!(!ground.was_asked(), "{direct:?}");
            assert!(
                wall.take().contains(&"CONNECT golang.org:443".to_owned()),
                "{direct:?}"
            );
        }
    });
}

/// What `go` says when it is to switch to the toolchain.
fn switch(ground: &mut Ground, variables: &[(&str, &str)]) -> String {
    ground.set(variables);
    ground.set(&[("GOTOOLCHAIN", "go1.99.0")]);
    ground.go.clean_modcache();
    ground.upstream.forget();
    let text = said(&ground.go.run("version"));
    ground.set(&[("GOTOOLCHAIN", "local")]);
    text
}
