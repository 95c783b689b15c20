//! The resolver over hand-made blocks.
