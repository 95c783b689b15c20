//! The real `go`, given the same zips through a proxy made of files.
#![expect(clippy::disallowed_methods, reason = "test code")]

use std::fs;
use std::path::Path;
use std::process::Command;

use super::cases::{Expected, all};
use super::module;
use crate::modzip::inspect;

/// What `go mod download -json` says of every module: its `Sum`, or its error.
fn go_sums(proxy: &Path, scratch: &Path, modules: &[String]) -> Vec<Result<String, String>> {
    let output = Command::new("go")
        .args(["mod", "download", "-json"])
        .args(modules)
        .current_dir(scratch)
        .env("GOPROXY", format!("file://{}", proxy.display()))
        .env("GOMODCACHE", scratch.join("modules"))
        .env("GOFLAGS", "-modcacherw")
        .env("GONOSUMDB", "")
        .env("GOSUMDB", "off")
        .env("GOPRIVATE", "")
        .env("GONOPROXY", "")
        .env("GOENV", "off")
        .env("GOWORK", "off")
        .env("GOTOOLCHAIN", "local")
        .output()
        .expect("this test runs `go`: install Go from https://go.dev/dl and put it on PATH");
    let text = String::from_utf8(output.stdout).unwrap();
    let field = |object: &str, name: &str| {
        let (_, rest) = object.split_once(&format!("\"{name}\": \""))?;
        rest.split('"').next().map(str::to_owned)
    };
    // One object a module, whose closing brace alone stands at the start of a line.
    let objects: Vec<&str> = text.split_inclusive("\n}\n").collect();
    modules
        .iter()
        .map(|module| {
            let (path, _) = module.split_once('@').unwrap();
            let object = objects
                .iter()
                .find(|object| field(object, "Path").as_deref() == Some(path))
                .unwrap_or_else(|| panic!("go says nothing of {module}: {text}"));
            match field(object, "Error") {
                Some(error) => Err(error),
                None => Ok(field(object, "Sum").unwrap()),
            }
        })
        .collect()
}

#[test]
fn go_agrees_on_every_case() {
    let scratch = tempfile::tempdir().unwrap();
    let proxy = scratch.path().join("proxy");
    let mut modules = Vec::new();
    let mut ours = Vec::new();
    for (index, case) in all().enumerate() {
        let path = format!("example.com/case{index}");
        let zip = (case.build)(&format!("{path}@v1.0.0/"));
        let folder = proxy.join(&path).join("@v");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("v1.0.0.info"), r#"{"Version":"v1.0.0"}"#).unwrap();
        fs::write(folder.join("v1.0.0.mod"), format!("module {path}\n")).unwrap();
        fs::write(folder.join("v1.0.0.zip"), &zip).unwrap();
        let module = module(&path, "v1.0.0").unwrap();
        ours.push(
            inspect(std::io::Cursor::new(zip), &module)
                .ok()
                .map(|inspection| inspection.h1),
        );
        modules.push(format!("{path}@v1.0.0"));
    }
    let sums = go_sums(&proxy, scratch.path(), &modules);
    let mut wrong = Vec::new();
    for ((case, ours), go) in all().zip(ours).zip(sums) {
        let as_expected = match case.expected {
            Expected::Accepted => ours.is_some() && ours.as_ref() == go.as_ref().ok(),
            Expected::Refused(_) => ours.is_none() && go.is_err(),
            Expected::Stricter(_) => ours.is_none() && go.is_ok(),
        };
        if !as_expected {
            wrong.push(format!("{}: {ours:?} here, {go:?} by go", case.what));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
