"""LaTeX of titles and abstracts becomes readable, and stays harmless."""

import gzip
import html
import json
import re
import time
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.render.latex.names import is_known
from digest.render.latex.scan import spans
from digest.render.math import to_html, to_mathml, to_text
from digest.render.mathml import formula_mathml
from digest.render.sentences import first_sentences, shorten

TEXT = [
    ("Costs $5 and $6 a token", "Costs $5 and $6 a token"),
    ("from $1,503 to $708, yielding $795/month", "from $1,503 to $708, yielding $795/month"),
    (r"a \$5 coin and 50\% of it, R\&D", "a $5 coin and 50% of it, R&D"),
    ("up to $3.5M for $k$ of $10M", "up to $3.5M for k of $10M"),
    ("87-$89% of KV$ reuse", "87-$89% of KV$ reuse"),
    (r"$O(n \log n)$ for $k$-NN", "O(n log n) for k-NN"),
    (r"$x_{t+1} \in \mathbb{R}^{d}$", "xₜ₊₁ ∈ ℝᵈ"),
    (r"$10^{-3}$, $e^{i\pi d}$, $W_Q$, $x^{*}$", "10⁻³, e^{iπd}, W_Q, x*"),
    (r"$\varepsilon \leq 0.1$ and $\alpha\beta \neq \gamma$", "ε ≤ 0.1 and αβ ≠ γ"),
    (r"$\frac{a+b}{2}$, $\frac12$, $\sqrt{2}$, $\sqrt[3]{n+1}$", "(a+b)/2, 1/2, √2, ∛(n+1)"),
    (r"$\hat{y}$, $\widetilde{O}(n)$, $\vec{v}$, $\bar x$", "ŷ, Õ(n), v⃗, x̄"),
    (r"$\left( \sum_{i=1}^n x_i \right)$", "( ∑ᵢ₌₁ⁿ xᵢ )"),
    (r"5$\times$ and 20$\%$ and $\sim$3 and ($-$1)", "5× and 20% and ∼3 and (−1)"),
    (r"\(a+b\) and \[c\] and $$d$$", "a+b and c and d"),
    ("M{\\\"o}bius, Erd\\H{o}s, Nystr\\\"om, caf\\'e, na\\\"{\\i}ve, \\c{C}elik, \\v{S}, \\L{}ukasz, \\o",
     "Möbius, Erdős, Nyström, café, naïve, Çelik, Š, Łukasz, ø"),
    (r"\textbf{B}old \emph{and} \textit{it} {\em so} {\bf x} \texttt{code}", "Bold and it so x code"),
    (r"seen before~\cite{a,b}. And \citep[see][p. 2]{c} too", "seen before. And too"),
    ("Fig.~3 and Table~\\ref{x}; ~10x", "Fig.\u00a03 and Table; ~10x"),
    ("10--20 pages --- long -- with --flag and a-b", "10–20 pages — long – with --flag and a-b"),
    ("``quoted'' and 'single' and it's", "“quoted” and 'single' and it's"),
    (r"see \url{https://x.org/a_b~c} and https://y.org/d_e^2--z.", "see https://x.org/a_b~c and https://y.org/d_e^2--z."),
    (r"\href{https://x.org}{our page} here", "our page here"),
    (r"run `a_b^{2} \n $HOME` in C:\Users\name", r"run `a_b^{2} \n $HOME` in C:\Users\name"),
    ("snake_case and O(n^2) and x^{10} and {1, 2}", "snake_case and O(n²) and x¹⁰ and {1, 2}"),
    (r"\ours beats \method{} on \ac{gan}s, \eg here", "ours beats method on gans, e.g. here"),
    ("{BERT}ology and {GPT}-4", "BERTology and GPT-4"),
    (r"\$OneMillion-Bench", "$OneMillion-Bench"),
    ("Minimal Network\\ for", "Minimal Network for"),
    ("CO$_2$ and H$_2$O and $5^{th}$", "CO₂ and H₂O and 5ᵗʰ"),
    (r"\today", ""),
]  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), TEXT)
def test_text(source: str, expected: str) -> None:
    """LaTeX reads as plain Unicode; prices, addresses and code stay as they are typed."""
    assert expected == to_text(source)


HTML = [
    (r"$x_{t+1}^2$", "<i>x</i><sub><i>t</i>+1</sub><sup>2</sup>"),
    (r"\textbf{a} \emph{b} \texttt{c}", "<strong>a</strong> <em>b</em> <code>c</code>"),
    ("a < b & $c < d$ <script>", "a &lt; b &amp; <i>c</i> &lt; <i>d</i> &lt;script&gt;"),
    (r"\href{javascript:alert(1)}{x}", "x"),
    (r"$\mathrm{CO}_2$ at $\mathbf{v}$", "CO<sub>2</sub> at <strong>v</strong>"),
    (r"\textbf{}x", "x"),
]


@pytest.mark.parametrize(("source", "expected"), HTML)
def test_html(source: str, expected: str) -> None:
    """In HTML variables are slanted, scripts raised or lowered, and every foreign character is escaped."""
    assert expected == to_html(source)


def test_mathml_has_the_formula() -> None:
    """A formula of known commands becomes well-formed MathML within the escaped text around it."""
    made = to_mathml(r"a < $x^2 \leq \frac{1}{n}$")
    assert made.startswith("a &lt; <math ")
    formula = ET.fromstring(made[made.index("<math") :])  # noqa: S314 - our own output
    assert {"msup", "mfrac"} <= {element.tag.split("}")[-1] for element in formula.iter()}


def test_mathml_keeps_functions_apart() -> None:
    """A function's name does not run into the letters beside it, also where the elements are dropped."""
    words = html.unescape(re.sub(r"<[^>]*>", "", to_mathml(r"$O(n \log n)$, $\max(a)$, $2\sin^2 x$, $B\log_2(1)$")))
    assert words == "O(n\u2009log\u2009n), max(a), 2\u2009sin2\u2009x, B\u2009log2(1)"


@pytest.mark.parametrize(
    "source", [r"\log_2 n", r"x_{t-1}^{(i)}", r"\frac{a}{b}", r"_2", r"\sum_{i=1}^n i", r"\sqrt[3]{x}"]
)
def test_mathml_has_the_children_it_must(source: str) -> None:
    """Scripts and fractions have as many parts as MathML Core asks for; else a validator, and a browser, drops them."""
    formula = ET.fromstring(str(formula_mathml(source)))  # noqa: S314 - our own output
    wanted = {"msub": 2, "msup": 2, "mfrac": 2, "mroot": 2, "msubsup": 3, "munderover": 3}
    names = [(element.tag.partition("}")[2], len(element)) for element in formula.iter()]
    assert [(name, count) for name, count in names if count != wanted.get(name, count)] == []


@pytest.mark.parametrize(
    "source",
    [
        r"$\foo{x}$",
        r"$\href{javascript:alert(1)}{x}$",
        r"$\textcolor{red}{x_1}$",
        "$" + "{x}" * 300 + "$",
        r"$\frac{1$",
    ],
)
def test_mathml_falls_back(source: str) -> None:
    """What is unknown, unsafe, long or broken is shown as in `to_html`."""
    assert to_html(source) == to_mathml(source)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.balanced = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.add(tag)
        self.balanced &= not attrs

    def handle_endtag(self, tag: str) -> None:
        self.balanced &= bool(self.open) and self.open.pop() == tag


COMMANDS = (  # noqa: SIM905 - as words they can be read
    r"\frac \sqrt \textbf \cite \bf \cal \" \begin \( \] \left \href \mathbb \hat \ours \footnote https://x.y"
).split()
PIECES = st.sampled_from([*"\\{}$^_~-`'[]()a1<>&%#. é\u202e\x00", *COMMANDS])


@settings(max_examples=400)
@given(st.one_of(st.lists(PIECES, max_size=80).map("".join), st.text(max_size=200)))
@example("{" * 3000 + "\\textbf" + "}" * 3000)
@example("\\frac" * 3000)
@example("$" + "^{" * 400 + "$")
def test_never_raises_and_is_safe(source: str) -> None:
    """Whatever comes in, the HTML is balanced and of six harmless elements, and no control character is left."""
    tags = _Tags()
    tags.feed(to_html(source))
    assert tags.balanced
    assert not tags.open
    assert tags.seen <= {"i", "em", "strong", "code", "sub", "sup"}
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", to_html(source) + to_text(source))
    ET.fromstring(f"<p>{to_mathml(source)}</p>")  # noqa: S314 - well-formed, or it raises


@given(st.lists(PIECES, max_size=60).map("".join))
def test_spans_cover_the_text(source: str) -> None:
    """The spans of a text follow each other without gap or overlap."""
    found = list(spans(source))
    assert [0, *(span.end for span in found)] == [*(span.start for span in found), len(source)] or not source


@pytest.mark.parametrize(
    "piece",
    (  # noqa: SIM905 - as words they can be read
        r"{ $ \ \frac $a x^{ ` \( `` \textbf{ \sqrt[ https:// ~ {\bf \bf{a} \bf{ \cal \cite[ \ac{ - \' \in $x_ "
        r"\begin{a}"
    ).split(),
)
def test_time_is_linear(piece: str) -> None:
    """Twenty thousand characters of any one thing take a fraction of a second."""
    source = piece * (20_000 // len(piece))
    started = time.process_time()
    to_html.__wrapped__(source)
    to_mathml.__wrapped__(source)
    shorten(source, 5000)
    first_sentences(source, 5000)
    assert time.process_time() - started < 2


def _abstracts(data: Path) -> list[str]:
    texts: list[str] = []
    for path in sorted((data / "hf_daily").glob("*.json")):
        for item in json.loads(path.read_text()):
            texts += [item["paper"]["title"], item["paper"]["summary"]]
    for line in (data / "topics" / "dev.jsonl").read_text().splitlines():
        record = json.loads(line)
        texts += [record["title"], record["abstract"]]
    with gzip.open(data / "topics" / "train.jsonl.gz", "rt") as lines:
        for number, line in enumerate(lines):
            if number % 20 == 0:
                record = json.loads(line)
                texts += [record["title"], record["abstract"]]
    return texts


def test_no_raw_command_remains(shared_data: Path) -> None:
    """In thousands of real titles and abstracts every command is read, and no formula keeps its dollars."""
    remaining = set()
    for text in _abstracts(shared_data):
        shown = to_text(text)
        remaining |= {name for name in re.findall(r"\\([A-Za-z]+)", shown) if f"`{name}" not in text}
        assert shown.count("$") <= text.count("$")
    assert not remaining


def test_every_command_is_documented() -> None:
    """The table of `docs/latex.md` names only commands that are read as it says, and every example holds."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "latex.md").read_text()
    rows = re.findall(r"^\| `` ?(.+?) ?`` \| (.*?) \|$", page, re.MULTILINE)
    assert len(rows) > 25
    for source, shown in rows:
        assert shown.strip() == to_text(source), source
    listed = set(re.findall(r"`\\([A-Za-z]+\*?)`", page))
    assert {name for name in listed if not is_known(name)} == set()
