"""Who a paper is: every spelling of its arXiv id, DOI and OpenReview id, and the hash of its title, made comparable.

It reads strings and nothing else: it does not look anything up, and which field of two descriptions of one paper
wins is decided in `digest.curation.merge`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from urllib.parse import unquote

from digest.models import Author, Paper

_LONGEST = 2000
"""Characters looked at: no identifier is longer, and a hostile one may be."""

_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga|"
    "funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math-ph|math|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|"
    "q-alg|q-bio|quant-ph|solv-int|supr-con"
)
"""The archives that gave out ids before April 2007 (https://info.arxiv.org/help/arxiv_identifier.html)."""

_ARXIV_ID = (
    r"(?:(?P<new>\d{4}\.\d{4,5})"
    rf"|(?P<archive>{_ARCHIVES})(?:\.[a-z]{{2}})?/(?P<old>\d{{7}}))"
    r"(?:v(?P<version>[1-9]\d{0,2}))?"
)
_BARE_ARXIV = re.compile(
    r"(?:(?:info:)?arxiv/|(?:oai:|urn:)?arxiv(?:\.org)?(?:\s*:\s*(?:abs/)?|\s+|\.)|abs/|(?:doi:\s*)?10\.48550/arxiv\.)?"
    rf"{_ARXIV_ID}(?:\s*\[[\w.-]+\](?:\s\d{{1,2}} [a-z]{{3}} \d{{4}})?)?(?:\.pdf)?",
    re.IGNORECASE | re.ASCII,
)
_ARXIV_URL = re.compile(
    r"(?:https?:)?(?://)?(?:[\w-]+\.)*"
    r"(?:(?:arxiv\.org|xxx\.lanl\.gov|alphaxiv\.org|ar5iv\.org|arxiv-export\d?\.library\.cornell\.edu)"
    r"/(?:abs|pdf|html|format|ps|src|e-print|overview|list|tb|a)/(?:arxiv:)?"
    r"|alphaxiv\.org/|semanticscholar\.org/(?:graph/v1/paper/)?arxiv[:/]"
    r"|ar5iv\.labs\.arxiv\.org/(?:abs|html)/"
    r"|(?:huggingface\.co|hf\.co)/(?:api/)?papers/"
    r"|doi\.org/10\.48550/arxiv\.)"
    rf"{_ARXIV_ID}(?:\.pdf)?/?(?:[?#].*)?",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)
_DOI = re.compile(
    r"(?:(?:https?:)?(?://)?(?:dx\.|www\.)?doi\.org/|doi\s*:\s*|info:doi/)?(?P<doi>10\.\d{4,9}/[^\s\"]{1,300})",
    re.IGNORECASE,
)
_ARXIV_DOI = "10.48550/arxiv."
_OPENREVIEW = re.compile(
    r"(?:(?:https?:)?(?://)?(?:www\.|api2?\.)?openreview\.net/(?:forum|pdf|notes|attachment)\?(?:[^#]*&)?id=|openreview:)"
    r"(?P<id>[A-Za-z0-9_-]{6,24})(?:[&#].*)?",
    re.DOTALL,
)


def arxiv_id(text: str) -> tuple[str, int | None] | None:
    """The versionless arXiv id that `text` is a spelling of, and the version it names.

    Understood are bare ids of both schemes, `arXiv:`, `oai:arXiv.org:`, arXiv's DOIs, and the addresses of arXiv, its
    mirrors and Hugging Face's paper pages. An old id loses its subject class (`math.GT/0309136` is `math/0309136`).
    None when it is anything else, an impossible month or a number of the wrong length among it.
    """
    text = text[:_LONGEST].strip()
    if "%" in text:
        text = unquote(text)
    found = _BARE_ARXIV.fullmatch(text) or _ARXIV_URL.fullmatch(text)
    if found is None:
        return None
    version = int(found["version"]) if found["version"] else None
    if found["new"]:
        return (found["new"], version) if _new_scheme(found["new"]) else None
    return (f"{found['archive'].lower()}/{found['old']}", version) if _old_scheme(found["old"]) else None


def _new_scheme(number: str) -> bool:
    """YYMM.NNNN from April 2007, YYMM.NNNNN from January 2015; counting from 1."""
    month, digits, sequence = number[:4], len(number) - 5, number[5:]
    return (
        1 <= int(month[2:]) <= 12  # noqa: PLR2004 - months of a year
        and "0704" <= month < "9108"
        and digits == (5 if month >= "1501" else 4)
        and sequence.strip("0") != ""
    )


def _old_scheme(number: str) -> bool:
    """YYMMNNN from August 1991 to March 2007; counting from 1."""
    month = number[:4]
    return (
        1 <= int(month[2:]) <= 12  # noqa: PLR2004 - months of a year
        and (month >= "9108" or month <= "0703")
        and number[4:] != "000"
    )


def doi(text: str) -> str | None:
    """The DOI that `text` is a spelling of (an address, `doi:…`, bare), in lower case; None when it is none.

    DOIs are compared without regard to case (DOI Handbook §2.4); arXiv's own come back as DOIs, see `identities`.
    """
    text = text[:_LONGEST].strip()
    found = _DOI.fullmatch(unquote(text) if "%" in text else text)
    if found is None:
        return None
    name = found["doi"].rstrip(".,;:'")
    return name.lower() if name.isprintable() and not name.endswith("/") else None


def openreview_id(text: str) -> str | None:
    """The forum id of an OpenReview address or of `openreview:ID`; None when it is none. Case matters."""
    found = _OPENREVIEW.fullmatch(text[:_LONGEST].strip())
    return found["id"] if found else None


def identities(
    *,
    title: str,
    authors: Sequence[Author] = (),
    arxiv: str | None = None,
    doi: str | None = None,
    openreview: str | None = None,
) -> tuple[str, ...]:
    """All names one paper goes by, the strongest first: `arxiv:`, `doi:`, `openreview:`, `title:`.

    `arxiv` and `doi` may be spelled in any way; what cannot be read is left out. There is always a `title:` name, so a
    paper seen without an id is found again when it comes with one. A title too short to speak for itself is joined
    by its first author's family name, where there is one.
    """
    names = []
    known_doi = _doi(doi) if doi else None
    if known_doi and known_doi.startswith(_ARXIV_DOI):
        arxiv, known_doi = arxiv or known_doi, None
    if arxiv and (number := arxiv_id(arxiv)):
        names.append(f"arxiv:{number[0]}")
    if known_doi:
        names.append(f"doi:{known_doi}")
    if openreview:
        names.append(f"openreview:{openreview_id(openreview) or openreview}")
    names.append(f"title:{_title_hash(title, authors)}")
    return tuple(names)


_doi = doi

_SPEAKS_FOR_ITSELF = 20
"""Bytes of a normalised title from which on two papers are taken to be one by title alone."""
_MARKUP = re.compile(r"</?[a-z][^<>]{0,60}>", re.IGNORECASE)
_FORMATTING = re.compile(
    r"\\(?:emph|textsuperscript|textsubscript|text(?:bf|it|rm|sc|sf|tt|sl)?|math(?:bf|it|rm|sf|tt|cal|bb|frak|scr)"
    r"|operatorname|boldsymbol|bm|underline|mbox|ensuremath|left|right|it|bf|rm|sc|tt|em)(?![a-zA-Z])"
)
_NOT_A_WORD = re.compile(r"[\W_]+")
_GREEK = {
    code: unicodedata.name(chr(code)).rsplit(" ", 1)[-1].lower()
    for code in (*range(0x3B1, 0x3C2), *range(0x3C3, 0x3CA))
}
"""α is what LaTeX writes `\\alpha`."""


def identity_of(name: str) -> str:
    """The identity that a name as people write it stands for; what is neither arXiv id nor DOI stays as it is."""
    arxiv = arxiv_id(name)
    return f"arxiv:{arxiv[0]}" if arxiv else f"doi:{number}" if (number := doi(name)) else name


def normalised_title(title: str) -> str:
    """A title as its letters and digits alone: no case, accents, spaces, punctuation, LaTeX or markup."""
    if "<" in title:
        title = _MARKUP.sub("", title)
    if "\\" in title:
        title = _FORMATTING.sub("", title)
    if not title.isascii():
        title = unicodedata.normalize("NFKD", title).casefold().translate(_GREEK)
        title = "".join(letter for letter in title if not unicodedata.combining(letter))
    return _NOT_A_WORD.sub("", title.casefold())


def _title_hash(title: str, authors: Sequence[Author]) -> str:
    normal = normalised_title(title)
    if len(normal.encode("utf-8", "replace")) < _SPEAKS_FOR_ITSELF:
        normal = f"{normal or title}|{family_name(authors[0].name)}" if authors else normal or title
    return blake2b(normal.encode("utf-8", "replace"), digest_size=10).hexdigest()


def family_name(name: str) -> str:
    """The family name of `Given Family` or `Family, Given`, normalised as titles are. A guess, good for comparing."""
    family = name.partition(",")[0] if "," in name else name.rpartition(" ")[2]
    return normalised_title(family)


def compatible(first: Paper, second: Paper) -> bool:
    """Whether two papers that share an alias can be one.

    Not when each has an arXiv id and these differ; nor when they meet by their title alone although no author is
    common to both (titles such as "A Survey of Large Language Models" are given more than once).
    """
    arxiv = _of_kind(first.aliases, "arxiv:"), _of_kind(second.aliases, "arxiv:")
    if all(arxiv) and arxiv[0].isdisjoint(arxiv[1]):
        return False
    shared = set(first.aliases) & set(second.aliases)
    if any(not alias.startswith("title:") for alias in shared) or not (first.authors and second.authors):
        return True
    return not _families(first).isdisjoint(_families(second))


def _of_kind(aliases: Iterable[str], kind: str) -> set[str]:
    return {alias for alias in aliases if alias.startswith(kind)}


def _families(paper: Paper) -> set[str]:
    return {family_name(author.name) for author in paper.authors}
