//! A Dockerfile's own constructs, typed and with their places, for the rules about images.

use crate::block::Located;
use crate::source::Span;

/// A Dockerfile.
#[derive(Debug, Default)]
pub struct Dockerfile {
    /// What stands in front of the first `FROM`.
    pub globals: Vec<Instruction>,
    /// The stages, in order.
    pub stages: Vec<Stage>,
}

/// A stage.
#[derive(Debug)]
pub struct Stage {
    /// Its name, when it has one.
    pub name: Option<Located>,
    /// The image or stage that it begins with.
    pub image: Located,
    /// Which earlier stage that is.
    pub base: Option<usize>,
    /// Its `FROM`.
    pub span: Span,
    /// What follows.
    pub instructions: Vec<Instruction>,
}

/// An instruction.
#[derive(Debug)]
pub struct Instruction {
    /// From its keyword to its end.
    pub span: Span,
    /// Whether it runs in builds that begin with this image: `ONBUILD`.
    pub onbuild: bool,
    /// What it does.
    pub kind: InstructionKind,
}

/// What an instruction does.
#[derive(Debug)]
pub enum InstructionKind {
    /// `ARG`.
    Arg(Vec<Pair>),
    /// `ENV`.
    Env(Vec<Pair>),
    /// `RUN`.
    Run(RunInstruction),
    /// `COPY` and `ADD`.
    Copy(CopyInstruction),
    /// `USER`.
    User(Located),
    /// `WORKDIR`.
    Workdir(Located),
    /// `SHELL`, `CMD`, `ENTRYPOINT` with their words.
    Words(&'static str, Vec<Located>),
    /// Any other, by its keyword in upper case.
    Other(String),
}

/// `NAME=value`, or `NAME` alone.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The name.
    pub name: String,
    /// Where the name stands.
    pub key: Span,
    /// The value, when there is one; its span is as written, quotes included.
    pub value: Option<Located>,
}

/// A `RUN`.
#[derive(Debug)]
pub struct RunInstruction {
    /// Its `--mount` options.
    pub mounts: Vec<Mount>,
    /// `--network`.
    pub network: Option<String>,
    /// The command, options left out.
    pub command: Span,
}

/// A `--mount` of a `RUN`.
#[derive(Debug)]
pub struct Mount {
    /// The option as a whole.
    pub span: Span,
    /// The value behind `--mount=`.
    pub value: Span,
    /// Its fields in order: `type`, `target`, `id`, `env`; each with the place of its value.
    pub fields: Vec<(String, Located)>,
}

impl Mount {
    /// A field's value; `target` also by its other names.
    pub fn field(&self, name: &str) -> Option<&Located> {
        let is = |found: &str| {
            found == name
                || name == "target" && matches!(found, "dst" | "destination")
                || name == "source" && found == "src"
        };
        let field = self.fields.iter().find(|(found, _)| is(found))?;
        Some(&field.1)
    }
}

/// A `COPY` or `ADD`.
#[derive(Debug)]
pub struct CopyInstruction {
    /// Whether it is `ADD`.
    pub adds: bool,
    /// `--from`.
    pub from: Option<Located>,
    /// What is copied; none when the content stands in the Dockerfile.
    pub sources: Vec<Located>,
    /// Where to.
    pub destination: Option<Located>,
}
