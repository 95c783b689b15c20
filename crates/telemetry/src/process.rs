//! What the kernel says of this process, under the names that every Prometheus client uses.
//! Elsewhere than on Linux there is nothing to read and nothing is exposed.

use std::fmt;
use std::fs;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::exemplar::Exemplar;

use crate::catalogue::{self, MetricDoc};

/// Ticks a second in `/proc`: 100 on every Linux, whatever the kernel's own rate.
const TICKS: f64 = 100.0;

/// Reads `/proc/self` at each scrape.
#[derive(Debug)]
pub(crate) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        gauge(&mut encoder, &catalogue::PROCESS_MEMORY, resident_bytes())?;
        gauge(&mut encoder, &catalogue::PROCESS_FDS, open_files())?;
        gauge(&mut encoder, &catalogue::PROCESS_MAX_FDS, most_files())?;
        let times = times();
        let doc = &catalogue::PROCESS_CPU;
        let mut family =
            encoder.encode_descriptor(doc.family(), doc.help, None, MetricType::Counter)?;
        if let Some((used, _)) = times {
            family.encode_counter(&used, None as Option<&Exemplar<NoLabelSet, f64>>)?;
        }
        let started = times.and_then(|(_, after_boot)| Some(boot_time()? + after_boot));
        gauge(&mut encoder, &catalogue::PROCESS_START, started)
    }
}

fn gauge(encoder: &mut DescriptorEncoder<'_>, doc: &MetricDoc, value: Option<f64>) -> fmt::Result {
    let mut family = encoder.encode_descriptor(doc.family(), doc.help, None, MetricType::Gauge)?;
    value.map_or(Ok(()), |value| family.encode_gauge(&value))
}

fn resident_bytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let kibibytes = after(&status, "VmRSS:")?;
    Some(kibibytes * 1024.0)
}

fn open_files() -> Option<f64> {
    // The listing itself is one of them.
    let count = fs::read_dir("/proc/self/fd")
        .ok()?
        .count()
        .saturating_sub(1);
    u32::try_from(count).ok().map(f64::from)
}

fn most_files() -> Option<f64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    after(&limits, "Max open files")
}

/// Seconds of processor time used, and seconds from the machine's start to the process's.
fn times() -> Option<(f64, f64)> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the program's name in parentheses and may hold anything; after it comes
    // the third.
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<_> = rest.split_whitespace().collect();
    let ticks = |number: usize| fields.get(number - 3)?.parse::<f64>().ok();
    Some(((ticks(14)? + ticks(15)?) / TICKS, ticks(22)? / TICKS))
}

fn boot_time() -> Option<f64> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    after(&stat, "btime")
}

/// The number after `name` at the beginning of a line.
fn after(text: &str, name: &str) -> Option<f64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn the_kernel_tells() {
        assert!(resident_bytes().unwrap() > 100_000.0);
        assert!(open_files().unwrap() >= 3.0);
        assert!(most_files().unwrap() >= open_files().unwrap());
        let (used, after_boot) = times().unwrap();
        assert!(used >= 0.0 && after_boot > 0.0);
        assert!(boot_time().unwrap() > 1e9);
    }
}
