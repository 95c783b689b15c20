//! The commands that judge, explain and mend Go environments, with the real
//! binary and, where it says so, the real `go`.

mod doctor;
