//! Which host a request was sent to.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::uri::Authority;
use axum::http::{HeaderMap, Request, Version, header};

use super::problem::Problem;

/// A host, and its port where that is named: what stands in `Host`, and after the scheme of an origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    name: String,
    port: Option<u16>,
}

impl Host {
    /// Reads a host that stands there with nothing before it and nothing after it.
    pub fn parse(text: &str) -> Option<Self> {
        let authority: Authority = text.parse().ok()?;
        let name = authority.host();
        // a user before the host leaves another rest
        let port = match text.strip_prefix(name)? {
            "" => None,
            rest => Some(port(rest.strip_prefix(':')?)?),
        };
        let is_name = match name.strip_prefix('[') {
            Some(rest) => rest.strip_suffix(']')?.parse::<Ipv6Addr>().is_ok(),
            None => !name.is_empty(),
        };
        is_name.then(|| Self {
            name: name.to_ascii_lowercase(),
            port,
        })
    }

    /// That of a request; `None` where a request of HTTP 1.0 names none.
    ///
    /// # Errors
    /// When it names none otherwise, one that is none, or two.
    pub fn of<B>(request: &Request<B>) -> Result<Option<Self>, Problem> {
        let host = match request.headers().get(header::HOST) {
            Some(host) => {
                let host = host.to_str().ok().and_then(Self::parse);
                Some(host.ok_or_else(|| problem("Host: expected a host and at most a port"))?)
            }
            None if request.version() == Version::HTTP_10 => None,
            None => return Err(problem("Host: this header is missing")),
        };
        let Some(authority) = request.uri().authority() else {
            return Ok(host);
        };
        let target = Self::parse(authority.as_str());
        if target.is_none() || (host.is_some() && host != target) {
            return Err(problem("Host: another host than that of the request line"));
        }
        Ok(target)
    }

    /// Whether the name leads nowhere but to this machine.
    pub fn is_loopback(&self) -> bool {
        let address = self.name.trim_start_matches('[').trim_end_matches(']');
        self.name == "localhost"
            || address
                .parse::<IpAddr>()
                .is_ok_and(|address| address.to_canonical().is_loopback())
    }

    /// Whether the origin of a page is this host, by HTTP or, before a proxy, by HTTPS.
    pub fn is_origin(&self, origin: &str) -> bool {
        [("http://", 80), ("https://", 443)]
            .into_iter()
            .any(|(scheme, usual)| {
                let host = origin.strip_prefix(scheme).and_then(Self::parse);
                host.is_some_and(|host| {
                    host.name == self.name
                        && host.port.unwrap_or(usual) == self.port.unwrap_or(usual)
                })
            })
    }
}

/// A port: digits and nothing else.
fn port(text: &str) -> Option<u16> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

fn problem(detail: &str) -> Problem {
    Problem {
        field: Some("Host".to_owned()),
        ..Problem::malformed(detail)
    }
}

/// Headers that say one thing. A second one would be read by others who stand between, and not here.
const ONCE: [header::HeaderName; 5] = [
    header::HOST,
    header::ORIGIN,
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
];

/// Refuses a second header of those that say one thing.
///
/// # Errors
/// When there is one.
pub fn ensure_once(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.len() == headers.keys_len() {
        return Ok(());
    }
    let mut once = ONCE.into_iter();
    match once.find(|name| headers.get_all(name).iter().nth(1).is_some()) {
        None => Ok(()),
        Some(name) => Err(Problem {
            field: Some(name.to_string()),
            ..Problem::malformed(format!("{name}: this header stands here twice"))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_local(text: &str) -> Option<bool> {
        Host::parse(text).map(|host| host.is_loopback())
    }

    #[test]
    fn a_host_is_compared_as_a_whole() {
        for local in [
            "localhost",
            "LocalHost:8000",
            "127.0.0.1",
            "127.9.9.9:1",
            "[::1]",
            "[::1]:65535",
            "[::ffff:127.0.0.1]",
        ] {
            assert_eq!(is_local(local), Some(true), "{local}");
        }
        for other in [
            "localhost.evil.com",
            "127.0.0.1.evil.com",
            "evil.com:80",
            "[2001:db8::1]",
            "0.0.0.0",
            "127.1",
            "2130706433",
            "0x7f.0.0.1",
            "xlocalhost",
            "localhost.",
        ] {
            assert_eq!(is_local(other), Some(false), "{other}");
        }
    }

    #[test]
    fn what_is_no_host_is_none() {
        for none in [
            "",
            ":80",
            "[::1]evil.com",
            "[::1].evil.com:80",
            "[localhost]",
            "[::1",
            "::1",
            "localhost:80:90",
            "localhost:",
            "localhost:+80",
            "localhost:99999",
            "localhost:8o",
            "user@localhost",
            "localhost@evil.com",
            "localhost/evil.com",
            "localhost, evil.com",
            "localhost evil.com",
            "localhost#",
            "local%68ost",
        ] {
            assert_eq!(Host::parse(none), None, "{none}");
        }
    }

    #[test]
    fn an_origin_is_this_host_with_its_scheme_and_port() {
        let host = Host::parse("localhost:8000").unwrap();
        for own in ["http://localhost:8000", "https://LOCALHOST:8000"] {
            assert!(host.is_origin(own), "{own}");
        }
        for other in [
            "null",
            "",
            "http://",
            "http://localhost",
            "http://localhost:80000",
            "ftp://localhost:8000",
            "http://localhost:8000/",
            "http://x@localhost:8000",
            "http://localhost:8000.evil.com",
            "http://http://localhost:8000",
        ] {
            assert!(!host.is_origin(other), "{other}");
        }
        let usual = Host::parse("example.org").unwrap();
        assert!(usual.is_origin("https://example.org:443"));
    }
}
