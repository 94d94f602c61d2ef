//! From which address a request comes, told by the connection or by a proxy that is believed.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::HttpRequest;
use actix_web::http::header::HeaderValue;
use ipnet::IpNet;

/// Proxies whose word is taken.
#[derive(Debug, Clone, Default)]
pub struct Proxies(pub Vec<IpNet>);

impl Proxies {
    /// Who is calling: the last address in the chain that is not one of our proxies.
    pub fn caller(&self, request: &HttpRequest) -> IpAddr {
        let peer = request.peer_addr().map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.ip());
        let peer = peer.to_canonical();
        if !self.believes(peer) {
            return peer;
        }
        let told = request.headers().get_all("x-forwarded-for");
        let chain: Vec<_> = told.map(HeaderValue::as_bytes).collect();
        // What came before the proxy's own word is anybody's, and may be no text at all.
        let chain = chain.join(&b',');
        let parts = chain.rsplit(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        let mut caller = peer;
        for part in parts.filter(|part| !part.is_empty()) {
            let Some(address) = str::from_utf8(part).ok().and_then(address) else { break };
            caller = address;
            if !self.believes(address) {
                break;
            }
        }
        caller
    }

    fn believes(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&address))
    }
}

/// With or without a port, an IPv6 address with or without brackets.
fn address(part: &str) -> Option<IpAddr> {
    let bare = part.strip_prefix('[').and_then(|part| part.split_once(']'));
    let host = bare.map_or(part, |(host, _)| host);
    let parsed = host.parse().ok().or_else(|| host.rsplit_once(':')?.0.parse().ok());
    parsed.map(|address: IpAddr| address.to_canonical())
}

/// What counts as one caller: an IPv6 network belongs to one house.
pub fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(network))
        }
    }
}

/// The network around an IPv6 household: what one customer may be given to divide among 65,536
/// households of their own.
pub fn neighbourhood(address: IpAddr) -> Option<IpAddr> {
    let IpAddr::V6(address) = address else { return None };
    Some(IpAddr::V6(Ipv6Addr::from(u128::from(address) & !(u128::MAX >> 48))))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn called(peer: &str, forwarded: Option<&str>) -> String {
        called_with(peer, forwarded.map(str::as_bytes))
    }

    fn called_with(peer: &str, forwarded: Option<&[u8]>) -> String {
        let proxies = Proxies(vec!["10.0.0.0/8".parse().unwrap()]);
        let request = TestRequest::default().peer_addr(format!("{peer}:5000").parse().unwrap());
        let request = match forwarded {
            Some(chain) => {
                request.insert_header(("X-Forwarded-For", HeaderValue::from_bytes(chain).unwrap()))
            }
            None => request,
        };
        proxies.caller(&request.to_http_request()).to_string()
    }

    #[test]
    fn a_stranger_cannot_claim_another_address() {
        assert_eq!(called("192.0.2.1", Some("198.51.100.7")), "192.0.2.1");
    }

    #[test]
    fn a_trusted_proxy_is_believed_and_what_came_before_it_is_not() {
        assert_eq!(called("10.1.2.3", Some("203.0.113.9, 198.51.100.7")), "198.51.100.7");
        assert_eq!(called("10.1.2.3", Some("198.51.100.7, 10.9.9.9")), "198.51.100.7");
        assert_eq!(called("10.1.2.3", Some("[2001:db8::1]:443")), "2001:db8::1");
        assert_eq!(called("10.1.2.3", Some("unknown")), "10.1.2.3");
        assert_eq!(called("10.1.2.3", None), "10.1.2.3");
    }

    #[test]
    fn odd_bytes_hide_nobody() {
        assert_eq!(called_with("10.1.2.3", Some(b"\xe9, 198.51.100.7")), "198.51.100.7");
        assert_eq!(called_with("10.1.2.3", Some(b"198.51.100.7, \xe9")), "10.1.2.3");
    }

    #[test]
    fn an_ipv6_network_is_one_caller() {
        let here = household("2001:db8::1".parse().unwrap());
        assert_eq!(here, household("2001:db8::ffff:2".parse().unwrap()));
        let next = "2001:db8:0:1::1".parse().unwrap();
        assert_ne!(here, household(next));
        assert_eq!(neighbourhood(here), neighbourhood(next));
        assert_ne!(neighbourhood(here), neighbourhood("2001:db8:1::1".parse().unwrap()));
        assert_eq!(neighbourhood("192.0.2.1".parse().unwrap()), None);
    }
}
