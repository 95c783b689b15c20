//! Every bound, once, with its reason.

use std::time::Duration;

/// The bounds of a modkeep process. `Default` has the values to run with.
#[derive(Clone, Debug)]
pub struct Limits {
    // --- sizes of what upstreams send, decoded
    /// Largest version list: 16 MiB is over 500,000 versions.
    pub list_bytes: u64,
    /// Largest `.info` or `@latest`: 64 KiB; real ones have a few hundred bytes.
    pub info_bytes: u64,
    /// Largest go.mod: Go's own limit, 16 MiB.
    pub mod_bytes: u64,
    /// Largest zip: Go's own limit, 500 MiB.
    pub zip_bytes: u64,
    /// Largest answer to a lookup of the checksum database: a signed note of at most 1 MB and its record.
    pub lookup_bytes: u64,
    /// How much of an error's body is read for its reason: 4 KiB, far over the eight lines that are shown.
    pub error_bytes: u64,
    // --- waiting for upstreams
    /// TCP and TLS connection: 10 s.
    pub connect: Duration,
    /// First byte of an answer: 60 s; a checksum database may have to fetch a module first.
    pub first_byte: Duration,
    /// Silence between bytes: 30 s.
    pub stall: Duration,
    /// list, `.info`, `.mod` and `@latest` over the whole chain, retries included: 120 s.
    pub metadata_total: Duration,
    /// One call to the checksum database: 60 s.
    pub sumdb_call: Duration,
    /// Tries of one request at one upstream: 3.
    pub tries: u32,
    /// Longest pause between tries, whatever Retry-After says: 5 s.
    pub retry_pause: Duration,
    /// Pause before the first further try, doubled before each later one: 200 ms.
    pub retry_start: Duration,
    /// Retries an upstream may have for each 100 requests: 20, so that a storm of failures adds a fifth.
    pub retry_percent: u32,
    /// Retries an upstream may save up: 10, so that a quiet one can retry at all.
    pub retries_saved: u32,
    /// Requests under way at one upstream: 64.
    pub fetches_per_upstream: usize,
    /// Requests that wait for a place at one upstream: 704. With its places that is three quarters of
    /// all fetches, so that one that hangs leaves the last quarter to the others.
    pub waiting_per_upstream: usize,
    /// Redirects followed: 10, as Go does.
    pub redirects: usize,
    /// Failures in a row that open an upstream's circuit: 5.
    pub circuit_failures: u32,
    /// How long an open circuit refuses before it lets one request try: 10 s.
    pub circuit_pause: Duration,
    // --- clients
    /// Connections: 12,000, above the 10,000 idle ones that an attack may hold.
    pub connections: usize,
    /// Bytes of a request's head: 32 KiB.
    pub head_bytes: usize,
    /// Time for a request's head, and for an idle connection between requests.
    pub head_time: Duration,
    /// Time for the TLS handshake: 10 s.
    pub handshake: Duration,
    /// A client that takes no byte for so long is cut off: 60 s.
    pub write_stall: Duration,
    /// Streams of one HTTP/2 connection: 250.
    pub h2_streams: u32,
    /// Time for requests under way when the server ends: 30 s.
    pub drain: Duration,
    /// Requests that wait for one fetch: 10,000.
    pub waiters_per_key: usize,
    /// Fetches under way in all: 1,024; each may hold a spool file and a buffer.
    pub flights: usize,
    /// Proven answers given before the disk has them: 64, so that at most as many are fetched again after
    /// a power cut, and their small bodies stay within 64 MiB.
    pub unpublished: usize,
    /// How long at most what was answered already is gathered before it is forced to the disk as one batch:
    /// 500 ms, which a crash may cost another fetch.
    pub publish_gather: Duration,
    // --- replicas
    /// A replica that fetches for all says so for 15 s, and again each 5 s: one that dies is replaced within.
    pub lease: Duration,
    /// How often a replica that waits for another's fetch looks: each 100 ms, ten small requests a second.
    pub lease_poll: Duration,
    /// How long it waits at most before it fetches itself: 5 min, what the largest zip takes at 2 MiB/s.
    pub lease_wait: Duration,
    // --- Go's environment files
    /// Largest environment file that is read: 1 MiB; real ones have a few hundred bytes.
    pub env_file_bytes: u64,
    /// Time to wait for the lock of an environment file: 10 s, over a hundred writers' turns.
    pub env_lock: Duration,
    /// Pause between looks at that lock: 5 ms, a tenth of what a writer holds it.
    pub env_lock_pause: Duration,
    /// After this a written file is read once more, to see what a `go env -w` did meanwhile: 50 ms.
    pub env_second_look: Duration,
    /// Writes anew after another program undid one: 3.
    pub env_retries: u32,
    /// Earlier contents of an environment file that are kept: 5.
    pub env_backups: usize,
    /// How much of the end of an environment file's journal is read: 1 MiB, thousands of changes.
    pub env_journal_bytes: u64,
    // --- memory
    /// Bytes of hot answers: 64 MiB.
    pub byte_cache_bytes: u64,
    /// Largest body kept hot: 1 MiB.
    pub byte_cache_item_bytes: u64,
    /// Size of one read of a file: 256 KiB.
    pub chunk_bytes: usize,
    /// How much of a streamed zip is held back until it is proven: 64 KiB.
    pub held_back_bytes: u64,
    /// Archives inspected at a time: the number of cores.
    pub inspections: usize,
    // --- other programs
    /// How much of each stream of a program that answers a question is kept: 1 MiB, some thousand lines.
    pub program_output_bytes: usize,
    /// How long the streams of a program that has ended are read on: 2 s. What is in a pipe then is there
    /// at once; only a process left behind holds it open longer.
    pub program_drain: Duration,
    /// How much of each stream of a program that is passed on is kept for an explanation: 4 MiB, since the
    /// errors of `go` stand at the end.
    pub output_tail_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            list_bytes: 16 << 20,
            info_bytes: 64 << 10,
            mod_bytes: 16 << 20,
            zip_bytes: 500 << 20,
            lookup_bytes: 2 << 20,
            error_bytes: 4 << 10,
            connect: Duration::from_secs(10),
            first_byte: Duration::from_mins(1),
            stall: Duration::from_secs(30),
            metadata_total: Duration::from_mins(2),
            sumdb_call: Duration::from_mins(1),
            tries: 3,
            retry_pause: Duration::from_secs(5),
            retry_start: Duration::from_millis(200),
            retry_percent: 20,
            retries_saved: 10,
            fetches_per_upstream: 64,
            waiting_per_upstream: 704,
            redirects: 10,
            circuit_failures: 5,
            circuit_pause: Duration::from_secs(10),
            connections: 12_000,
            head_bytes: 32 << 10,
            head_time: Duration::from_secs(30),
            handshake: Duration::from_secs(10),
            write_stall: Duration::from_mins(1),
            h2_streams: 250,
            drain: Duration::from_secs(30),
            waiters_per_key: 10_000,
            flights: 1024,
            unpublished: 64,
            lease: Duration::from_secs(15),
            lease_poll: Duration::from_millis(100),
            lease_wait: Duration::from_mins(5),
            publish_gather: Duration::from_millis(500),
            env_file_bytes: 1 << 20,
            env_lock: Duration::from_secs(10),
            env_lock_pause: Duration::from_millis(5),
            env_second_look: Duration::from_millis(50),
            env_retries: 3,
            env_backups: 5,
            env_journal_bytes: 1 << 20,
            byte_cache_bytes: 64 << 20,
            byte_cache_item_bytes: 1 << 20,
            chunk_bytes: 256 << 10,
            held_back_bytes: 64 << 10,
            inspections: std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
            program_output_bytes: 1 << 20,
            program_drain: Duration::from_secs(2),
            output_tail_bytes: 4 << 20,
        }
    }
}
