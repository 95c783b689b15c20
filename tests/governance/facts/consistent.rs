//! Settings that cannot work together, as `goenv` tells them, and what the real `go` does under them.

use platform::EnvSnapshot;
use testkit::{Database, Module, Reply, Times};

use super::ground::{Ground, MODULE, Wall, each_go, said};

/// What is seen of a `go`.
enum Sees {
    /// It fails with this text.
    Fails(&'static str),
    /// The host is asked, beside the list or through it.
    Host(&'static str),
    /// The proxy of the list is asked for nothing, whatever comes of it.
    NotTheProxy,
    /// It downloads, and nothing is looked up.
    NoLookUp,
    /// It downloads, and the proxy was asked.
    Works,
}

struct Row {
    variables: &'static [(&'static str, &'static str)],
    /// Rule and effect of the first combination that is told.
    told: &'static str,
    sees: Sees,
}

const TOOLCHAIN: (&str, &str) = ("GOTOOLCHAIN", "go1.99.0");

const ROWS: [Row; 19] = [
    row(
        &[("GO111MODULE", "off")],
        "GP028 fails",
        Sees::Fails("modules disabled by GO111MODULE=off"),
    ),
    row(
        &[("GOPROXY", "fallback")],
        "GP012 fails",
        Sees::Fails("missing scheme: fallback"),
    ),
    row(
        &[("GOPROXY", ",")],
        "GP013 fails",
        Sees::Fails("contains no entries"),
    ),
    row(
        &[("GOSUMDB", "sum.golang.org+<key>")],
        "GP202 fails",
        Sees::Fails("malformed verifier id"),
    ),
    row(
        &[
            ("GOPROXY", "http://u:p@{authority}"),
            ("GOINSECURE", "127.0.0.1"),
        ],
        "GP306 fails",
        Sees::Fails("refusing to pass credentials to insecure URL"),
    ),
    row(
        &[
            ("GOPRIVATE", "rsc.example"),
            ("GOVCS", "*:off"),
            ("GOPROXY", "{proxy}"),
        ],
        "GP318 fails",
        Sees::NotTheProxy,
    ),
    row(
        &[("GONOSUMDB", "rsc.example"), ("GOPROXY", "DEFAULT")],
        "GP103 escapes",
        Sees::Host("DEFAULT"),
    ),
    row(
        &[("GOPRIVATE", "rsc.example"), ("GOPROXY", "off")],
        "GP004 escapes",
        Sees::Host("rsc.example"),
    ),
    row(
        &[("GOPROXY", "{files},off")],
        "GP204 escapes",
        Sees::Host("sum.golang.org"),
    ),
    row(
        &[TOOLCHAIN, ("GOSUMDB", "off")],
        "GP403 toolchain-fails",
        Sees::Fails("checksum database disabled by GOSUMDB=off"),
    ),
    row(
        &[TOOLCHAIN, ("GOPROXY", "direct")],
        "GP403 toolchain-fails",
        Sees::Host("golang.org"),
    ),
    row(
        &[TOOLCHAIN, ("GOPRIVATE", "*")],
        "GP403 toolchain-fails",
        Sees::Host("golang.org"),
    ),
    row(
        &[("GONOPROXY", "*")],
        "GP105 ineffective",
        Sees::NotTheProxy,
    ),
    row(&[("GONOSUMDB", "*")], "GP106 ineffective", Sees::NoLookUp),
    row(
        &[("GOSUMDB", "off"), ("GOPRIVATE", "git.corp.example")],
        "GP201 ineffective",
        Sees::NoLookUp,
    ),
    row(
        &[
            ("GOPRIVATE", "rsc.example"),
            ("GONOPROXY", "other.example"),
            ("GONOSUMDB", "rsc.example"),
        ],
        "GP116 ineffective",
        Sees::Works,
    ),
    row(
        &[("GOINSECURE", "127.0.0.1")],
        "GP302 ineffective",
        Sees::Works,
    ),
    row(
        &[("GOPRIVATE", "git.corp.example"), ("GONOPROXY", "none")],
        "",
        Sees::Works,
    ),
    row(&[], "", Sees::Works),
];

const fn row(
    variables: &'static [(&'static str, &'static str)],
    told: &'static str,
    sees: Sees,
) -> Row {
    Row {
        variables,
        told,
        sees,
    }
}

#[test]
fn what_is_told_is_what_go_does() {
    each_go(|ground| {
        let files = filled_folder(ground);
        for row in &ROWS {
            let mut fresh = ground.again();
            check(&mut fresh, row, &files);
        }
    });
}

/// A module cache, which is a proxy of files too.
fn filled_folder(ground: &mut Ground) -> String {
    assert!(ground.download(&[]).ok);
    format!("file://{}/cache/download", ground.go.modcache().display())
}

/// Everything that is set for a row.
fn variables(
    ground: &Ground,
    row: &Row,
    files: &str,
    gosumdb: &str,
) -> Vec<(&'static str, String)> {
    let fill = |text: &str| {
        let text = ground.fill(text).replace("{files}", files);
        text.replace("DEFAULT", default_proxy())
    };
    let gosumdb = match row.told {
        // It is about Go's own database.
        "GP204 escapes" => gomod::defaults::GOSUMDB,
        _ => gosumdb,
    };
    let mut variables = vec![
        ("GOPROXY", ground.upstream.url()),
        ("GOSUMDB", gosumdb.to_owned()),
        ("GOTOOLCHAIN", "local".to_owned()),
        ("NO_PROXY", "127.0.0.1".to_owned()),
    ];
    let own = row.variables.iter();
    variables.extend(own.map(|(name, value)| (*name, fill(value))));
    variables
}

fn default_proxy() -> &'static str {
    gomod::defaults::GOPROXY.split(',').next().unwrap()
}

/// The first combination that is told: rule and effect.
fn told(release: u32, variables: &[(&str, &str)]) -> String {
    let env: EnvSnapshot = variables.iter().copied().collect();
    let release = goenv::Release::parse(&format!("1.{release}")).unwrap();
    let found = goenv::consistency(&goenv::GoEnv::resolve(&goenv::Sources {
        env: &env,
        release,
        ..goenv::Sources::of(&env)
    }));
    let first = found.first();
    first
        .map(|one| format!("{} {}", one.rule, one.effect.as_str()))
        .unwrap_or_default()
}

fn check(ground: &mut Ground, row: &Row, files: &str) {
    let wall = Wall::start();
    wall.before(&mut ground.go);
    let database = Database::new("sums.example");
    database.add(&Module::new(MODULE, "v1.0.0"));
    ground.upstream.relay(&database);
    let system = ground.go.run("env GOOS GOARCH").expect_ok();
    let system = system.trim().replace('\n', "-");
    let toolchain = Module::new("golang.org/toolchain", &format!("v0.0.1-go1.99.0.{system}"));
    ground.upstream.add(&toolchain);

    let variables = variables(ground, row, files, &database.gosumdb());
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    assert_eq!(
        told(ground.release, &variables),
        row.told,
        "{:?}",
        row.variables
    );
    let outcome = ground.download(&variables);
    let text = said(&outcome);
    let about = format!("{:?} 1.{}: {text}", row.variables, ground.release);
    let asked = ground.asked();
    let is_module = |path: &String| !path.starts_with("sumdb/");
    match row.sees {
        Sees::Fails(reason) => assert!(!outcome.ok && text.contains(reason), "{about}"),
        Sees::Host(host) => {
            let host = match host {
                "DEFAULT" => default_proxy().trim_start_matches("https://"),
                host => host,
            };
            let wanted = format!("CONNECT {host}:443");
            assert!(wall.take().contains(&wanted), "{about}");
        }
        Sees::NotTheProxy => assert!(!outcome.ok && !asked.iter().any(is_module), "{about}"),
        Sees::NoLookUp => assert!(outcome.ok && asked.iter().all(is_module), "{about}"),
        Sees::Works => assert!(outcome.ok && asked.iter().any(is_module), "{about}"),
    }
}

/// A private module is asked of the public database when only GONOPROXY names it, and that fails.
#[test]
fn a_module_from_version_control_is_looked_up() {
    each_go(|ground| {
        let supported = "sumdb/sum.golang.org/supported";
        ground
            .upstream
            .script(supported, Times::Always, Reply::Body(Vec::new()));
        let repository = ground.repository("git.example/team/lib");
        let variables = [
            ("GOSUMDB", gomod::defaults::GOSUMDB),
            ("GIT_CONFIG_GLOBAL", repository.as_str()),
            ("GONOPROXY", "git.example"),
        ];
        let module = "git.example/team/lib.git";
        let looked_up = format!("sumdb/sum.golang.org/lookup/{module}@v1.0.0");
        assert!(!ground.download_of(module, &variables).ok);
        assert!(ground.asked().contains(&looked_up), "{:?}", ground.asked());
        let outcome =
            ground.download_of(module, &[("GONOPROXY", ""), ("GOPRIVATE", "git.example")]);
        assert!(outcome.ok && !ground.was_asked(), "{}", said(&outcome));
    });
}
