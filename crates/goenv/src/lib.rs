//! goenv.
