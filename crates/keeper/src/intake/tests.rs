use std::fs;

use sumdb::Database;
use testkit::Module;

use super::*;
use crate::fixture::{Fixture, Setup, end};

struct Ground {
    fixture: Fixture,
    setup: Setup,
    tree: tempfile::TempDir,
}

impl Ground {
    /// A tree, and an upstream whose database knows the modules of it.
    fn new() -> Self {
        let fixture = Fixture::new();
        let log = testkit::Database::new("sum.corp.example");
        fixture.upstream.relay(&log);
        let setup = Setup {
            database: Database::parse(&log.gosumdb()).unwrap(),
            private: "git.corp.example",
            ..Setup::default()
        };
        let tree = tempfile::tempdir().unwrap();
        Self {
            fixture,
            setup,
            tree,
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.tree.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn athens(&self, module: &Module) {
        let (path, version) = (&module.name().path, &module.version);
        let folder = format!("{path}/{version}");
        self.write(&format!("{folder}/{version}.info"), &module.info_bytes());
        self.write(&format!("{folder}/go.mod"), &module.mod_bytes());
        self.write(&format!("{folder}/source.zip"), &module.zip_bytes());
    }

    async fn import(&self, engine: &Arc<Engine>, layout: TreeLayout) -> IntakeReport {
        let intake = Intake {
            root: self.tree.path().to_path_buf(),
            layout,
            source: "import".to_owned(),
        };
        take_in(engine, intake, |_| {}).await.unwrap()
    }
}

fn reasons(refused: &[Refusal]) -> String {
    let mut lines: Vec<String> = refused
        .iter()
        .map(|refusal| {
            let name = refusal.file.file_name().unwrap_or_default();
            let name = name.to_string_lossy().into_owned();
            let module = refusal.artifact.as_ref();
            let module = module.map_or(String::new(), |(module, _)| module.to_string());
            format!("{module} {name}: {}\n", refusal.reason)
        })
        .collect();
    lines.sort();
    lines.concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tree_of_athens_is_taken_in_once() {
    let ground = Ground::new();
    for number in 0..90 {
        let module = Module::new("example.com/Upper/m", &format!("v1.{number}.0"));
        ground.fixture.upstream.add(&module);
        ground.athens(&module);
    }
    ground.athens(&Module::new("git.corp.example/team/m", "v0.1.0"));
    ground.write("example.com/Upper/m/v1.0.0/lock", b"");
    let engine = ground.fixture.engine(&ground.setup);
    let report = ground.import(&engine, TreeLayout::Athens).await;
    assert_eq!(reasons(&report.refused) + &reasons(&report.unchecked), "");
    assert_eq!((report.taken, report.known, report.strange), (273, 0, 1));
    let again = ground.import(&engine, TreeLayout::Athens).await;
    assert_eq!(
        (again.taken, again.known),
        (0, 273),
        "it can be begun again"
    );
    // What nobody vouches for is not served before its route was asked.
    let held = engine.parts.artifacts.walk().unwrap().count();
    assert_eq!(held, 273);
    end(engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_damaged_is_told_and_not_taken_in() {
    let ground = Ground::new();
    let modules: Vec<Module> = (0..6)
        .map(|number| Module::new("example.com/m", &format!("v1.{number}.0")))
        .collect();
    for module in &modules {
        ground.fixture.upstream.add(module);
        ground.athens(module);
    }
    let at = |number: usize, file: &str| format!("example.com/m/v1.{number}.0/{file}");
    let whole = modules[0].zip_bytes();
    ground.write(&at(0, "source.zip"), &whole[..whole.len() / 2]);
    ground.write(&at(1, "source.zip"), &modules[2].zip_bytes());
    ground.write(&at(2, "go.mod"), b"module example.com/m\n\nrequire (\n");
    ground.write(&at(3, "go.mod"), b"module example.com/other\n");
    ground.write(&at(4, "v1.4.0.info"), &modules[5].info_bytes());
    ground.write(&at(5, "v1.5.0.info"), b"");
    ground.write("example.com/m/master/go.mod", b"module example.com/m\n");
    // The database does not know this one, and it is not private.
    ground.athens(&Module::new("example.com/unknown", "v1.0.0"));
    let engine = ground.fixture.engine(&ground.setup);
    let report = ground.import(&engine, TreeLayout::Athens).await;
    let told = reasons(&report.refused) + &reasons(&report.unchecked);
    for wanted in [
        "example.com/m@v1.0.0 source.zip: ",
        "example.com/m@v1.1.0 source.zip: ",
        "example.com/m@v1.2.0 go.mod: the go.mod of example.com/m@v1.2.0: ",
        "example.com/m@v1.3.0 go.mod: verifying example.com/m@v1.3.0 (mod): checksum mismatch",
        "example.com/m@v1.4.0 v1.4.0.info: of another version",
        "example.com/m@v1.5.0 v1.5.0.info: not a JSON object with a Version",
        " go.mod: ",
        "example.com/unknown@v1.0.0 source.zip: sum.corp.example does not know",
        "example.com/unknown@v1.0.0 go.mod: sum.corp.example does not know",
    ] {
        assert!(told.contains(wanted), "{wanted} in\n{told}");
    }
    assert_eq!(
        (report.taken, report.refused.len() + report.unchecked.len()),
        (6 * 3 - 6 + 1, 9),
        "{told}"
    );
    end(engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_database_nothing_is_wrong_and_nothing_taken_in() {
    let ground = Ground::new();
    let module = Module::new("example.com/m", "v1.0.0");
    ground.write(
        "cache/download/example.com/m/@v/v1.0.0.zip",
        &module.zip_bytes(),
    );
    ground.write("example.com/m@v1.0.0/go.mod", b"unpacked");
    let mut ground = ground;
    ground.fixture.upstream.stop();
    let engine = ground.fixture.engine(&ground.setup);
    let report = ground.import(&engine, TreeLayout::GoCache).await;
    assert_eq!((report.taken, report.refused.len()), (0, 0));
    assert_eq!(report.unchecked.len(), 1);
    end(engine).await;
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_an_error() {
    let ground = Ground::new();
    let engine = ground.fixture.engine(&ground.setup);
    let intake = Intake {
        root: ground.tree.path().join("nothing"),
        layout: TreeLayout::GoCache,
        source: "import".to_owned(),
    };
    let error = take_in(&engine, intake, |_| {}).await.unwrap_err();
    assert!(error.to_string().contains("nothing: "), "{error}");
    end(engine).await;
}
