//! The live environment, tried.
