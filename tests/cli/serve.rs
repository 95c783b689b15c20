//! The start and the end of `modkeep serve`.

use crate::run::Place;

#[test]
fn a_port_in_use_is_one_clear_line() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = Place::new().run(&["serve", "--listen", &address, "--upstream", "off"]);
    assert_eq!(said.code, Some(3));
    assert_eq!(
        said.err,
        format!(
            "modkeep: cannot listen on {address}: the port is in use\n  end the program that has it, or choose another with --listen\n"
        )
    );
}
