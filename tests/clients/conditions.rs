//! HEAD, parts and conditions, on what is held and on what is still being fetched.

use testkit::client::{self, Answer};
use testkit::{Module, Reply, Times};

use crate::ground::Ground;

/// A zip from memory, and one from its file.
const SIZES: [usize; 2] = [50_000, 2_000_000];

type Headers<'a> = &'a [(&'a str, &'a str)];

fn ask(ground: &Ground, method: &str, module: &Module, headers: Headers<'_>) -> Answer {
    let path = format!("/{}", module.url_path("zip"));
    client::request(ground.authority(), method, &path, headers)
}

/// What a range asks for: from and to, or nothing when the whole comes, or no such part.
enum Wanted {
    Part(usize, usize),
    Whole,
    Nothing,
}
use Wanted::{Nothing, Part, Whole};

#[test]
fn parts_of_what_is_held() {
    let mut ground = Ground::new();
    for size in SIZES {
        let module = ground.held(&format!("example.com/m{size}"), size);
        let whole = module.zip_bytes();
        let length = whole.len();
        let behind = format!("bytes={length}-");
        let to_behind = format!("bytes=10-{}", length + 10);
        let last = format!("bytes={}-", length - 1);
        let table: [(&str, Wanted); 21] = [
            ("bytes=0-0", Part(0, 1)),
            ("bytes=0-", Part(0, length)),
            ("bytes=1-99", Part(1, 100)),
            ("bytes=40000-49999", Part(40_000, 50_000)),
            ("bytes=-1", Part(length - 1, length)),
            ("bytes=-100", Part(length - 100, length)),
            ("bytes=-999999999", Part(0, length)),
            (&last, Part(length - 1, length)),
            (&to_behind, Part(10, length)),
            (&behind, Nothing),
            ("bytes=999999999-", Nothing),
            ("bytes=-0", Nothing),
            ("bytes=0-0,5-9", Whole),
            ("bytes=0-0,-1", Whole),
            ("bytes=9-5", Whole),
            ("bytes=x-y", Whole),
            ("bytes=", Whole),
            ("bytes", Whole),
            ("lines=0-1", Whole),
            ("bytes=99999999999999999999999-", Nothing),
            ("bytes=0-99999999999999999999999", Part(0, length)),
        ];
        for (range, wanted) in table {
            let answer = ask(&ground, "GET", &module, &[("Range", range)]);
            match wanted {
                Part(from, to) => {
                    assert_eq!(answer.status, 206, "{range}");
                    assert!(answer.body == whole[from..to], "{range}");
                    let span = format!("bytes {from}-{}/{length}", to - 1);
                    assert_eq!(answer.header("content-range"), span);
                }
                Whole => {
                    assert_eq!(answer.status, 200, "{range}");
                    assert!(answer.body == whole, "{range}");
                }
                Nothing => {
                    assert_eq!(answer.status, 416, "{range}");
                    assert_eq!(answer.header("content-range"), format!("bytes */{length}"));
                    assert!(
                        answer.text().contains("behind the end"),
                        "{}",
                        answer.text()
                    );
                }
            }
            assert!(answer.complete, "{range}");
            // HEAD has no parts.
            let head = ask(&ground, "HEAD", &module, &[("Range", range)]);
            assert_eq!((head.status, head.body.len()), (200, 0), "{range}");
            assert_eq!(head.header("content-length"), length.to_string(), "{range}");
        }
    }
    ground.is_well();
}

#[test]
fn conditions_on_what_is_held() {
    let mut ground = Ground::new();
    for size in SIZES {
        let module = ground.held(&format!("example.com/m{size}"), size);
        let whole = module.zip_bytes();
        let tag = ask(&ground, "HEAD", &module, &[]).header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.len() > 20, "{tag}");
        let weak = format!("W/{tag}");
        let among = format!("\"a\", {tag}, \"b\"");
        for (value, same) in [
            (tag.as_str(), true),
            (weak.as_str(), true),
            (among.as_str(), true),
            ("*", true),
            ("\"other\"", false),
            ("garbage", false),
            ("", false),
        ] {
            for method in ["GET", "HEAD"] {
                let answer = ask(&ground, method, &module, &[("If-None-Match", value)]);
                assert_eq!(
                    answer.status,
                    if same { 304 } else { 200 },
                    "{method} {value}"
                );
                if same || method == "HEAD" {
                    assert_eq!(answer.body.len(), 0, "{method} {value}");
                } else {
                    assert!(answer.body == whole, "{value}");
                }
                assert_eq!(answer.header("etag"), tag, "{method} {value}");
            }
        }
        for (validator, fits) in [
            (tag.as_str(), true),
            (weak.as_str(), false),
            ("\"other\"", false),
            ("Wed, 21 Oct 2015 07:28:00 GMT", false),
            ("", false),
        ] {
            let headers = [("Range", "bytes=5-9"), ("If-Range", validator)];
            let answer = ask(&ground, "GET", &module, &headers);
            assert_eq!(answer.status, if fits { 206 } else { 200 }, "{validator}");
            let right = if fits { &whole[5..10] } else { &whole[..] };
            assert!(answer.body == right, "{validator}");
        }
        // The condition goes before the part.
        let headers = [("Range", "bytes=5-9"), ("If-None-Match", tag.as_str())];
        assert_eq!(ask(&ground, "GET", &module, &headers).status, 304);
    }
    ground.is_well();
}

/// While a zip is being fetched and streamed to one client, others ask for parts of it, for its length
/// and its tag: they wait for the proof and get the same as ever.
#[test]
fn parts_and_conditions_of_what_is_being_fetched() {
    let mut ground = Ground::new();
    let asked: [(&str, Headers, u16); 8] = [
        ("GET", &[("Range", "bytes=5-9")], 206),
        ("GET", &[("Range", "bytes=-5")], 206),
        ("GET", &[("Range", "bytes=999999999-")], 416),
        ("GET", &[("If-None-Match", "*")], 304),
        ("GET", &[("If-None-Match", "\"other\"")], 200),
        (
            "GET",
            &[("Range", "bytes=5-9"), ("If-Range", "\"other\"")],
            200,
        ),
        ("HEAD", &[], 200),
        ("GET", &[], 200),
    ];
    let module = ground.module("example.com/m", 500_000);
    let path = module.url_path("zip");
    let gate = Reply::GateAfter("rest".to_owned(), 200_000);
    ground.upstream.script(&path, Times::Next(1), gate);
    let whole = module.zip_bytes();
    std::thread::scope(|scope| {
        let asking: Vec<_> = asked
            .iter()
            .map(|(method, headers, status)| {
                let (ground, module) = (&ground, &module);
                let asked = scope.spawn(move || ask(ground, method, module, headers));
                (asked, *method, *status)
            })
            .collect();
        crate::ground::wait_for("the fetch", || ground.upstream.count(&path) == 1);
        ground.upstream.open_gate("rest");
        for (asked, method, status) in asking {
            let answer = asked.join().unwrap();
            assert_eq!(answer.status, status, "{method}");
            assert!(answer.complete);
            match (method, status) {
                ("HEAD", _) => assert_eq!(answer.header("content-length"), whole.len().to_string()),
                (_, 200) => assert!(answer.body == whole),
                (_, 206) => assert_eq!(answer.body.len(), 5),
                _ => {}
            }
        }
    });
    assert_eq!(ground.upstream.count(&path), 1, "one fetch for all");
    ground.is_well();
}
