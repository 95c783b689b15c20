use super::*;
use crate::durable::recorded::Steps;

const NAME: &str = "sum.golang.org";

fn files() -> (TempDir, LogFiles) {
    let root = tempfile::tempdir().unwrap();
    let files = LogFiles::open(&root.path().join("sumdb"), NAME).unwrap();
    (root, files)
}

fn note(size: u64, mark: &str) -> Vec<u8> {
    format!("go.sum database tree\n{size}\nAAAA\n\n\u{2014} {NAME} {mark}\n").into_bytes()
}

fn hashes(width: usize) -> Vec<u8> {
    (0..width)
        .flat_map(|number| [u8::try_from(number % 251).unwrap(); 32])
        .collect()
}

fn module(path: &str) -> ModuleVersion {
    let path = gomod::ModulePath::parse(path).unwrap();
    ModuleVersion::new(path, gomod::Version::parse("v1.2.3-RC1").unwrap()).unwrap()
}

#[test]
fn the_head_moves_by_compare_and_swap_and_never_backwards() {
    let (root, files) = files();
    let (ten, eleven, nine) = (note(10, "a"), note(11, "b"), note(9, "c"));
    assert_eq!(files.head().unwrap(), None);
    assert_eq!(
        files.advance_head(Some(&ten), &eleven).unwrap(),
        Advance::Conflict { current: None }
    );
    assert_eq!(files.advance_head(None, &ten).unwrap(), Advance::Done);
    assert_eq!(
        files.advance_head(None, &eleven).unwrap(),
        Advance::Conflict {
            current: Some(ten.clone())
        }
    );
    assert_eq!(
        files.advance_head(Some(&ten), &nine).unwrap(),
        Advance::Conflict {
            current: Some(ten.clone())
        }
    );
    assert_eq!(
        files.advance_head(Some(&ten), b"no tree").unwrap(),
        Advance::Conflict {
            current: Some(ten.clone())
        }
    );
    assert_eq!(
        files.advance_head(Some(&ten), &note(10, "z")).unwrap(),
        Advance::Done,
        "signed anew"
    );
    assert_eq!(
        files.advance_head(Some(&note(10, "z")), &eleven).unwrap(),
        Advance::Done
    );
    drop(files);
    let again = LogFiles::open(&root.path().join("sumdb"), NAME).unwrap();
    assert_eq!(again.head().unwrap(), Some(eleven));
}

#[test]
fn of_many_that_move_the_head_at_once_one_wins() {
    let (_root, files) = files();
    let start = note(1, "a");
    files.advance_head(None, &start).unwrap();
    let wins: usize = std::thread::scope(|scope| {
        let racers: Vec<_> = (2..10)
            .map(|size| {
                let (files, start) = (files.clone(), start.clone());
                scope.spawn(move || {
                    usize::from(
                        files.advance_head(Some(&start), &note(size, "x")).unwrap()
                            == Advance::Done,
                    )
                })
            })
            .collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).sum()
    });
    assert_eq!(wins, 1);
}

#[test]
fn a_narrower_tile_is_cut_from_a_wider_one() {
    let (_root, files) = files();
    let tile = Tile::parse("tile/8/0/x001/067").unwrap();
    let narrow = tile.with_width(3);
    assert_eq!(files.tile(&narrow).unwrap(), None);
    files.put_tile(&tile.with_width(200), &hashes(200)).unwrap();
    files.put_tile(&tile.with_width(100), &hashes(100)).unwrap();
    assert_eq!(files.tile(&narrow).unwrap(), Some(hashes(3)));
    assert_eq!(
        files.tile(&tile.with_width(150)).unwrap(),
        Some(hashes(150))
    );
    assert_eq!(files.tile(&tile.with_width(201)).unwrap(), None);
    assert_eq!(files.tile(&tile).unwrap(), None);
    files.put_tile(&tile, &hashes(256)).unwrap();
    assert_eq!(
        files.tile(&tile.with_width(201)).unwrap(),
        Some(hashes(201))
    );
    let full = files.tile_path(&tile).unwrap();
    assert!(
        !partials(&full).exists(),
        "the full tile makes the partial ones superfluous"
    );
    fs::write(&full, &hashes(256)[..100]).unwrap();
    assert_eq!(
        files.tile(&tile).unwrap(),
        None,
        "cut short by a power cut: as good as absent"
    );
    assert_eq!(files.tile(&narrow).unwrap(), Some(hashes(3)));
}

#[test]
fn a_data_tile_is_cut_between_records() {
    let (_root, files) = files();
    let tile = Tile::parse("tile/8/data/000").unwrap();
    let records = |count: usize| "a v1 h1:x\na v1/go.mod h1:y\n\n".repeat(count);
    files
        .put_tile(&tile.with_width(9), records(9).as_bytes())
        .unwrap();
    assert_eq!(
        files.tile(&tile.with_width(2)).unwrap(),
        Some(records(2).into_bytes())
    );
    assert_eq!(files.tile(&tile.with_width(10)).unwrap(), None);
    assert!(
        files
            .put_tile(&tile.with_width(4), records(5).as_bytes())
            .is_err()
    );
}

#[test]
fn what_is_not_as_long_as_the_tile_is_refused() {
    let (_root, files) = files();
    let tile = Tile::parse("tile/8/1/000.p/5").unwrap();
    assert!(matches!(
        files.put_tile(&tile, &hashes(4)),
        Err(StoreError::Damaged { .. })
    ));
    assert_eq!(files.tile(&tile).unwrap(), None);
}

#[test]
fn lookups_are_kept_under_escaped_names() {
    let (root, files) = files();
    let (upper, lower) = (module("github.com/Azure/x"), module("github.com/azure/x"));
    assert_eq!(files.lookup(&upper).unwrap(), None);
    files.put_lookup(&upper, b"1\nold").unwrap();
    files.put_lookup(&upper, b"1\nnew").unwrap();
    assert_eq!(
        files.lookup(&upper).unwrap().as_deref(),
        Some(&b"1\nnew"[..])
    );
    assert_eq!(files.lookup(&lower).unwrap(), None);
    let path = root
        .path()
        .join("sumdb/sum.golang.org/lookup/github.com/!azure/x@v1.2.3-!r!c1");
    assert!(path.is_file());
    fs::write(&path, b"").unwrap();
    assert_eq!(
        files.lookup(&upper).unwrap(),
        None,
        "emptied by a power cut: as good as absent"
    );
    fs::remove_dir_all(root.path()).unwrap();
    files.put_lookup(&lower, b"2\n").unwrap();
    assert_eq!(
        files.lookup(&lower).unwrap().as_deref(),
        Some(&b"2\n"[..]),
        "works again after the folder is gone"
    );
}

#[test]
fn evidence_of_forks_is_never_overwritten() {
    let (root, files) = files();
    assert!(files.forks().unwrap().is_empty());
    let first = files.put_fork(b"old and new").unwrap();
    assert_eq!(files.put_fork(b"old and new").unwrap(), first);
    let second = files.put_fork(b"another").unwrap();
    assert_eq!(fs::read(&first).unwrap(), b"old and new");
    let reader = LogFiles::open_read_only(&root.path().join("sumdb"), NAME).unwrap();
    let mut both = vec![first, second];
    both.sort();
    assert_eq!(reader.forks().unwrap(), both);
    assert!(matches!(
        reader.put_fork(b"x"),
        Err(StoreError::ReadOnly { .. })
    ));
    assert_eq!(
        names(&files.scratch()).unwrap(),
        Vec::<String>::new(),
        "nothing unfinished stays"
    );
}

#[test]
fn every_database_name_is_one_folder_of_its_own() {
    let names = [
        "sum.golang.org",
        "Sum.golang.org",
        "corp.example/sumdb",
        "corp.example%2fsumdb",
        "..",
        ".",
        "a\\b",
        "é",
    ];
    let escaped: Vec<String> = names
        .iter()
        .map(|name| escape_name(name).unwrap())
        .collect();
    let distinct: std::collections::HashSet<String> =
        escaped.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(distinct.len(), names.len(), "{escaped:?}");
    for name in &escaped {
        assert_eq!(
            below(Path::new("/r"), name).unwrap().parent(),
            Some(Path::new("/r")),
            "{name}"
        );
    }
    assert!(escape_name("").is_err());
    assert!(escape_name(&"é".repeat(43)).is_err());
    assert!(escape_name(&"/".repeat(NAME_BYTES)).unwrap().len() <= 255);
}

/// A head, and the evidence of a fork, is on the disk before it has its name, and its name before the
/// answer. With any step failing the old head stands, or the new one, and it can be tried again.
#[test]
fn the_steps_of_heads_and_forks_have_their_order() {
    let root = tempfile::tempdir().unwrap();
    let (steps, sumdb) = (Steps::default(), root.path().join("sumdb"));
    let files = LogFiles::open_with(&sumdb, NAME, None, Some(steps.observer())).unwrap();
    steps.take();
    let moved = [
        "sync unfinished",
        "rename sum.golang.org/latest",
        "sync-folder sumdb/sum.golang.org",
    ];
    assert_eq!(
        files.advance_head(None, &note(1, "a")).unwrap(),
        Advance::Done
    );
    assert_eq!(steps.take(), moved);
    let (mut old, mut size) = (note(1, "a"), 1);
    for step in 1..=moved.len() {
        size += 1;
        let new = note(size, "b");
        steps.fail(step);
        let failed = files.advance_head(Some(&old), &new);
        assert!(matches!(failed, Err(StoreError::Full { .. })), "{step}");
        steps.fail(0);
        let kept = files.head().unwrap().unwrap();
        assert!(kept == old || kept == new, "{step}");
        assert_eq!(
            files.advance_head(Some(&kept), &new).unwrap(),
            Advance::Done
        );
        assert_eq!(files.head().unwrap(), Some(new.clone()), "{step}");
        old = new;
    }
    steps.take();
    let path = files.put_fork(b"evidence").unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    assert_eq!(
        steps.take(),
        [
            "sync unfinished".to_owned(),
            format!("link unfinished forks/{name}"),
            "sync-folder sum.golang.org/forks".to_owned(),
            "sync-folder sumdb/sum.golang.org".to_owned(),
        ]
    );
}
