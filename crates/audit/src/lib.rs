//! Reads CI and build files into execution sites, each with its effective Go
//! environment and where every value came from, and judges them by rules.
//!
//! The same rules judge the live environment of a job. Here is everything from a file's bytes to a
//! finding with its fix and its report. It never runs `go`, never asks the network, and never
//! prints a secret: it reads files and judges what is written there.
