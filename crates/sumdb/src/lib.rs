//! sumdb.
