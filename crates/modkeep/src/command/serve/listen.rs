//! The address that is listened on.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};

use crate::failure::Failure;

/// Binds `address`, `HOST:PORT`.
///
/// # Errors
/// A port in use, an address that is not this machine's, with what to do.
pub(super) fn bind(address: &str) -> Result<TcpListener, Failure> {
    let bound = TcpListener::bind(address).or_else(|error| match address.strip_prefix("[::]:") {
        // A machine without IPv6 has every address of the other family still.
        Some(port) if error.kind() == ErrorKind::Unsupported || is_no_family(&error) => {
            TcpListener::bind(format!("0.0.0.0:{port}"))
        }
        _ => Err(error),
    });
    let listener = bound.map_err(|error| failure(address, &error))?;
    let ready = listener.set_nonblocking(true);
    ready.map_err(|error| failure(address, &error))?;
    Ok(listener)
}

/// Whether the system has no such address family (EAFNOSUPPORT on Linux).
fn is_no_family(error: &io::Error) -> bool {
    error.raw_os_error() == Some(97)
}

fn failure(address: &str, error: &io::Error) -> Failure {
    match error.kind() {
        ErrorKind::AddrInUse => {
            Failure::unchecked(format!("cannot listen on {address}: the port is in use"))
                .hint("end the program that has it, or choose another with --listen")
        }
        ErrorKind::PermissionDenied => Failure::unchecked(format!(
            "cannot listen on {address}: the system does not permit it"
        ))
        .hint("ports below 1024 are for root: choose another with --listen"),
        ErrorKind::AddrNotAvailable => Failure::usage(format!(
            "cannot listen on {address}: it is no address of this machine"
        ))
        .hint("--listen :PORT takes every address of the machine"),
        _ => Failure::usage(format!("cannot listen on {address}: {error}")),
    }
}

/// The URL at which a client on this machine, or on another one when every
/// address is listened on, reaches `address`.
pub(super) fn base_url(
    address: SocketAddr,
    is_tls: bool,
    base_path: &str,
    machine: &str,
) -> String {
    let scheme = if is_tls { "https" } else { "http" };
    if address.ip().is_unspecified() {
        format!("{scheme}://{machine}:{}{base_path}", address.port())
    } else {
        format!("{scheme}://{address}{base_path}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_told_with_the_way_out() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let failure = bind(&address).unwrap_err();
        assert_eq!(
            failure.message,
            format!("cannot listen on {address}: the port is in use")
        );
        assert!(failure.hint.unwrap().contains("--listen"));
    }

    #[test]
    fn clients_are_told_an_address_they_can_reach() {
        let table = [
            ("127.0.0.1:8080", false, "", "http://127.0.0.1:8080"),
            ("0.0.0.0:80", false, "/go", "http://builder:80/go"),
            ("[::]:443", true, "", "https://builder:443"),
            ("[::1]:1", false, "", "http://[::1]:1"),
        ];
        for (address, is_tls, path, wanted) in table {
            assert_eq!(
                base_url(address.parse().unwrap(), is_tls, path, "builder"),
                wanted
            );
        }
    }
}
