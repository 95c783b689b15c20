//! A folder with policies, and the programs that read what is emitted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

pub(super) const MODKEEP: &str = env!("CARGO_BIN_EXE_modkeep");

pub(super) const TARGETS: [&str; 14] = [
    "profile.d",
    "pam",
    "systemd-system",
    "systemd-user",
    "systemd-manager",
    "sudoers",
    "dockerfile",
    "compose",
    "bake",
    "github",
    "gitlab",
    "jenkins",
    "kubernetes",
    "go-env",
];

/// Policies by name: file, and what a `go` must have under it.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) policy: &'static str,
    pub(super) values: &'static [(&'static str, &'static str)],
}

pub(super) const CASES: [Case; 4] = [
    Case {
        name: "routed",
        policy: "name = \"routed\"\n[client]\ngoproxy = \"https://a.example|https://b.example,direct\"\nprivate = [\"git.corp.example\", \"*.in.corp.example\"]\n",
        values: &[
            ("GOPROXY", "https://a.example|https://b.example,direct"),
            ("GOPRIVATE", "git.corp.example,*.in.corp.example"),
        ],
    },
    Case {
        name: "strict",
        policy: "name = \"strict\"\n[client]\ngoproxy = \"https://goproxy.corp.example\"\nprivate = [\"git.corp.example\"]\nsumdb = \"sum.golang.org https://sums.corp.example\"\ndirect = \"forbidden\"\n[audit]\ntoolchain = \"local\"\ninstall = { url = \"http://127.0.0.1:1/modkeep\", sha256 = \"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\" }\nvariables = [\"GOPROXY\"]\n",
        values: &[
            ("GOPROXY", "https://goproxy.corp.example"),
            ("GONOPROXY", "none"),
            ("GONOSUMDB", "git.corp.example"),
            ("GOSUMDB", "sum.golang.org https://sums.corp.example"),
            ("GOTOOLCHAIN", "local"),
        ],
    },
    Case {
        name: "air-gap",
        policy: "name = \"air-gap\"\n[client]\ngoproxy = \"file:///srv/modules,off\"\nsumdb = \"sum.golang.org https://sums.corp.example\"\ndirect = \"forbidden\"\n",
        values: &[
            ("GOPROXY", "file:///srv/modules,off"),
            ("GONOPROXY", "none"),
            ("GOSUMDB", "sum.golang.org https://sums.corp.example"),
            ("GOTOOLCHAIN", "local"),
            ("GOVCS", "*:off"),
            ("GOFLAGS", "-mod=readonly"),
        ],
    },
    Case {
        name: "odd",
        policy: "name = \"odd: 'x' \\\"y\\\" # %n ümlaut\"\n[client]\ngoproxy = \"https://p.example/it's/100%25/a\\\"b|off\"\nprivate = [\"[a-c].example\", 'a\\*b.example']\n",
        values: &[
            ("GOPROXY", "https://p.example/it's/100%25/a\"b|off"),
            ("GOPRIVATE", "[a-c].example,a\\*b.example"),
        ],
    },
];

/// A folder in which modkeep and others run.
pub(super) struct Ground {
    folder: TempDir,
}

/// What a program said.
pub(super) struct Said {
    pub(super) out: String,
    pub(super) err: String,
    pub(super) code: Option<i32>,
}

impl Ground {
    /// A folder with the policy of each case, `NAME.toml`.
    pub(super) fn new() -> Self {
        let ground = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for case in &CASES {
            ground.write(&format!("{}.toml", case.name), case.policy);
        }
        ground
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(super) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// Runs `modkeep emit` with `arguments`.
    pub(super) fn emit(&self, arguments: &[&str]) -> Said {
        self.run(Path::new(MODKEEP), &[&["emit"], arguments].concat(), &[])
    }

    /// The block for a target under the policy of a case, which must be printed.
    pub(super) fn block(&self, target: &str, case: &str) -> String {
        let said = self.emit(&[target, "--policy", &format!("{case}.toml")]);
        assert_eq!(said.code, Some(0), "{target} {case}: {}", said.err);
        said.out
    }

    /// Runs a program with no environment but HOME, PATH and `variables`.
    pub(super) fn run(
        &self,
        program: &Path,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Said {
        let output = Command::new(program)
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(variables.iter().copied())
            .output();
        Said::of(&output.unwrap_or_else(|error| panic!("{}: {error}", program.display())))
    }

    /// YAML as Python's reader of it understands it, as JSON; a list when there are several documents.
    pub(super) fn yaml(&self, name: &str) -> serde_json::Value {
        let script = "import sys, json\nfrom ruamel.yaml import YAML\nd = list(YAML(typ='safe', pure=True).load_all(open(sys.argv[1])))\nprint(json.dumps(d[0] if len(d) == 1 else d, default=str))";
        let said = self.run(&tool("python"), &["-c", script, name], &[]);
        assert_eq!(said.code, Some(0), "{}", said.err);
        serde_json::from_str(&said.out).unwrap()
    }
}

impl Said {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            out: text(&output.stdout),
            err: text(&output.stderr),
            code: output.status.code(),
        }
    }
}

/// A program that checks what is emitted: in the folder that `cargo xtask test` fills, in PATH, or
/// where only root's PATH leads.
pub(crate) fn tool(name: &str) -> PathBuf {
    let folder = Path::new(MODKEEP).ancestors().nth(2).unwrap().join("tools");
    let own = [folder.join("bin"), folder.join("venv").join("bin")];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let elsewhere = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    own.into_iter()
        .chain(elsewhere)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("this test needs {name}: cargo xtask test installs it"))
}

/// Names and values as a map.
pub(super) fn map(values: &[(&str, &str)]) -> BTreeMap<String, String> {
    let values = values.iter();
    values
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}
