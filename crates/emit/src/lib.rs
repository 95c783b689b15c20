//! Writes the settings of a policy for those who need them: shells, systemd,
//! images, CI systems, Kubernetes.
//!
//! Pure text from a policy, the same each time, with the policy's digest in its header, so that
//! drift is a lookup. It never writes a secret, and never touches a file itself.
