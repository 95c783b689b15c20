//! How many files this process may have open.

/// Below this a server for others runs out of descriptors before it runs out
/// of anything else: each client costs one, each zip that is served or fetched
/// another, and 1024 is what most systems give when nobody asks.
const FEW: u64 = 4096;

/// A warning when the process may open few files.
pub(super) fn warning() -> Option<String> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let soft = soft_limit(&limits)?;
    let raise = "raise it with `ulimit -n` or LimitNOFILE=";
    (soft < FEW).then(|| {
        format!("this process may open only {soft} files, and clients need one each: {raise}")
    })
}

/// The soft limit in the text of `/proc/self/limits`; `None` if there is none.
fn soft_limit(limits: &str) -> Option<u64> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_is_read() {
        let text = "Limit                     Soft Limit           Hard Limit           Units\n\
                    Max processes             unlimited            unlimited            processes\n\
                    Max open files            1024                 524288               files\n";
        assert_eq!(soft_limit(text), Some(1024));
        assert_eq!(
            soft_limit("Max open files  unlimited unlimited files\n"),
            None
        );
        assert_eq!(soft_limit(""), None);
    }
}
