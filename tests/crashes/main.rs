//! kill -9 at random moments while several clients fill a store through modkeep. After each: what is
//! on the disk is right and whole, nothing half is served, and the fill goes on where it was.
//!
//! `MODKEEP_CRASH_ROUNDS` says how many kills, `MODKEEP_CRASH_SEED` repeats the choices of a run (not the
//! machine's timing).
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "test code"
)]

mod chance;
mod goods;
mod ground;

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use chance::Chance;
use goods::Goods;
use ground::Ground;

/// Kills of a usual run; `cargo xtask soak` does 200.
const ROUNDS: u64 = 40;

/// Clients that fill at a time: more than cores, so that publications of all kinds overlap.
const CLIENTS: usize = 6;

/// Of so many rounds on one store the last may fill it; then an empty one follows. With it the kills
/// are spread over the whole of a fill, its start in an empty folder included.
const ROUNDS_A_STORE: u64 = 5;

#[test]
fn a_kill_at_any_moment_leaves_nothing_wrong() {
    let rounds = number("MODKEEP_CRASH_ROUNDS").unwrap_or(ROUNDS);
    let seed = number("MODKEEP_CRASH_SEED").unwrap_or_else(chance::seed);
    eprintln!("crashes: {rounds} rounds, MODKEEP_CRASH_SEED={seed}");
    let mut chance = Chance::new(seed);
    let goods = Goods::new();
    let mut ground = Ground::new(&goods);
    // How long a whole fill takes here and now; kills fall within a share of it.
    let whole = fill_whole(&ground, &goods, &mut chance);
    ground.empty();
    let (mut under_way, mut kept) = (0, 0);
    for round in 0..rounds {
        if round > 0 && round % ROUNDS_A_STORE == 0 {
            kept += fill_to_the_end(&ground, &goods, &mut chance);
            ground.empty();
        }
        let share = u32::try_from(ROUNDS_A_STORE).unwrap();
        let delay = chance.up_to(whole / share * 2);
        under_way += u64::from(kill_after(delay, &ground, &goods, &mut chance));
        ground.check_disk(&goods);
    }
    kept += fill_to_the_end(&ground, &goods, &mut chance);
    eprintln!("crashes: {rounds} kills, {under_way} of them during the fill, {kept} files kept");
    assert!(
        under_way * 2 >= rounds,
        "only {under_way} of {rounds} kills came during the fill, which took {whole:?}"
    );
}

/// Fills an empty store and says how long that took.
fn fill_whole(ground: &Ground, goods: &Goods, chance: &mut Chance) -> Duration {
    let server = ground.start();
    let start = Instant::now();
    for client in clients(goods, server.authority(), chance) {
        client.join().unwrap().all_right();
    }
    start.elapsed()
}

/// Starts, looks at what is there, lets the clients fill for `delay`, and kills. True when they were
/// still at it.
fn kill_after(delay: Duration, ground: &Ground, goods: &Goods, chance: &mut Chance) -> bool {
    let server = ground.start();
    ground.check_spool();
    ground::check_held(server.authority(), goods);
    let (done, ended) = mpsc::channel();
    let clients: Vec<_> = clients(goods, server.authority(), chance)
        .into_iter()
        .map(|client| {
            let done = done.clone();
            thread::spawn(move || {
                let outcome = client.join().unwrap();
                let _ = done.send(());
                outcome
            })
        })
        .collect();
    drop(done);
    let deadline = Instant::now() + delay;
    let mut left = clients.len();
    while left > 0
        && ended
            .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            .is_ok()
    {
        left -= 1;
    }
    ground::check_panics(&server);
    server.kill();
    let broken: usize = clients
        .into_iter()
        .map(|client| client.join().unwrap().broken)
        .sum();
    broken > 0
}

/// Starts once more, fills what is missing, and looks at all of it, also offline. Says how many files
/// are kept.
fn fill_to_the_end(ground: &Ground, goods: &Goods, chance: &mut Chance) -> usize {
    let server = ground.start();
    ground.check_spool();
    for client in clients(goods, server.authority(), chance) {
        client.join().unwrap().all_right();
    }
    ground::check_panics(&server);
    assert_eq!(server.terminate().code(), Some(0));
    let kept = ground.check_disk(goods);
    assert_eq!(kept, goods.artifacts().count(), "everything is kept");
    ground.check_offline(goods);
    kept
}

/// Threads that ask for everything, each in an order of its own.
fn clients(
    goods: &Goods,
    authority: &str,
    chance: &mut Chance,
) -> Vec<thread::JoinHandle<goods::Outcome>> {
    (0..CLIENTS)
        .map(|_| {
            let order = chance.shuffle(goods.all());
            let authority = authority.to_owned();
            thread::spawn(move || goods::fetch(&authority, &order))
        })
        .collect()
}

fn number(variable: &str) -> Option<u64> {
    std::env::var_os(variable)?.to_str()?.parse().ok()
}
