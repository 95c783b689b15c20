//! One fault and what is to become of it.

use std::time::Duration;

use testkit::{Module, Reply, Step, Upstream};

/// What is asked for, of version v1.0.0 of the row's own module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Info,
    Mod,
    Zip,
    List,
    Latest,
    /// The `.info` of the branch `main`.
    Query,
}

/// What the upstream does.
pub(crate) enum Fault {
    /// Answers what is asked for so, each time.
    Reply(Reply),
    /// The same, made of the scene.
    Made(fn(&Scene) -> Reply),
    /// Several scripted paths or other files.
    Set(fn(&Scene)),
    /// Nobody listens where it was.
    Down,
    /// The route names this instead of it, so that nothing can be mended.
    Elsewhere(&'static str),
}

/// What the client gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// This status and a text.
    Refused(u16),
    /// A refusal as of a name that is not known, or as of silence where the machine's resolver is silent.
    Unresolved,
    /// An answer that breaks off, or a refusal with this status if it has not begun.
    Cut(u16),
    /// The beginning of an answer, at least 64 KiB short of its end, when the fault comes at the gate
    /// [`GATE`] only.
    Broken,
    /// The right bytes: what looked like a fault is none.
    Right,
}

/// Opened once a client has the first bytes.
pub(crate) const GATE: &str = "the client has begun";

/// When a client is told to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retry {
    Never,
    Some,
    Seconds(u64),
}

/// What is behind the upstream in the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behind {
    Nothing,
    /// One that does right, asked after absence only.
    Comma,
    /// One that does right, asked after any failure.
    Pipe,
}

/// A line of the table.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) ask: Ask,
    pub(crate) fault: Fault,
    pub(crate) want: Want,
    /// Parts of the text, beside the upstream's name.
    pub(crate) says: Vec<&'static str>,
    /// What the text must not have.
    pub(crate) hides: Vec<&'static str>,
    pub(crate) retry: Retry,
    pub(crate) behind: Behind,
    /// The checksum database has no say in the module.
    pub(crate) exempt: bool,
    /// Bytes that make the module's zip large enough to be streamed.
    pub(crate) ballast: usize,
}

/// Where a row plays.
pub(crate) struct Scene<'a> {
    pub(crate) module: &'a Module,
    pub(crate) ask: Ask,
    pub(crate) upstream: &'a Upstream,
    /// A server that no configuration names.
    pub(crate) stranger: &'a Upstream,
}

/// A row in which the answer to `ask` is refused with `status` and a text that has `says` in it.
pub(crate) fn refused(
    name: &'static str,
    ask: Ask,
    reply: Reply,
    status: u16,
    says: &'static str,
) -> Row {
    Row::new(name, ask, Fault::Reply(reply), Want::Refused(status)).says(says)
}

/// The same with a reply made of the scene.
pub(crate) fn made(
    name: &'static str,
    ask: Ask,
    reply: fn(&Scene) -> Reply,
    status: u16,
    says: &'static str,
) -> Row {
    Row::new(name, ask, Fault::Made(reply), Want::Refused(status)).says(says)
}

/// A row that looks like a fault and is none.
pub(crate) fn harmless(name: &'static str, ask: Ask, reply: fn(&Scene) -> Reply) -> Row {
    Row::new(name, ask, Fault::Made(reply), Want::Right)
}

impl Row {
    pub(crate) fn new(name: &'static str, ask: Ask, fault: Fault, want: Want) -> Self {
        let retry = match want {
            Want::Refused(500..) | Want::Unresolved | Want::Cut(_) | Want::Broken => Retry::Some,
            Want::Refused(_) | Want::Right => Retry::Never,
        };
        Self {
            name,
            ask,
            fault,
            want,
            says: Vec::new(),
            hides: Vec::new(),
            retry,
            behind: Behind::Nothing,
            exempt: false,
            ballast: 0,
        }
    }

    pub(crate) fn says(mut self, part: &'static str) -> Self {
        self.says.push(part);
        self
    }

    pub(crate) fn hides(mut self, part: &'static str) -> Self {
        self.hides.push(part);
        self
    }

    pub(crate) fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Nobody is told to come back: trying again would not help.
    pub(crate) fn never(self) -> Self {
        self.retry(Retry::Never)
    }

    /// Streamed to the client while it arrives, and so cut where it would be refused.
    pub(crate) fn large(mut self) -> Self {
        self.ballast = 300_000;
        if let Want::Refused(status) = self.want {
            self.want = Want::Cut(status);
        }
        self
    }

    pub(crate) fn exempt(mut self) -> Self {
        self.exempt = true;
        self
    }

    /// The same with one behind it that does right, and what comes of that.
    pub(crate) fn behind(mut self, name: &'static str, behind: Behind, want: Want) -> Self {
        self.name = name;
        self.behind = behind;
        self.want = want;
        if want == Want::Right {
            self.says.clear();
            self.retry = Retry::Never;
        }
        self
    }

    /// The row's own module.
    pub(crate) fn module(&self) -> Module {
        let path = format!("{}/m", self.host());
        Module::new(&path, "v1.0.0")
            .file("n.go", "package m\n")
            .file("sub/evil.go", "package sub\n")
            .ballast(self.ballast)
    }

    /// The host in its path, by which its route is found.
    pub(crate) fn host(&self) -> String {
        let letters = self.name.chars().map(|letter| match letter {
            'a'..='z' | '0'..='9' => letter,
            'A'..='Z' => letter.to_ascii_lowercase(),
            _ => '-',
        });
        let label: String = letters.collect();
        let domain = if self.exempt { "exempt" } else { "faults" };
        format!("{}.{domain}.example", label.trim_matches('-'))
    }
}

impl Ask {
    /// Below a proxy, without leading slash.
    pub(crate) fn path(self, module: &Module) -> String {
        let path = module.name().path.escaped();
        match self {
            Self::Info => module.url_path("info"),
            Self::Mod => module.url_path("mod"),
            Self::Zip => module.url_path("zip"),
            Self::List => format!("{path}/@v/list"),
            Self::Latest => format!("{path}/@latest"),
            Self::Query => format!("{path}/@v/main.info"),
        }
    }

    /// The right answer.
    pub(crate) fn right(self, module: &Module) -> Vec<u8> {
        match self {
            Self::Info | Self::Latest | Self::Query => module.info_bytes(),
            Self::Mod => module.mod_bytes(),
            Self::Zip => module.zip_bytes(),
            Self::List => format!("{}\n", module.version).into_bytes(),
        }
    }
}

impl Scene<'_> {
    /// The right answer.
    pub(crate) fn right(&self) -> Vec<u8> {
        self.ask.right(self.module)
    }

    /// Below the upstream, without leading slash.
    pub(crate) fn path(&self) -> String {
        self.ask.path(self.module)
    }

    /// The zip with one piece of it replaced by another of the same length, in headers and directory.
    pub(crate) fn zip_with(&self, from: &str, to: &str) -> Reply {
        let zip = self.module.zip_bytes();
        Reply::Body(replaced(&zip, from.as_bytes(), to.as_bytes()))
    }
}

/// `bytes` with every `from` replaced by `to`, which is as long and does occur.
pub(crate) fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut replaced = bytes.to_vec();
    let mut count = 0;
    for at in 0..=bytes.len().saturating_sub(from.len()) {
        if bytes[at..].starts_with(from) {
            replaced[at..at + from.len()].copy_from_slice(to);
            count += 1;
        }
    }
    assert!(
        count > 0,
        "{} does not occur",
        String::from_utf8_lossy(from)
    );
    replaced
}

/// A whole answer, written out.
pub(crate) fn written(head: &str, body: &[u8]) -> Reply {
    let mut bytes = head.replace('\n', "\r\n").into_bytes();
    bytes.extend_from_slice(b"\r\n\r\n");
    bytes.extend_from_slice(body);
    Reply::Raw(bytes)
}

/// `head` at once, then `body` byte by byte, faster than silence would be noticed.
pub(crate) fn drip(head: &[u8], body: &[u8]) -> Reply {
    let pause = Step::Pause(Duration::from_millis(250));
    let bytes = body.iter().map(|byte| Step::Send(vec![*byte]));
    let steps = bytes.flat_map(|byte| [byte, pause.clone()]);
    Reply::Steps(
        std::iter::once(Step::Send(head.to_vec()))
            .chain(steps)
            .collect(),
    )
}

/// An answer with headers.
pub(crate) fn full(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Reply {
    let headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Reply::Full {
        status,
        headers: headers.collect(),
        body: body.into(),
    }
}
