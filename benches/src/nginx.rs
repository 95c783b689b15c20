//! nginx over the files of a store, set up as a careful operator would for static files.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Result, bail};
use tempfile::TempDir;

/// A running nginx; it ends with this value.
pub(crate) struct Nginx {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    _folder: TempDir,
}

impl Nginx {
    /// Serves the files below `root`, with or without an access log.
    pub(crate) fn start(root: &Path, access_log: bool) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let log = if access_log {
            format!("access_log {} json buffer=32k;", at("access.log"))
        } else {
            "access_log off;".to_owned()
        };
        let text = CONFIGURATION
            .replace("@PID@", &at("pid"))
            .replace("@ERRORS@", &at("error.log"))
            .replace("@TEMPORARY@", &at("temporary"))
            .replace("@LOG@", &log)
            .replace("@PORT@", &port.to_string())
            .replace("@ROOT@", &root.display().to_string());
        fs::write(folder.path().join("nginx.conf"), text)?;
        // Workers run as a user of their own when the master is root's; they have to reach the files.
        let mut command = Command::new("nginx");
        command.args(["-c", &at("nginx.conf"), "-p", &at(""), "-g", "daemon off;"]);
        let path = std::env::var_os("PATH").unwrap_or_default();
        command
            .env("PATH", format!("{}:/usr/sbin:/sbin", path.display()))
            .stdin(Stdio::null());
        let child = command.spawn()?;
        let nginx = Self {
            child,
            url: format!("http://127.0.0.1:{port}"),
            _folder: folder,
        };
        for _ in 0..500 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(nginx);
            }
            thread::sleep(Duration::from_millis(10));
        }
        bail!("nginx did not start")
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .args(["-s", "QUIT", &self.child.id().to_string()])
            .status();
        let _ = self.child.wait();
    }
}

const CONFIGURATION: &str = r#"
user root;
worker_processes 2;
pid @PID@;
error_log @ERRORS@ warn;
events { worker_connections 4096; }
http {
    client_body_temp_path @TEMPORARY@;
    proxy_temp_path @TEMPORARY@;
    fastcgi_temp_path @TEMPORARY@;
    uwsgi_temp_path @TEMPORARY@;
    scgi_temp_path @TEMPORARY@;
    log_format json escape=json '{"time":"$time_iso8601","method":"$request_method","path":"$uri","status":$status,"bytes":$body_bytes_sent,"duration":$request_time,"ip":"$remote_addr","agent":"$http_user_agent"}';
    @LOG@
    sendfile on;
    tcp_nopush on;
    tcp_nodelay on;
    keepalive_requests 100000000;
    keepalive_timeout 75s;
    open_file_cache max=10000 inactive=60s;
    open_file_cache_valid 60s;
    etag on;
    server {
        listen 127.0.0.1:@PORT@ backlog=1024;
        root @ROOT@;
        default_type application/octet-stream;
    }
}
"#;
