//! Redirects: where they may lead, and how many.

use testkit::{Reply, Times};

use crate::row::Ask::{Info, Latest, List, Mod, Zip};
use crate::row::{Ask, Fault, Row, Scene, Want, made, refused};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = inside();
    rows.extend(elsewhere());
    rows.extend(loops());
    rows.extend(logins());
    rows
}

fn to(name: &'static str, ask: Ask, place: &str, says: &'static str) -> Row {
    refused(name, ask, Reply::Redirect(302, place.to_owned()), 502, says)
}

/// A row in which modkeep is sent to the stranger.
fn stranger(name: &'static str, ask: Ask, reply: fn(&Scene) -> Reply) -> Row {
    made(name, ask, reply, 502, "inside this network")
}

/// To the stranger, whose address is spelled so.
fn at(scene: &Scene, host: &str) -> Reply {
    let port = scene.stranger.address().port();
    Reply::Redirect(307, format!("http://{host}:{port}/{}", scene.path()))
}

/// To whom nobody may send modkeep.
fn inside() -> Vec<Row> {
    vec![
        stranger("to another port", Info, |scene| at(scene, "127.0.0.1")),
        stranger("zip to another port", Zip, |scene| at(scene, "127.0.0.1")),
        stranger("to localhost", Mod, |scene| at(scene, "localhost")),
        stranger("to a number", List, |scene| at(scene, "2130706433")),
        stranger("to hexadecimal", Latest, |scene| at(scene, "0x7f000001")),
        stranger("to octal parts", Info, |scene| at(scene, "0177.0.0.1")),
        stranger("to a short address", Info, |scene| at(scene, "127.1")),
        stranger("to all addresses", Info, |scene| at(scene, "0.0.0.0")),
        stranger("to loopback in ipv6", Mod, |scene| at(scene, "[::1]")),
        stranger("to a mapped one", Zip, |scene| {
            at(scene, "[::ffff:127.0.0.1]")
        }),
    ]
}

/// To other places that nothing names, or that are none.
fn elsewhere() -> Vec<Row> {
    const INSIDE: &str = "inside this network";
    const CLOUD: &str = "http://169.254.169.254/latest/meta-data/";
    const FILE: &str = "file:///etc/passwd";
    vec![
        to("to cloud metadata", Info, CLOUD, INSIDE),
        to("zip to cloud metadata", Zip, CLOUD, INSIDE),
        to(
            "to metadata in ipv6",
            Info,
            "http://[fd00:ec2::254]/",
            INSIDE,
        ),
        to("to a private network", List, "http://10.0.0.1/", INSIDE),
        to("to tls on loopback", Mod, "https://127.0.0.1:1/", INSIDE),
        to("to a file", Info, FILE, "no web address"),
        to("zip to a file", Zip, FILE, "no web address"),
        to("to ftp", Info, "ftp://mirror.example/x", "no web address"),
        to("to no address", Mod, "http://[", "no address"),
    ]
}

/// A login in a place is sent to nobody and shown to nobody.
fn logins() -> Vec<Row> {
    let to_stranger = |scene: &Scene| at(scene, "robot:hunter2@127.0.0.1");
    let to_itself = |scene: &Scene| {
        let place = format!("http://robot:hunter2@{}/missing", scene.upstream.address());
        Reply::Redirect(302, place)
    };
    vec![
        stranger("to a stranger with a login", Info, to_stranger).hides("hunter2"),
        made(
            "to itself with a login",
            Info,
            to_itself,
            404,
            "no such thing",
        )
        .hides("hunter2"),
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
