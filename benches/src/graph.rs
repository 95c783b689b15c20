//! A graph of modules whose sizes are those of a real one.

use testkit::{Module, Upstream};

/// How many modules the graph has.
pub(crate) const MODULES: usize = 331;

/// Shares of the modules of a real graph (337 modules of three well-known programs, measured in November
/// 2026: 115 MB of zips, 320 MB and 32,500 files unpacked), the smallest first: percent of the modules up
/// to here, files in each, bytes unpacked in each.
const SHARES: [(usize, usize, usize); 8] = [
    (10, 5, 23_000),
    (25, 9, 38_000),
    (50, 18, 63_000),
    (75, 40, 190_000),
    (90, 150, 900_000),
    (95, 500, 3_500_000),
    (99, 600, 8_000_000),
    (100, 1900, 20_000_000),
];

/// Puts the graph on the upstream; gives back the go.mod that requires all of it.
pub(crate) fn publish(upstream: &Upstream) -> String {
    let mut go_mod = "module example.com/main\n\ngo 1.21\n\nrequire (\n".to_owned();
    for number in 0..MODULES {
        // A step that visits every size once mixes large among small.
        let percent = number * 37 % MODULES * 100 / MODULES;
        let share = SHARES.iter().find(|(below, ..)| percent < *below);
        let (_, files, bytes) = share.copied().unwrap_or(SHARES[0]);
        let path = format!("example.com/graph/m{number:03}");
        let mut module = Module::new(&path, "v1.2.3");
        let mut text = Text::new(number as u64 + 1);
        for file in 0..files {
            let name = format!("part{}/file{file}.go", file / 20);
            module = module.file(&name, text.source(bytes / files));
        }
        if number + 1 < MODULES {
            module = module.require(&format!("example.com/graph/m{:03}", number + 1), "v1.2.3");
        }
        upstream.add(&module);
        go_mod.extend(["\t", &path, " v1.2.3\n"]);
    }
    go_mod + ")\n"
}

/// Text that looks like source and packs like it, to about a third.
struct Text(u64);

const WORDS: [&str; 16] = [
    "func",
    "return",
    "if err != nil {",
    "}\n",
    "range",
    "string",
    "context",
    "package",
    "struct",
    ":=",
    "error",
    "nil",
    "for",
    "interface",
    "const",
    "type",
];

impl Text {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn source(&mut self, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes + 32);
        while text.len() < bytes {
            let random = self.next();
            let letters = random.to_le_bytes();
            if letters[0] < 150 {
                text.push_str(WORDS[usize::from(letters[1] % 16)]);
            } else {
                let name = letters[1..6].iter();
                text.extend(name.map(|byte| char::from(b'a' + byte % 26)));
            }
            text.push(if letters[7] < 30 { '\n' } else { ' ' });
        }
        text
    }
}
