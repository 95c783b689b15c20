use std::sync::Arc;

use origin::Link;

use super::*;

fn chain(upstreams: &[&str]) -> Chain {
    let link = |upstream: &&str| Link {
        source: match *upstream {
            "direct" => LinkSource::Direct,
            url => LinkSource::Upstream(Arc::from(url)),
        },
        fall_back_on_error: false,
    };
    upstreams.iter().map(link).collect()
}

fn path(path: &str) -> ModulePath {
    ModulePath::parse(path).unwrap()
}

/// The upstreams asked for a private module, or `None` when it is withheld.
fn asked(routes: &Routes, module: &str, private: &str) -> Option<Vec<String>> {
    let private = Patterns::parse(private);
    let sources = routes.sources(&path(module), Some(&private));
    let Sources::Chain(chain) = sources else {
        return None;
    };
    let name = |link: &Link| match &link.source {
        LinkSource::Upstream(id) => id.to_string(),
        LinkSource::Direct => "direct".to_owned(),
        LinkSource::Off => "off".to_owned(),
    };
    Some(chain.links().iter().map(name).collect())
}

#[test]
fn who_may_hear_of_a_private_module() {
    let private = "git.corp.example,*.corp.example";
    let table = [
        ("https://mirror.example", false),
        ("https://192.0.2.1", false),
        ("https://[2001:db8::1]", false),
        ("https://localhost.mirror.example", false),
        ("https://corp.example", false),
        ("https://goproxy.corp.example", true),
        ("https://goproxy.corp.example./base", true),
        ("http://127.0.0.1:3000", true),
        ("http://2130706433:3000", true),
        ("http://10.1.2.3", true),
        ("http://172.16.0.1", true),
        ("http://192.168.1.1:8080/x", true),
        ("http://169.254.1.1", true),
        ("http://[::1]:3000", true),
        ("http://[fd00::1]", true),
        ("http://[fe80::1]", true),
        ("http://[::ffff:10.0.0.1]", true),
        ("http://localhost:3000", true),
        ("http://athens:3000", true),
        ("file:///srv/modules", true),
        ("not a url", false),
    ];
    for (upstream, may) in table {
        let routes = Routes::single(chain(&[upstream, "direct"]));
        let asked = asked(&routes, "git.corp.example/team/x", private);
        let wanted = may.then(|| vec![upstream.to_owned(), "direct".to_owned()]);
        assert_eq!(asked, wanted, "{upstream}");
    }
}

#[test]
fn a_route_for_everything_loses_its_public_upstreams() {
    for everything in ["*", "*/*", "?*", "*,*/*"] {
        let source = chain(&["https://mirror.example", "http://athens:3000"]);
        let routes = Routes::new(vec![(
            Patterns::parse(everything),
            RouteSource::Chain(source),
        )]);
        let private = "git.corp.example";
        let asked = asked(&routes, "git.corp.example/x", private).unwrap();
        assert_eq!(asked, ["http://athens:3000"], "{everything}");
    }
}

#[test]
fn a_route_that_names_a_private_module_is_followed() {
    for naming in ["git.corp.example", "*,git.corp.example", "*.corp.example"] {
        let source = chain(&["https://mirror.example"]);
        let routes = Routes::new(vec![(Patterns::parse(naming), RouteSource::Chain(source))]);
        let private = "git.corp.example";
        let asked = asked(&routes, "git.corp.example/x", private).unwrap();
        assert_eq!(asked, ["https://mirror.example"], "{naming}");
    }
    // A name beside the wildcard that is another's does not count.
    let source = chain(&["https://mirror.example"]);
    let routes = Routes::new(vec![(
        Patterns::parse("git.other.example,*"),
        RouteSource::Chain(source),
    )]);
    assert_eq!(
        asked(&routes, "git.corp.example/x", "git.corp.example"),
        None
    );
}

#[test]
fn a_withheld_module_is_denied_with_the_remedy() {
    let routes = Routes::single(chain(&["https://mirror.example", "direct"]));
    let module = path("git.corp.example/x");
    let private = Patterns::parse("git.corp.example");
    let sources = routes.sources(&module, Some(&private));
    assert!(!sources.name("https://mirror.example"));
    let Err(Error::Denied { text, upstream }) = sources.chain(&module) else {
        panic!("a private module went to a public upstream");
    };
    assert_eq!(upstream, None);
    for word in [
        "git.corp.example/x",
        "pattern \"git.corp.example\"",
        "[[route]]",
    ] {
        assert!(text.contains(word), "{text}");
    }
}

#[test]
fn what_is_not_private_goes_where_its_route_says() {
    let routes = Routes::new(vec![
        (Patterns::parse("git.corp.example"), RouteSource::Vcs),
        (
            Patterns::parse("github.com"),
            RouteSource::Chain(chain(&["https://mirror.example"])),
        ),
    ]);
    let public = path("github.com/a/b");
    let sources = routes.sources(&public, None);
    assert!(sources.name("https://mirror.example") && !sources.name("vcs"));
    assert!(sources.chain(&public).is_ok());
    let vcs = path("git.corp.example/x");
    let sources = routes.sources(&vcs, Some(&Patterns::parse("git.corp.example")));
    assert!(sources.name("vcs"));
    assert!(matches!(sources.chain(&vcs), Err(Error::Absent { .. })));
    let unrouted = path("example.com/m");
    let sources = routes.sources(&unrouted, None);
    assert!(!sources.name("https://mirror.example") && !sources.name("vcs"));
    assert!(matches!(
        sources.chain(&unrouted),
        Err(Error::Denied { .. })
    ));
}
