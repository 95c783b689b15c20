//! What is wrong with a go.mod file, worded and placed as Go does.

use std::fmt;

/// How many faults of one file are reported. More than a handful help nobody, and a hostile file
/// could otherwise hold millions.
pub(super) const MAX_FAULTS: usize = 20;

/// The reasons why a go.mod file was refused: at least one, at most twenty, in the order of the file.
/// Its text is one line a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModFileError {
    faults: Vec<ModFileFault>,
}

/// One fault of a go.mod file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModFileFault {
    /// The file's name as given to the parser.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// What is wrong, as Go words it.
    pub message: String,
}

impl ModFileError {
    pub(super) fn new(faults: Vec<ModFileFault>) -> Self {
        Self { faults }
    }

    /// The faults, in the order of the file.
    pub fn faults(&self) -> &[ModFileFault] {
        &self.faults
    }
}

impl fmt::Display for ModFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ModFileError {}

impl fmt::Display for ModFileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        // Go leaves out the column of what stands at the beginning of its line.
        if self.column > 1 {
            write!(f, ":{}", self.column)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for ModFileFault {}
