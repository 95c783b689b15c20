//! gomod.
