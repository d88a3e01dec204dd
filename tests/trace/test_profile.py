"""The profiles say what they rest on, and no name of one fits where it should not."""

from __future__ import annotations

import pytest

from stalklog.trace.profile import RESTS_ON, fits, load_profiles


def test_each_profile_says_on_what_it_rests() -> None:
    for profile in load_profiles().mail:
        assert profile.rests_on in RESTS_ON
        assert profile.basis.endswith(".")
        assert profile.domains
        assert profile.edge


def test_only_microsoft_rests_on_much_real_mail() -> None:
    profiles = load_profiles().mail
    assert [one.id for one in profiles if one.rests_on == "real-mail"] == ["microsoft"]


@pytest.mark.parametrize(
    ("host", "profile"),
    [
        ("VI1EUR04FT008.mail.protection.outlook.com", "microsoft"),
        ("mx.google.com.", "google"),
        ("mta1007.mail.sp2.yahoo.com", "yahoo"),
        ("bay0-mc3-f7.bay0.hotmail.com", "microsoft"),
        ("blu0-omc4-s23.blu0.hotmail.com", None),
        ("mail.protection.outlook.com.evil.example", None),
        ("xmx.google.com", None),
        ("mx.google.com.evil.example", None),
        ("", None),
    ],
)
def test_an_edge_is_known_by_its_whole_name(host: str, profile: str | None) -> None:
    found = load_profiles().at_edge(host)
    assert (found.id if found else None) == profile


@pytest.mark.parametrize(
    ("domain", "profile"),
    [
        ("gmail.com", "google"),
        ("GMAIL.com.", "google"),
        ("www.instagram.com", "meta"),
        ("notgmail.com", None),
        ("gmail.com.evil.example", None),
    ],
)
def test_a_domain_is_known_by_its_end(domain: str, profile: str | None) -> None:
    found = load_profiles().of_domain(domain)
    assert (found.id if found else None) == profile


def test_a_pattern_fits_whole_names_only() -> None:
    assert fits("a.example.org", ("*.example.org",))
    assert not fits("example.org", ("*.example.org",))


def test_a_pattern_without_a_dot_fits_no_name_of_the_internet() -> None:
    assert fits("p1-mailgateway-smtp-1", ("p*-mailgateway-smtp*",))
    assert not fits("p1-mailgateway-smtp.example.org", ("p*-mailgateway-smtp*",))
