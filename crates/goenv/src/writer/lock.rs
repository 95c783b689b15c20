//! The lock: a file beside the one that is written, so that it is never
//! replaced itself.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::time::Instant;

use platform::Limits;

use crate::error::{Error, failed};

/// A lock that is held. It goes with the process, however that ends.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for the lock at `path`.
    pub(super) fn take(path: &Path, limits: &Limits) -> Result<Self, Error> {
        let file = open(path).map_err(failed(path, "open"))?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if start.elapsed() < limits.env_lock => {
                    std::thread::sleep(limits.env_lock_pause);
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(Error::LockTimeout {
                        path: path.to_owned(),
                        waited: limits.env_lock,
                    });
                }
                Err(TryLockError::Error(error)) => return Err(failed(path, "lock")(error)),
            }
        }
    }
}

/// Another user's lock can be locked too, though not written.
fn open(path: &Path) -> io::Result<File> {
    super::disk::refuse_link(path)?;
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path);
    written.or_else(|error| File::open(path).map_err(|_| error))
}
