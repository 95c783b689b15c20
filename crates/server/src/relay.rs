//! Requests of the checksum database protocol, as they stand behind `/sumdb/`.

use gomod::{ModulePath, ModuleVersion, Version};
use keeper::SumdbRequest;
use sumdb::Tile;

use crate::status::Refusal;
use crate::target::percent_decode;

/// Reads what stands behind `/sumdb/`. Only databases of these names are relayed: a free name would
/// let clients choose whom this server asks. A name may hold slashes, so names are compared whole.
pub(crate) fn parse(names: &[String], wire: &str) -> Result<SumdbRequest, Refusal> {
    let Some(path) = percent_decode(wire) else {
        return Err(Refusal::bad_request(&format!(
            "invalid escape in /sumdb/{wire}"
        )));
    };
    let request = names.iter().find_map(|name| {
        let rest = path.strip_prefix(name.as_str())?;
        rest.strip_prefix('/')
    });
    let Some(request) = request else {
        return Err(Refusal::not_found(&format!(
            "no such checksum database is relayed here: /sumdb/{path}"
        )));
    };
    match request.split_once('/') {
        None if request == "supported" => Ok(SumdbRequest::Supported),
        None if request == "latest" => Ok(SumdbRequest::Latest),
        Some(("lookup", module)) => lookup(module),
        Some(("tile", _)) => Tile::parse(request)
            .map(SumdbRequest::Tile)
            .ok_or_else(|| Refusal::not_found(&format!("no such tile: {request}"))),
        _ => Err(Refusal::not_found(&format!(
            "no endpoint of a checksum database: {request}"
        ))),
    }
}

/// `M@V`, both escaped, the version canonical.
fn lookup(module: &str) -> Result<SumdbRequest, Refusal> {
    let Some((path, version)) = module.rsplit_once('@') else {
        let text = format!("lookup wants a module and its version, M@V: {module}");
        return Err(Refusal::not_found(&text));
    };
    let module = ModulePath::from_escaped(path)
        .and_then(|path| ModuleVersion::new(path, Version::from_escaped(version)?));
    module
        .map(SumdbRequest::Lookup)
        .map_err(|error| Refusal::not_found(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        vec!["sum.golang.org".to_owned(), "host.example/sumdb".to_owned()]
    }

    fn check(wire: &str) -> String {
        match parse(&names(), wire) {
            Ok(SumdbRequest::Supported) => "supported".to_owned(),
            Ok(SumdbRequest::Latest) => "latest".to_owned(),
            Ok(SumdbRequest::Lookup(module)) => module.to_string(),
            Ok(SumdbRequest::Tile(tile)) => format!("{:?}/{}", tile.level, tile.index),
            Err(refusal) => refusal.status.as_u16().to_string(),
        }
    }

    #[test]
    fn requests_and_what_they_are() {
        for (wire, expected) in [
            ("sum.golang.org/supported", "supported"),
            ("host.example/sumdb/supported", "supported"),
            ("host.example/supported", "404"),
            ("sum.golang.orgy/supported", "404"),
            ("sum.golang.org/latest", "latest"),
            (
                "sum.golang.org/lookup/m.example/!a@v1.0.0",
                "m.example/A@v1.0.0",
            ),
            (
                "sum.golang.org/lookup/m.example/%21a@v1.0.0",
                "m.example/A@v1.0.0",
            ),
            ("sum.golang.org/lookup/m.example/A@v1.0.0", "404"),
            ("sum.golang.org/lookup/m.example@master", "404"),
            ("sum.golang.org/lookup/m.example@v2.0.0", "404"),
            ("sum.golang.org/lookup/m.example", "404"),
            ("sum.golang.org/lookup/../../@v1.0.0", "404"),
            ("sum.golang.org/lookup/a.example%2fb@v1.0.0", "400"),
            ("sum.golang.org/lookup/%zz@v1.0.0", "400"),
            ("sum.golang.org/tile/8/0/005", "Some(0)/5"),
            ("sum.golang.org/tile/9/0/005", "404"),
            ("sum.golang.org/tile/8/0/../x", "404"),
            ("sum.golang.org/other", "404"),
            ("sum.golang.org/", "404"),
            ("sum.golang.org", "404"),
            ("", "404"),
        ] {
            assert_eq!(check(wire), expected, "{wire}");
        }
    }
}
