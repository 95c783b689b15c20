//! Credentials: sent where they belong, never shown.

use origin::{Asked, Credential};
use platform::{Clock, Login};

use crate::server::{Server, answer, ok};
use crate::{kind_of, module, setup, setup_with, short};

const INFO: &str = r#"{"Version":"v1.0.0"}"#;

#[tokio::test]
async fn configured_credentials_are_sent() {
    let server = Server::same(ok(INFO)).await;
    let host = server.url.trim_start_matches("http://").to_owned();
    let token = Login::Bearer {
        token: "t0ken".into(),
    };
    let credential = Credential { host, login: token };
    let setup = setup_with(&server.url, short(), Clock::system(), vec![credential]);
    let module = module();
    let asked = Asked::Info(&module);
    setup.origins.fetch(&setup.chain, asked).await.unwrap();
    let head = server.heads().pop().unwrap();
    assert!(head.contains("authorization: bearer t0ken"), "{head}");
}

#[tokio::test]
async fn secrets_in_a_reason_are_taken_out() {
    let text = "Content-Type: text/plain";
    let server = Server::same(answer("403 Forbidden", text, "robot:s3cret may not")).await;
    let list = server.url.replace("http://", "http://robot:s3cret@");
    let (setup, module) = (setup(&list), module());
    let error = setup
        .origins
        .fetch(&setup.chain, Asked::Info(&module))
        .await;
    let error = error.unwrap_err();
    let text = error.to_string();
    assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    assert!(text.contains("[redacted]:[redacted] may not"), "{text}");
    assert_eq!(error.upstream(), server.url);
    let head = server.heads().pop().unwrap();
    assert!(head.contains("authorization: basic cm9ib3q6"), "{head}");
}

#[tokio::test]
async fn a_401_says_what_to_configure() {
    let server = Server::same(answer("401 Unauthorized", "", "")).await;
    let (setup, module) = (setup(&server.url), module());
    let error = setup
        .origins
        .fetch(&setup.chain, Asked::Info(&module))
        .await;
    let text = error.unwrap_err().to_string();
    let host = server.url.trim_start_matches("http://");
    let remedy = format!("configure [[credentials]] for {host} in modkeep.toml, or netrc");
    assert!(text.ends_with(&remedy), "{text}");
}

#[tokio::test]
async fn credentials_are_not_sent_in_the_clear() {
    let setup = setup("http://robot:s3cret@mirror.invalid");
    let module = module();
    let error = setup
        .origins
        .fetch(&setup.chain, Asked::Info(&module))
        .await;
    let error = error.unwrap_err();
    assert_eq!(kind_of(&error), "credentials");
    let why = "refusing to send credentials to http://mirror.invalid in the clear; use https";
    assert!(error.to_string().ends_with(why), "{error}");
}
