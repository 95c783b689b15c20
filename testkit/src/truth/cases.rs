//! The strings: good ones, and every oddity that people write.

/// The variables and the module of one run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Case {
    /// GOPROXY.
    pub goproxy: String,
    /// GOPRIVATE.
    pub goprivate: String,
    /// GONOPROXY.
    pub gonoproxy: String,
    /// GONOSUMDB.
    pub gonosumdb: String,
    /// GOSUMDB.
    pub gosumdb: String,
    /// The module's path.
    pub module: String,
}

const ENTRIES: &[&str] = &[
    "http://has.example",
    "http://has.example",
    "http://has.example",
    "http://has.example",
    "http://has.example",
    "http://no-relay.example",
    "http://no-relay.example",
    "http://has.example/base/",
    "http://has.example:8080",
    "http://no-relay.example",
    "http://s404.example",
    "http://s404.example",
    "http://s410.example",
    "http://s403.example",
    "http://s500.example",
    "http://hangs-up.example",
    "https://tls.example",
    "tls.example",
    "tls.example:8443",
    "https://user:secret@tls.example",
    "http://user:secret@has.example",
    "http://s404.example/a%2Fb",
    "HTTP://s404.example",
    "file:///nowhere/at/all",
    "direct",
    "direct",
    "direct",
    "off",
    "off",
    " direct ",
    "direct\r",
    "",
    " ",
];

/// Each of these spoils the whole list, or does where a host cannot be so.
const SPOILERS: &[&str] = &[
    "Direct",
    "OFF",
    "none",
    "fallback",
    "false",
    "\"http://has.example\"",
    "'direct'",
    "http://has.example;direct",
    "http://has.example direct",
    "http://has.example/%zz",
    "socks5://has.example",
    "ftp://has.example",
    "file://host/x",
    "/nowhere",
    "http//has.example",
    "off off",
    "http://has.example:port",
    "http://[has.example",
    "direct;off",
    "\thttp://s404.example\t",
];

const PATTERNS: &[&str] = &[
    "corp.example",
    "*.corp.example",
    "corp.example/",
    "corp.example//",
    "/corp.example",
    "corp.example/*",
    "corp.example/*/*",
    "corp.example/x",
    "corp.example/X",
    "CORP.example",
    "https://corp.example",
    " corp.example",
    "corp.example ",
    "corp.example\r",
    "[a-c]orp.example",
    "[^a-c]orp.example",
    "[",
    "corp.example/[",
    "c?rp.example",
    "\\corp.example",
    "corp.example\\",
    "*",
    "**",
    "*/x",
    "*orp*",
    "none",
    "off",
    "",
    "corp.example;github.com",
    "\"corp.example\"",
    "github.com/org",
    "github.com/*/repo",
    "github.com/org/repo/sub",
];

const SUMDBS: &[&str] = &[
    "sum.golang.org",
    "sum.golang.org",
    "sum.golang.org",
    "off",
    "off",
    "OFF",
    " off",
    "off ",
    "false",
    " sum.golang.org ",
    "sum.golang.org http://relay.example",
    "sum.golang.org http://relay.example/base/",
    "sum.golang.org\thttp://relay.example",
    "sum.golang.org https://relay.example",
    "sum.golang.org relay.example",
    "sum.golang.org off",
    "sum.golang.org http://relay.example more",
    "sum.golang.org,direct",
    "sum.golang.org+<key>",
    "sum.golang.org+033de0ae+key",
    "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
    "sum.golang.org+033de0af+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
    "sums.corp.example",
    "https://sum.golang.org",
    "direct",
    "\"sum.golang.org\"",
    " ",
];

const MODULES: &[&str] = &[
    "corp.example/x",
    "corp.example/X",
    "corp.example/x/y/z",
    "corp.example/x/v2",
    "git.corp.example/team/lib",
    "a.git.corp.example/lib",
    "corp.example.evil.example/x",
    "quote.example/q",
    "github.com/org/repo",
    "github.com/org2/repo/v2",
];

/// The next number of a small generator (`SplitMix64`).
fn next(random: &mut u64) -> u64 {
    *random = random.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *random;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn below(random: &mut u64, limit: usize) -> usize {
    usize::try_from(next(random) % u64::try_from(limit).unwrap()).unwrap()
}

fn one<'a>(random: &mut u64, from: &[&'a str]) -> &'a str {
    from[below(random, from.len())]
}

fn list(random: &mut u64) -> String {
    let mut text = String::new();
    let spoilt = below(random, 6) == 0;
    let length = 1 + below(random, 4);
    let at = below(random, length);
    for index in 0..length {
        if index > 0 {
            text.push_str(one(random, &[",", ",", ",", "|", "|", ", ", " | "]));
        }
        let entries = if spoilt && index == at {
            SPOILERS
        } else {
            ENTRIES
        };
        text.push_str(one(random, entries));
    }
    // Empty would be Go's default, which is no case of a parser.
    if text.is_empty() {
        ",".to_owned()
    } else {
        text
    }
}

fn patterns(random: &mut u64) -> String {
    let count = [0, 0, 0, 0, 0, 1, 1, 2][below(random, 8)];
    let words: Vec<_> = (0..count).map(|_| one(random, PATTERNS)).collect();
    words.join(",")
}

/// One case, drawn.
pub fn generate(random: &mut u64) -> Case {
    Case {
        goproxy: list(random),
        goprivate: patterns(random),
        gonoproxy: patterns(random),
        gonosumdb: patterns(random),
        gosumdb: one(random, SUMDBS).to_owned(),
        module: one(random, MODULES).to_owned(),
    }
}

impl Case {
    /// The variables, in the order of a row.
    pub fn variables(&self) -> [(&'static str, &str); 5] {
        [
            ("GOPROXY", &self.goproxy),
            ("GOPRIVATE", &self.goprivate),
            ("GONOPROXY", &self.gonoproxy),
            ("GONOSUMDB", &self.gonosumdb),
            ("GOSUMDB", &self.gosumdb),
        ]
    }

    /// The major version that fits the path.
    pub(super) fn major(&self) -> u8 {
        if self.module.ends_with("/v2") { 2 } else { 1 }
    }

    /// What the forward proxy saw, as who was asked for the module, up to the
    /// first who had it, and who about checksums.
    pub(super) fn read(&self, seen: Vec<String>, git: bool) -> (Vec<String>, Vec<String>) {
        let (mut asked, mut sums) = (Vec::new(), Vec::new());
        let mut found = false;
        let own = self.module.split('/').next().unwrap_or_default();
        for line in seen {
            let target = line.split(' ').nth(1).unwrap_or_default();
            let url = target.strip_prefix("http://").unwrap_or(target);
            let (host, path) = url.split_once('/').unwrap_or((url, ""));
            let host = host.strip_suffix(":443").unwrap_or(host);
            if path.ends_with("/supported") {
                add(&mut sums, format!("relay {host}"));
            } else if path.contains("lookup/")
                || host.starts_with("sum")
                || ["relay.example", "off"].contains(&host)
            {
                add(&mut sums, format!("lookup {host}"));
            } else if !found && host == own {
                add(&mut asked, "direct".to_owned());
            } else if !found {
                found = path.strip_suffix(".info").is_some() && has_modules(host);
                add(&mut asked, host.to_owned());
            }
        }
        if git && !found {
            add(&mut asked, "direct".to_owned());
        }
        (asked, sums)
    }
}

/// Adds what is not the last already: `go` asks twice over TLS, and for more
/// than one file.
fn add(list: &mut Vec<String>, word: String) {
    if list.last() != Some(&word) {
        list.push(word);
    }
}

/// Whether this host has every module.
fn has_modules(host: &str) -> bool {
    ["has.example", "has.example:8080", "no-relay.example"].contains(&host)
}
