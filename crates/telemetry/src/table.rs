//! Counters, gauges and histograms as flat tables: one cell a combination of label values, all made
//! at the start. Counting is one addition to an atomic number.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::exemplar::Exemplar;

use crate::catalogue::{MetricDoc, MetricKind};

/// Tables up to this many cells show those at zero too, so that a rate sees the first event. Larger
/// ones would be mostly zeros.
const SHOWN_WHOLE: usize = 64;

type NoExemplar<'a> = Option<&'a Exemplar<NoLabelSet, f64>>;

/// The values that one label may have.
pub(crate) type Axis = Vec<String>;

/// The values as an axis.
pub(crate) fn axis(words: &[&str]) -> Axis {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// A counter or a gauge of every combination of label values.
#[derive(Debug)]
pub(crate) struct Table {
    doc: MetricDoc,
    axes: Vec<Axis>,
    cells: Box<[AtomicU64]>,
}

/// A histogram of every combination of label values.
#[derive(Debug)]
pub(crate) struct Histograms {
    doc: MetricDoc,
    axes: Vec<Axis>,
    cells: Box<[Histogram]>,
}

#[derive(Debug)]
struct Histogram {
    /// One more than there are bounds.
    counts: Box<[AtomicU64]>,
    micros: AtomicU64,
}

impl Table {
    /// A table with an axis for each label of `doc`.
    pub(crate) fn new(doc: MetricDoc, axes: Vec<Axis>) -> Self {
        debug_assert_eq!(doc.labels.len(), axes.len());
        let cells = (0..size(&axes)).map(|_| AtomicU64::new(0)).collect();
        Self { doc, axes, cells }
    }

    /// Adds to the cell at these places of the axes.
    pub(crate) fn add(&self, at: &[usize], by: u64) {
        self.cells[place(&self.axes, at)].fetch_add(by, Relaxed);
    }

    /// Adds to the cell of a gauge, or takes away.
    pub(crate) fn shift(&self, at: &[usize], by: i64) {
        self.add(at, by.cast_unsigned());
    }

    /// Sets the cell.
    pub(crate) fn set(&self, at: &[usize], value: u64) {
        self.cells[place(&self.axes, at)].store(value, Relaxed);
    }

    /// Writes every cell, or those that count something where there are many.
    pub(crate) fn encode(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let kind = match self.doc.kind {
            MetricKind::Counter => MetricType::Counter,
            _ => MetricType::Gauge,
        };
        let whole = self.cells.len() <= SHOWN_WHOLE;
        let mut family = encoder.encode_descriptor(self.doc.family(), self.doc.help, None, kind)?;
        for (index, cell) in self.cells.iter().enumerate() {
            let value = cell.load(Relaxed);
            if value == 0 && !whole {
                continue;
            }
            let labels = labels(&self.doc, &self.axes, index);
            if labels.is_empty() {
                self.encode_cell(&mut family, value)?;
            } else {
                self.encode_cell(&mut family.encode_family(&labels)?, value)?;
            }
        }
        Ok(())
    }

    fn encode_cell(&self, encoder: &mut MetricEncoder<'_>, value: u64) -> fmt::Result {
        if self.doc.kind == MetricKind::Counter {
            encoder.encode_counter(&value, None as NoExemplar<'_>)
        } else {
            encoder.encode_gauge(&value.cast_signed())
        }
    }
}

impl Histograms {
    /// Histograms with an axis for each label of `doc`.
    pub(crate) fn new(doc: MetricDoc, axes: Vec<Axis>) -> Self {
        debug_assert_eq!(doc.labels.len(), axes.len());
        let cells = (0..size(&axes))
            .map(|_| Histogram {
                counts: (0..=doc.buckets.len()).map(|_| AtomicU64::new(0)).collect(),
                micros: AtomicU64::new(0),
            })
            .collect();
        Self { doc, axes, cells }
    }

    /// Counts a duration in the cell at these places of the axes.
    pub(crate) fn observe(&self, at: &[usize], duration: Duration) {
        let cell = &self.cells[place(&self.axes, at)];
        let seconds = duration.as_secs_f64();
        let bucket = self.doc.buckets.partition_point(|&bound| bound < seconds);
        cell.counts[bucket].fetch_add(1, Relaxed);
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        cell.micros.fetch_add(micros, Relaxed);
    }

    /// Writes every histogram that counted something.
    pub(crate) fn encode(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let mut family = encoder.encode_descriptor(
            self.doc.family(),
            self.doc.help,
            None,
            MetricType::Histogram,
        )?;
        for (index, cell) in self.cells.iter().enumerate() {
            let bounds = self.doc.buckets.iter().chain(&[f64::INFINITY]);
            let counts = cell.counts.iter().map(|count| count.load(Relaxed));
            let buckets: Vec<_> = bounds.copied().zip(counts).collect();
            let count = buckets.iter().map(|(_, count)| count).sum();
            if count == 0 {
                continue;
            }
            let sum = Duration::from_micros(cell.micros.load(Relaxed)).as_secs_f64();
            let labels = labels(&self.doc, &self.axes, index);
            family
                .encode_family(&labels)?
                .encode_histogram::<NoLabelSet>(sum, count, &buckets, None)?;
        }
        Ok(())
    }
}

fn size(axes: &[Axis]) -> usize {
    axes.iter().map(Vec::len).product()
}

/// The cell at these places: the last axis runs fastest.
fn place(axes: &[Axis], at: &[usize]) -> usize {
    debug_assert_eq!(axes.len(), at.len());
    axes.iter()
        .zip(at)
        .fold(0, |cell, (axis, &place)| cell * axis.len() + place)
}

/// The labels of a cell: the reverse of [`place`].
fn labels<'a>(doc: &MetricDoc, axes: &'a [Axis], mut cell: usize) -> Vec<(&'static str, &'a str)> {
    let mut labels: Vec<_> = doc
        .labels
        .iter()
        .zip(axes)
        .rev()
        .map(|(&name, axis)| {
            let value = axis[cell % axis.len()].as_str();
            cell /= axis.len();
            (name, value)
        })
        .collect();
    labels.reverse();
    labels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    #[test]
    fn a_cell_finds_its_labels_again() {
        let axes = vec![axis(&["a", "b"]), axis(&["x", "y", "z"])];
        for (at, expected) in [
            ([0, 0], ["a", "x"]),
            ([0, 2], ["a", "z"]),
            ([1, 1], ["b", "y"]),
        ] {
            let cell = place(&axes, &at);
            let labels = labels(&catalogue::HTTP_DURATION, &axes, cell);
            let values: Vec<_> = labels.iter().map(|(_, value)| *value).collect();
            assert_eq!(values, expected);
        }
    }

    #[test]
    fn a_bound_belongs_to_its_bucket() {
        let table = Histograms::new(
            catalogue::HTTP_DURATION,
            vec![axis(&["zip"]), axis(&["hit"])],
        );
        for millis in [1, 100, 101, 90_000] {
            table.observe(&[0, 0], Duration::from_millis(millis));
        }
        let counts: Vec<_> = table.cells[0]
            .counts
            .iter()
            .map(|c| c.load(Relaxed))
            .collect();
        assert_eq!(counts, [1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn a_gauge_goes_down_again() {
        let table = Table::new(catalogue::HTTP_IN_FLIGHT, vec![axis(&["zip"])]);
        table.shift(&[0], 1);
        table.shift(&[0], -1);
        assert_eq!(table.cells[0].load(Relaxed), 0);
    }
}
