//! From bytes to lines as `go` wrote them: without colours, the time stamps and marks of CI systems.

use std::sync::LazyLock;

use regex::Regex;

/// Longest line that is read whole; of a longer one the beginning: 1 MiB is far over any that `go` writes.
const MAX_LINE_BYTES: usize = 1 << 20;

/// How many marks stand one in front of the other: a CI system's time stamp, and that of a build in it.
const MAX_MARKS: usize = 4;

/// Cuts a log into lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    begun: Vec<u8>,
    is_cut: bool,
    number: usize,
    cut: usize,
}

impl Lines {
    /// Takes the next bytes; gives each line that they end, with its number, to `take`.
    pub(super) fn push(&mut self, bytes: &[u8], take: &mut dyn FnMut(usize, &str)) {
        let mut pieces = bytes.split(|byte| *byte == b'\n').peekable();
        while let Some(piece) = pieces.next() {
            let room = MAX_LINE_BYTES.saturating_sub(self.begun.len());
            self.is_cut |= piece.len() > room;
            self.begun
                .extend_from_slice(&piece[..piece.len().min(room)]);
            if pieces.peek().is_some() {
                self.end(take);
            }
        }
    }

    /// The log has ended, perhaps within a line.
    pub(super) fn finish(&mut self, take: &mut dyn FnMut(usize, &str)) {
        if !self.begun.is_empty() {
            self.end(take);
        }
    }

    /// Lines that were too long.
    pub(super) fn cut(&self) -> usize {
        self.cut
    }

    fn end(&mut self, take: &mut dyn FnMut(usize, &str)) {
        self.number += 1;
        self.cut += usize::from(std::mem::take(&mut self.is_cut));
        let line = std::mem::take(&mut self.begun);
        let text = String::from_utf8_lossy(&line);
        // A carriage return within a line is a progress bar's: what stands behind it is a line of its own.
        for part in text.trim_end_matches('\r').split('\r') {
            let plain = without_colours(part);
            // A log that was emptied while it was written to has holes of zeros.
            let plain = plain.trim_matches('\0');
            take(self.number, without_marks(plain));
        }
        self.begun = line;
        self.begun.clear();
    }
}

static COLOURS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // CSI and OSC sequences of ECMA-48, then any other escape of two characters.
    Regex::new(r"\x1b(?:_[^\x07\x1b]*(?:\x07|\x1b\\)|\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_=>()])").ok()
});

fn without_colours(line: &str) -> std::borrow::Cow<'_, str> {
    match &*COLOURS {
        Some(colours) if line.contains('\x1b') => colours.replace_all(line, ""),
        _ => line.into(),
    }
}

static MARKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let marks = [
        // Time stamps: of GitHub, of GitLab with its stream, in brackets as Jenkins has them.
        r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?(?: \d\d[OE][ +])? ?",
        r"\[\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\] ?",
        r"\[?\d\d:\d\d:\d\d(?:\.\d+)?\]? {1,2}",
        // Of container runtimes, syslog and TeamCity.
        r"(?:stdout|stderr) [FP] ",
        r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?:[\w.-]+ [\w./-]+(?:\[\d+\])?: )?",
        r"\[\d\d:\d\d:\d\d\][WEFi]?:\s+(?:\[[^\]]*\] )?",
        r"section_(?:start|end):\d+:[\w.-]+(?:\[[^\]]*\])? ?",
        // BuildKit: step and seconds, or the seconds alone.
        r"#\d+ (?:\d+\.\d+ )?",
        r"\d+\.\d{2,4} ",
        // Compose: the service.
        r"[\w.-]+ +\| ",
        // GitHub's commands, written or shown.
        r"##\[\w+\]",
        r"::(?:error|warning|notice|debug|group)(?: [^:]*)?::",
        "\u{feff}",
    ];
    Regex::new(&format!("^(?:{})", marks.join("|"))).ok()
});

fn without_marks(line: &str) -> &str {
    let Some(marks) = &*MARKS else { return line };
    let mut rest = line;
    for _ in 0..MAX_MARKS {
        match marks.find(rest) {
            Some(mark) => rest = &rest[mark.end()..],
            None => break,
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(log: &[u8]) -> Vec<(usize, String)> {
        let mut lines = Lines::default();
        let mut read = Vec::new();
        let mut take = |number, text: &str| read.push((number, text.to_owned()));
        for piece in log.chunks(3) {
            lines.push(piece, &mut take);
        }
        lines.finish(&mut take);
        read
    }

    #[test]
    fn lines_are_what_go_wrote() {
        let table = [
            ("go: x\n", "go: x"),
            ("go: x\r\n", "go: x"),
            ("\u{feff}go: x", "go: x"),
            ("\x1b[31mgo: x\x1b[0m", "go: x"),
            ("\x1b]8;;https://a\x07go: x", "go: x"),
            ("2026-01-02T03:04:05.1234567Z go: x", "go: x"),
            ("2026-01-02T03:04:05.1234567Z \tindented", "\tindented"),
            ("2026-01-02T03:04:05.123456Z 01E go: x", "go: x"),
            ("2026-01-02T03:04:05.123456Z 01O+go: x", "go: x"),
            ("[2026-01-02T03:04:05.123Z] go: x", "go: x"),
            ("03:04:05  go: x", "go: x"),
            ("#12 1.234 go: x", "go: x"),
            ("0.432 go: x", "go: x"),
            ("2026-01-02T03:04:05.1Z #12 0.43 \tx", "\tx"),
            ("builder-1  | go: x", "go: x"),
            ("##[error]go: x", "go: x"),
            ("2026-01-02T03:04:05.1Z stderr F go: x", "go: x"),
            ("Jan  2 03:04:05 host runner[12]: go: x", "go: x"),
            ("[03:04:05]W:\t [Step 1/3] go: x", "go: x"),
            ("\x1b_bk;t=123\x07go: x", "go: x"),
            ("\0\0go: x\0", "go: x"),
            ("::error file=a.go,line=1::go: x", "go: x"),
            ("\tserver response: no", "\tserver response: no"),
        ];
        for (log, wanted) in table {
            assert_eq!(read(log.as_bytes()), [(1, wanted.to_owned())], "{log:?}");
        }
    }

    #[test]
    fn numbers_are_those_of_the_log() {
        let wanted = [
            (1, "a"),
            (2, ""),
            (3, "10%"),
            (3, "go: b"),
            (4, "c\u{fffd}"),
        ];
        let wanted = wanted.map(|(number, text)| (number, text.to_owned()));
        assert_eq!(read(b"a\n\n10%\rgo: b\r\nc\xff"), wanted);
    }

    #[test]
    fn a_long_line_is_read_in_part() {
        let mut lines = Lines::default();
        let mut lengths = Vec::new();
        let mut take = |_, text: &str| lengths.push(text.len());
        for _ in 0..3 {
            lines.push(&vec![b'x'; MAX_LINE_BYTES], &mut take);
        }
        lines.push(b"\nshort", &mut take);
        lines.finish(&mut take);
        assert_eq!(lengths, [MAX_LINE_BYTES, 5]);
        assert_eq!(lines.cut(), 1);
    }
}
