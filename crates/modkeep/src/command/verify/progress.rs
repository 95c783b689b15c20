//! How far the verification has come, on standard error if that is a terminal.

use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use keeper::VerifyProgress;

/// While the number of artifacts is not known, only what is done is shown.
const COUNTING: &str = "{spinner} {pos} files, {msg}";
const COUNTED: &str = "[{bar:40}] {pos}/{len} files, {msg}, {eta} left";

/// The bar. Nothing is shown where standard error is no terminal.
pub(super) struct Bar {
    bar: ProgressBar,
}

impl Bar {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::no_length();
        bar.set_style(style(COUNTING));
        Self { bar }
    }

    /// Shows how far it has come.
    pub(super) fn show(&self, progress: VerifyProgress) {
        if let (Some(total), None) = (progress.total, self.bar.length()) {
            self.bar.set_style(style(COUNTED));
            self.bar.set_length(total);
        }
        self.bar.set_position(progress.checked);
        self.bar.set_message(HumanBytes(progress.bytes).to_string());
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_templates() {
        for template in [COUNTING, COUNTED] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
