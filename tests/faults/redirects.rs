//! Redirects: where they may lead, and how many.

use testkit::{Reply, Times};

use crate::row::Ask::{Info, Latest, List, Mod, Zip};
use crate::row::{Ask, Fault, Row, Scene, Want, made, refused};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = inside();
    rows.extend(loops());
    rows
}

fn to(name: &'static str, ask: Ask, place: &str, says: &'static str) -> Row {
    refused(name, ask, Reply::Redirect(302, place.to_owned()), 502, says)
}

/// The stranger at loopback, spelled so.
fn stranger(scene: &Scene, host: &str) -> Reply {
    let port = scene.stranger.address().port();
    Reply::Redirect(307, format!("http://{host}:{port}/{}", scene.path()))
}

fn inside() -> Vec<Row> {
    const INSIDE: &str = "inside this network";
    vec![
        made(
            "redirect to another port",
            Info,
            |scene| stranger(scene, "127.0.0.1"),
            502,
            INSIDE,
        ),
        made(
            "redirect of a zip to another port",
            Zip,
            |scene| stranger(scene, "127.0.0.1"),
            502,
            INSIDE,
        ),
        made(
            "redirect to localhost",
            Mod,
            |scene| stranger(scene, "localhost"),
            502,
            INSIDE,
        ),
        made(
            "redirect to a number",
            List,
            |scene| stranger(scene, "2130706433"),
            502,
            INSIDE,
        ),
        made(
            "redirect to a hexadecimal number",
            Latest,
            |scene| stranger(scene, "0x7f000001"),
            502,
            INSIDE,
        ),
        made(
            "redirect to octal parts",
            Info,
            |scene| stranger(scene, "0177.0.0.1"),
            502,
            INSIDE,
        ),
        made(
            "redirect to a short address",
            Info,
            |scene| stranger(scene, "127.1"),
            502,
            INSIDE,
        ),
        made(
            "redirect to all addresses",
            Info,
            |scene| stranger(scene, "0.0.0.0"),
            502,
            INSIDE,
        ),
        made(
            "redirect to loopback in ipv6",
            Mod,
            |scene| stranger(scene, "[::1]"),
            502,
            INSIDE,
        ),
        made(
            "redirect to a mapped address",
            Zip,
            |scene| stranger(scene, "[::ffff:127.0.0.1]"),
            502,
            INSIDE,
        ),
        to(
            "redirect to cloud metadata",
            Info,
            "http://169.254.169.254/latest/meta-data/",
            INSIDE,
        ),
        to(
            "redirect of a zip to cloud metadata",
            Zip,
            "http://169.254.169.254/latest/meta-data/",
            INSIDE,
        ),
        to(
            "redirect to cloud metadata in ipv6",
            Info,
            "http://[fd00:ec2::254]/",
            INSIDE,
        ),
        to(
            "redirect to a private network",
            List,
            "http://10.0.0.1/",
            INSIDE,
        ),
        to(
            "redirect to a file",
            Info,
            "file:///etc/passwd",
            "no web address",
        ),
        to(
            "redirect to ftp",
            Info,
            "ftp://mirror.example/x",
            "no web address",
        ),
        to("redirect to no address", Mod, "http://[", "no address"),
        to(
            "redirect to a secret port of tls",
            Mod,
            "https://127.0.0.1:1/",
            INSIDE,
        ),
    ]
}

fn loops() -> Vec<Row> {
    let set = |name, ask, set, want| Row::new(name, ask, Fault::Set(set), want);
    vec![
        made(
            "redirect to itself",
            Info,
            |scene| Reply::Redirect(302, format!("/{}", scene.path())),
            502,
            "stopped after 10 redirects",
        ),
        set(
            "redirect in a circle",
            Zip,
            |scene| {
                let path = scene.path();
                scene
                    .upstream
                    .script(&path, Times::Always, Reply::Redirect(301, "/circle".into()));
                scene.upstream.script(
                    "circle",
                    Times::Always,
                    Reply::Redirect(301, format!("/{path}")),
                );
            },
            Want::Refused(502),
        )
        .says("stopped after 10 redirects"),
        set(
            "eleven redirects",
            Mod,
            |scene| hops(scene, 11),
            Want::Refused(502),
        )
        .says("stopped after 10 redirects"),
        set("ten redirects", Mod, |scene| hops(scene, 10), Want::Right),
        set(
            "captive portal",
            Info,
            |scene| {
                let portal = Reply::Body(b"<html>Welcome to the hotel".to_vec());
                scene.upstream.script(
                    &scene.path(),
                    Times::Always,
                    Reply::Redirect(302, "/login?to=x".into()),
                );
                scene.upstream.script("login*", Times::Always, portal);
            },
            Want::Refused(502),
        )
        .says("web page"),
    ]
}

/// So many redirects, then the right answer.
fn hops(scene: &Scene, count: usize) {
    let right = Reply::Body(scene.right());
    let place = |number: usize| Reply::Redirect(302, format!("/hop/{number}"));
    scene
        .upstream
        .script(&scene.path(), Times::Always, place(1));
    for number in 1..count {
        scene
            .upstream
            .script(&format!("hop/{number}"), Times::Always, place(number + 1));
    }
    scene
        .upstream
        .script(&format!("hop/{count}"), Times::Always, right);
}
