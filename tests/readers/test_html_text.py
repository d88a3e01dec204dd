"""HTML gives the text that it shows; nothing is run, fetched or waited for."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.readers.html_text import HtmlText, decode_html, html_text
from stalklog.safety.limits import MAX_REMOTE


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a <b>b</b>\n  c", "a b c"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("one<br>two<br><br>three", "one\ntwo\n\nthree"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("<pre>a\n  b</pre> c", "a\n  b\n\nc"),
        ("a&nbsp;&amp;&lt;b&gt; &#2352; &bogus;", "a &<b> र &bogus;"),
        ("<script>x<b>y</script>z", "z"),
        ("<style>p{}</style>z<script>never ends", "z"),
        ("a<!-- b <p>c -->d", "ad"),
        ("a<!-- never ends", "a"),
        ("<![if !mso]>a<![endif]><?xml b ?>c", "ac"),
        ('<a title="x>y">z</a>', "z"),
        ("<a title='x>y'>z</a>", "z"),
        ('<a title="never ends>z', "z"),
        ("1 < 2 > 1 <3", "1 < 2 > 1 <3"),
        ("a</ b>c", "ac"),
        ("<head><meta x></head>a", "a"),
        ("<head>never ended <body>a", "a"),
        ("<template>a</template>b", "b"),
        ("<textarea>a</textarea>", "a"),
        ('<img alt="😀" src=x>', "😀"),
        ('<img alt="logo" src=x>', ""),
        ("", ""),
    ],
)
def test_it_shows(source: str, text: str) -> None:
    assert html_text(source).text == text


@pytest.mark.parametrize(
    "tag",
    ['div style="display:none"', "div style='DISPLAY : NONE'", "div hidden", "span style=opacity:0",
     'td style="visibility:hidden;color:red"', 'p style="display:none !important"'],
)  # fmt: skip
def test_what_a_tag_hides_is_told_apart(tag: str) -> None:
    found = html_text(f"a<{tag}>b<i>c</i></{tag.split(maxsplit=1)[0]}>d")
    assert found.hidden == "bc"
    assert "b" not in found.text
    assert found.text.replace("\n", "").replace(" ", "") == "ad"


@pytest.mark.parametrize(
    "tag",
    ['div style="font-size:0px"', 'div style="opacity:0.5"', 'a href="/hidden"', "div title=hidden",
     'div style="display:block"', "input hidden"],
)  # fmt: skip
def test_what_is_shown_is_not_called_hidden(tag: str) -> None:
    assert html_text(f"<{tag}>b").text == "b"


def test_hidden_elements_end_where_they_end() -> None:
    assert html_text("<div hidden>a<div>b</div>c</div>d").text == "d"
    assert html_text("<p hidden>a<div>b</div>").text == "b"
    assert html_text("<table><tr><td hidden>a<td>b</table>").text == "b"
    assert html_text("<li hidden>a<li>b").text == "b"
    assert html_text("<td hidden>a<table><td>b</table>c<td>d").text == "d"


def test_what_a_browser_would_fetch_is_told_and_a_link_is_not() -> None:
    source = (
        '<a href="https://example.org/link">a</a><img src="https://example.org/1.gif?a=1&amp;b=2">'
        "<img src=//example.org/2><img src='cid:3'><img src=data:image/png;base64,AA>"
        '<td background="http://example.org/4"><div style="background:url(&quot;http://example.org/5">'
        '<link rel=stylesheet href=http://example.org/6><img src="https://example.org/1.gif?a=1&amp;b=2">'
    )
    assert html_text(source).remote == (
        "https://example.org/1.gif?a=1&b=2",
        "//example.org/2",
        "http://example.org/4",
        "http://example.org/5",
        "http://example.org/6",
    )


def test_the_title_stands_apart() -> None:
    found = html_text("<title>A &amp;\n B</title><body>c<svg><title>d</title></svg>")
    assert (found.title, found.text) == ("A & B", "c\nd")


def test_limits_are_told() -> None:
    assert html_text("abcdef", max_chars=4) == HtmlText("abcd", is_cut=True)
    assert not html_text("abcd", max_chars=4).is_cut
    many = "".join(f"<img src=//example.org/{number}>" for number in range(MAX_REMOTE + 1))
    found = html_text(many)
    assert (len(found.remote), found.is_cut) == (MAX_REMOTE, True)


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        ("é".encode(), "", "é"),
        (b"\xef\xbb\xbfa", "latin-1", "a"),
        ("मैं".encode("utf-16"), "", "मैं"),
        (b'<meta charset="koi8-r">\xd0', "", '<meta charset="koi8-r">п'),
        (b'<meta http-equiv=x content="text/html; charset=koi8-r">\xd0', "utf-8", None),
        (b"<meta charset=utf-16>a", "", "<meta charset=utf-16>a"),
    ],
)
def test_the_letters_of_html(data: bytes, declared: str, text: str | None) -> None:
    found, is_sure = decode_html(data, declared)
    assert is_sure == (text is not None)
    assert text is None or found == text


@pytest.mark.parametrize(
    "piece",
    ["<", "<!--", "<a ", '<a "', "<a '", '<a ">', "</", "<![", "<script>", "<div hidden>", "&#",
     "<title>", "<style>url(", "<img src=//x ", "<p hidden><td>", "</script>", "<template>",
     "<pre>", '<a "\'>', "<b style='x:url(\"//", "&amp", "<td hidden>", " <i> "],
)  # fmt: skip
def test_no_input_takes_time_by_the_square(piece: str) -> None:
    short, long = piece * (20_000 // len(piece)), piece * (400_000 // len(piece))
    html_text(short)
    took = []
    for source in (short, long):
        began = time.process_time()
        html_text(source)
        took.append(time.process_time() - began)
    assert took[1] < 1.5
    assert took[1] < max(took[0], 0.002) * 100  # 20 times as long; by the square it would be 400


@given(st.text(alphabet="<>/!-?\"'= abdhiprtsyle:none;&#x1\n\xa0", max_size=120))
def test_any_text_is_a_page(source: str) -> None:
    found = html_text(source)
    assert len(found.text) <= max(len(source) * 3, 1)
