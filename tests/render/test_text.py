"""Plain text keeps its columns, and foreign text is cleaned and cut where a reader would."""

import time

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render.email import render_mail
from digest.render.environment import environment
from digest.render.note import MAX_NOTE, note_html, note_text
from digest.render.safety import plain, safe_url
from digest.render.sentences import first_sentences, sentence_ends, shorten
from digest.render.text import WIDTH, columns, escape_markdown, label, leader, wrap
from digest.site import shipped
from tests.render.mail_digest import DIGEST, SITE, many


@pytest.mark.parametrize("digest", [DIGEST, many(30)], ids=["small", "thirty"])
def test_lines_are_short(digest: object) -> None:
    """No line of the text part is wider than 72 columns, unless it is one address; none ends with a space."""
    mail = render_mail(digest, SITE, environment([shipped("templates")]))  # type: ignore[arg-type]
    for line in mail.text.splitlines():
        assert columns(line) <= WIDTH or "http" in line
        assert line == line.rstrip()
    assert "\n\n\n\n" not in mail.text


@given(st.text(st.sampled_from("ab é世界́ -"), max_size=300))
def test_wrap_keeps_words(text: str) -> None:
    """Wrapping changes white space only."""
    assert text.replace(" ", "") == wrap(text, "  ").replace("\n", "").replace(" ", "")
    assert all(columns(line) <= WIDTH or " " not in line.strip() for line in wrap(text, "  ").split("\n"))


def test_wrap_indents() -> None:
    """The first line and the others have their own margins; given line breaks stay."""
    assert wrap("aa bb\ncc", " 1. ", "    ", width=7) == " 1. aa\n    bb\n    cc"
    assert wrap("世界模型", width=5) == "世界\n模型"


def test_columns() -> None:
    """Counts stand at the right edge, wide characters count twice."""
    assert 4 == columns("世界") == columns("abcd")
    assert {WIDTH} == {columns(leader(title, 1234)) for title in ("Agents", "世界", "Zürich")}
    assert label("PDF", 6) + "|" == "PDF   |"


SENTENCES = [
    ("We do it, e.g. here. It works.", ["We do it, e.g. here.", " It works."]),
    ("Smith et al. found 3.5 points. Good!", ["Smith et al. found 3.5 points.", " Good!"]),
    ("See Fig. 3 of J. Doe. Then? Yes.", ["See Fig. 3 of J. Doe.", " Then?", " Yes."]),
    ("For $x. Y$ we win. No.", ["For $x. Y$ we win.", " No."]),
    ("Code: https://a.org/b.html. End", ["Code: https://a.org/b.html. End"]),
    ("我们研究模型。结果很好。", ["我们研究模型。", "结果很好。"]),
    ("No stop at all", ["No stop at all"]),
    ("", [""]),
]


@pytest.mark.parametrize(("text", "sentences"), SENTENCES)
def test_sentences(text: str, sentences: list[str]) -> None:
    """Sentences end where a reader would end them, not at an abbreviation, in a number, formula or address."""
    ends = list(sentence_ends(text))
    assert sentences == [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


SHORTENED = [
    ("one two three", 9, "one two…"),
    ("short", 9, "short"),
    (r"bound of $O(n \log n)$ holds", 15, "bound of…"),
    (r"bound of $O(n)$ holds always", 20, "bound of $O(n)$…"),
    (r"a \textbf{very bold claim} b", 20, "a…"),
    ("a" * 30, 10, "a" * 9 + "…"),
    ("ab, cd; ef", 8, "ab, cd…"),
]


@pytest.mark.parametrize(("text", "limit", "expected"), SHORTENED)
def test_shorten(text: str, limit: int, expected: str) -> None:
    """A text is cut between words, never in a formula, and says so."""
    assert expected == shorten(text, limit)


@given(st.text(st.sampled_from([*"ab .$\\{}é世", "\u0301"]), max_size=300), st.integers(2, 80))
def test_shorten_is_short(text: str, limit: int) -> None:
    """What is shortened is within the limit and a beginning of the text."""
    cut = shorten(text, limit)
    assert len(cut) <= max(limit, 1)
    assert cut == text or text.startswith(cut.removesuffix("…"))
    assert len(first_sentences(text, limit)) <= max(limit, 1)


PLAIN = [
    ("a\u202eb\u2066c\u200bd\ufeff\u00ade", "abcde"),
    ("a\x00\x1b[31m\x85b\u2028c", "a[31m b c"),
    ("  a \n\t b  ", "a b"),
    ("e\u0301", "é"),
    ("Z" + "\u0351" * 40, "Z" + "\u0351" * 4),
    ("\ud800x", "\ufffdx"),
    ("XUNSUBSCRXRECIPIENTXIBEURLX", ""),
    ("क्\u200dष and می\u200cخواهم and a\u200db", "क्\u200dष and می\u200cخواهم and ab"),
    ("\U000e0041tag", "tag"),
]


@pytest.mark.parametrize(("text", "expected"), PLAIN)
def test_plain(text: str, expected: str) -> None:
    """What cannot be seen or reorders its neighbours is removed; joiners stay where a script needs them."""
    assert expected == plain(text)


URLS = [
    ("https://a.org/b?c=d&e#f", "https://a.org/b?c=d&e#f"),
    (" http://a.org ", "http://a.org"),
    ("https://a.org/ü 1", None),
    ("https://a.org/ü", "https://a.org/%C3%BC"),
    ('https://a.org/"onclick=x', "https://a.org/%22onclick=x"),
    ("mailto:a@b.org", "mailto:a@b.org"),
    ("javascript:alert(1)", None),
    ("JaVaScRiPt:alert(1)", None),
    ("java\nscript:alert(1)", None),
    ("data:text/html,x", None),
    ("//a.org", None),
    ("https:///path", None),
    ("https:\\\\a.org", None),
    ("https://[", None),
    ("https://a.org/XRECIPIENTX", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("url", "expected"), URLS)
def test_safe_url(url: str | None, expected: str | None) -> None:
    """Only http, https and mailto addresses become links, quoted to ASCII."""
    assert expected == safe_url(url)
    assert safe_url("http://a.org/x.png", https_only=True) is None


def test_note() -> None:
    """The note's Markdown becomes a few harmless elements, its formulas stay, its headings stand below the mail's."""
    note = "# Hi\n\nRead **this** [one](https://a.org), $O(n*m*k)$ <script>x</script> "
    note += "[bad](javascript:alert(1)) <img src=x>"
    html = note_html(note)
    assert "<h3>Hi</h3>" in html
    assert '<a href="https://a.org" rel="noopener nofollow">one</a>' in html
    assert "<i>O</i>(<i>n</i>*<i>m</i>*<i>k</i>)" in html
    assert not any(bad in html for bad in ("<script", "<img", "javascript", "<h1"))
    code = note_html("    if x:\n        y")
    assert code == "<pre><code>if x:<br> \u00a0 \u00a0y<br></code></pre>"
    assert "O(n*m*k)" in note_text(note)
    assert "" == note_html("") == note_text("")


@pytest.mark.parametrize(
    "piece", ["[", "*", "_a", "`", "> ", "<", "![", "[a](", "&", "    - a\n", "1. a\n", "<!--", "[a]: b\n", "a\n\n"]
)
def test_note_is_bounded(piece: str) -> None:
    """A note of any one thing, however long, takes a moment and is cut."""
    started = time.process_time()
    html = note_html(piece * 20_000)
    assert time.process_time() - started < 2
    assert len(html) < MAX_NOTE * 12
    assert len(note_text(piece * 20_000)) <= MAX_NOTE + 2


@pytest.mark.parametrize(
    "text", ["*a* _b_ [c](d) <e> `f` #g !h |i| ~j~ &amp; \\k $l$", "1. a", "- a", "+ a", "# a", "= a", "12) a"]
)
def test_markdown_is_escaped(text: str) -> None:
    """Escaped text is shown by a Markdown reader as exactly these characters."""
    html = markdown.markdown(escape_markdown(text))
    for name in ("em", "a", "code", "h1", "li", "strong"):
        assert f"<{name}>" not in html
