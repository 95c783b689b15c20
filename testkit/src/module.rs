//! Modules for tests, written in a line.

use std::io::{Cursor, Write};

use gomod::{ModulePath, ModuleVersion, Version, dirhash};
use zip::write::SimpleFileOptions;

/// A module version with its files, from which `.info`, `.mod` and `.zip` are made.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its path.
    pub path: String,
    /// Its version.
    pub version: String,
    /// The commit's time, RFC 3339.
    pub time: String,
    go_mod: String,
    packs_go_mod: bool,
    files: Vec<(String, Vec<u8>)>,
}

impl Module {
    /// A module with a go.mod and one package file.
    pub fn new(path: &str, version: &str) -> Self {
        let last = path.rsplit('/').find(|part| !is_major(part)).unwrap_or("m");
        let package: String = last
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_lowercase();
        let source = format!(
            "// Package {package} is made for tests.\npackage {package}\n\n// Version is the module's.\nconst Version = \"{version}\"\n"
        );
        Self {
            path: path.to_owned(),
            version: version.to_owned(),
            time: "2024-03-01T12:00:00Z".to_owned(),
            go_mod: format!("module {path}\n\ngo 1.21\n"),
            packs_go_mod: true,
            files: vec![(format!("{package}.go"), source.into_bytes())],
        }
    }

    /// The same with a requirement.
    #[must_use]
    pub fn require(self, path: &str, version: &str) -> Self {
        self.directive(&format!("require {path} {version}"))
    }

    /// The same with a further line in its go.mod: `retract v1.0.0 // why`.
    #[must_use]
    pub fn directive(mut self, line: &str) -> Self {
        self.go_mod.extend(["\n", line, "\n"]);
        self
    }

    /// The same with this go.mod.
    #[must_use]
    pub fn go_mod(mut self, text: &str) -> Self {
        text.clone_into(&mut self.go_mod);
        self
    }

    /// The same from before modules: no go.mod in the zip, the one that Go makes up for it beside it.
    #[must_use]
    pub fn without_go_mod(mut self) -> Self {
        self.go_mod = format!("module {}\n", self.path);
        self.packs_go_mod = false;
        self
    }

    /// The same with nothing but these files: of a program, or with packages in folders only.
    #[must_use]
    pub fn files(mut self, files: &[(&str, &str)]) -> Self {
        self.files = files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
            .collect();
        self
    }

    /// The same with a further file.
    #[must_use]
    pub fn file(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.push((name.to_owned(), content.into()));
        self
    }

    /// The same with a file of `bytes` that do not compress.
    #[must_use]
    pub fn ballast(self, bytes: usize) -> Self {
        let mut state = 0x2545_f491_4f6c_dd1d_u64 ^ bytes as u64;
        let noise = std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()
        });
        let content: Vec<u8> = noise.flatten().take(bytes).collect();
        self.file("ballast.bin", content)
    }

    /// The same with this commit time.
    #[must_use]
    pub fn at(mut self, time: &str) -> Self {
        time.clone_into(&mut self.time);
        self
    }

    /// The checked name.
    pub fn name(&self) -> ModuleVersion {
        ModuleVersion::new(
            ModulePath::parse(&self.path).unwrap(),
            Version::parse(&self.version).unwrap(),
        )
        .unwrap()
    }

    /// `M/@v/V.` with `suffix`, escaped, without leading slash.
    pub fn url_path(&self, suffix: &str) -> String {
        let name = self.name();
        format!(
            "{}/@v/{}.{suffix}",
            name.path.escaped(),
            name.version.escaped()
        )
    }

    /// The `.info`.
    pub fn info_bytes(&self) -> Vec<u8> {
        format!(
            "{{\"Version\":\"{}\",\"Time\":\"{}\"}}",
            self.version, self.time
        )
        .into_bytes()
    }

    /// The `.mod`.
    pub fn mod_bytes(&self) -> Vec<u8> {
        self.go_mod.clone().into_bytes()
    }

    /// The `.zip`, the same bytes each time.
    pub fn zip_bytes(&self) -> Vec<u8> {
        let prefix = format!("{}@{}/", self.path, self.version);
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options =
            SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        let go_mod = ("go.mod".to_owned(), self.go_mod.clone().into_bytes());
        let go_mod = self.packs_go_mod.then_some(&go_mod);
        for (name, content) in go_mod.into_iter().chain(&self.files) {
            writer
                .start_file(format!("{prefix}{name}"), options)
                .unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// The two lines that go.sum and the checksum database have of it.
    pub fn sum_lines(&self) -> String {
        let zip = dirhash::zip(Cursor::new(self.zip_bytes())).unwrap();
        let go_mod = dirhash::go_mod(&self.mod_bytes());
        format!(
            "{0} {1} {zip}\n{0} {1}/go.mod {go_mod}\n",
            self.path, self.version
        )
    }
}

fn is_major(part: &str) -> bool {
    part.strip_prefix('v')
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}
