"""Hosts: where replies and returned mail go, where the website is, and whether a mail server's address has its name."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from digest.zone.lookup import Lookup, reverse_name
from digest.zone.wrong import Wrong

_LOCAL_NETWORKS = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")))


def check_mx(lookup: Lookup, domain: str, server: str) -> str:
    """The hosts that take mail for `domain`, each with an address; `server` is what an MX of one's own would name.

    Raises:
        Wrong: there is none, or one leads nowhere.
        DigestError: nobody could say.
    """
    host = server or f"mail.{domain}"
    advice = f"{domain}. IN MX 10 {host}."
    found = lookup.exchanges(domain)
    if not found:
        raise Wrong(f"{domain} has no MX record: replies and returned mail get lost", advice)
    if "" in found:
        raise Wrong(f"{domain} says by a null MX that it takes no mail (RFC 7505)", advice)
    for name in found:
        if not lookup.addresses(name):
            raise Wrong(f"{domain} has the MX {name}, which has no address", f"{name}. IN A ADDRESS")
    return f"mail for {domain} goes to {', '.join(found)}"


def check_web(lookup: Lookup, host: str) -> str:
    """The addresses of the website.

    Raises:
        Wrong: there is none.
        DigestError: nobody could say.
    """
    if is_local(host):
        return f"{host} is for this machine or network only; base_url says so"
    found = lookup.addresses(host)
    if not found:
        raise Wrong(f"{host} has no address, and the links in mails lead there", f"{host}. IN A ADDRESS")
    return f"{host} is at {', '.join(found)}"


def check_reverse(lookup: Lookup, host: str) -> str:
    """That each address of a mail server leads back to a name of it, and this to the address (RFC 1912 §2.1).

    Raises:
        Wrong: one does not.
        DigestError: nobody could say.
    """
    if is_local(host):
        return f"not looked at: {host} is on this machine or network, and what it sends from is not known here"
    found = lookup.addresses(host)
    if not found:
        raise Wrong(f"{host} has no address", f"{host}. IN A ADDRESS")
    public = [address for address in found if not is_local(address)]
    for address in public:
        names = lookup.names(address)
        if not any(address in lookup.addresses(name) for name in names):
            said = f"leads back to {', '.join(names)}, which has another address" if names else "leads back to no name"
            raise Wrong(
                f"{address} of {host} {said}; who owns the address (your provider) sets it",
                f"{reverse_name(address)}. IN PTR {host}.",
            )
    return f"{host} and {', '.join(public)} lead to each other" if public else f"not looked at: {host} is a local host"


def is_local(host: str) -> bool:
    """Whether a name or an address is of this machine, or of a network that is not part of the internet."""
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".home.arpa")) or not host:
        return True
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return False
    return address.is_loopback or address.is_link_local or any(address in network for network in _LOCAL_NETWORKS)
