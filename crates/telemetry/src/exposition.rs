//! The older of the two text formats, made from the newer one.

/// Prometheus' text format 0.0.4 of an OpenMetrics 1.0 exposition: there a family has the name of its
/// samples, an info is a gauge, and no line ends the text.
pub(crate) fn classic(openmetrics: &str) -> String {
    let mut text = String::with_capacity(openmetrics.len() + 1024);
    let mut help: Option<&str> = None;
    for line in openmetrics.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            // Held until the type behind it tells the name.
            help = Some(rest);
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (family, kind) = rest.split_once(' ').unwrap_or((rest, "untyped"));
            let (suffix, kind) = match kind {
                "counter" => ("_total", "counter"),
                "info" => ("_info", "gauge"),
                other => ("", other),
            };
            if let Some((_, sentence)) = help.take().and_then(|help| help.split_once(' ')) {
                push(&mut text, &["# HELP ", family, suffix, " ", sentence]);
            }
            push(&mut text, &["# TYPE ", family, suffix, " ", kind]);
        } else if !line.starts_with('#') {
            push(&mut text, &[line]);
        }
    }
    text
}

fn push(text: &mut String, parts: &[&str]) {
    for part in parts {
        text.push_str(part);
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::classic;

    #[test]
    fn families_take_the_name_of_their_samples() {
        let openmetrics = "# HELP a Told.\n# TYPE a counter\na_total{x=\"# y\"} 1\n\
                           # HELP b Said.\n# TYPE b info\nb_info{v=\"1\"} 1\n\
                           # HELP c Shown.\n# TYPE c gauge\nc 2\n# EOF\n";
        let expected = "# HELP a_total Told.\n# TYPE a_total counter\na_total{x=\"# y\"} 1\n\
                        # HELP b_info Said.\n# TYPE b_info gauge\nb_info{v=\"1\"} 1\n\
                        # HELP c Shown.\n# TYPE c gauge\nc 2\n";
        assert_eq!(classic(openmetrics), expected);
    }
}
