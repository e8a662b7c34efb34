"""The LaTeX commands that take arguments, set a style or vanish. Tables only; documented in `docs/latex.md`."""

from __future__ import annotations

from digest.render.latex.symbols import ACCENTS, ALPHABETS, symbol
from digest.render.latex.tree import Style


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


UPRIGHT = _names(
    "text textrm textsc textsf textup textmd textnormal mbox hbox mathrm mathsf operatorname operatorname* texttt "
    "mathtt textbf mathbf emph textit"
)
"""Commands whose argument is words even within a formula."""
STYLES: dict[str, Style | None] = {
    **dict.fromkeys(_names("emph textit textsl"), "em"),
    **dict.fromkeys(_names("textbf mathbf boldsymbol bm pmb bold boldmath"), "strong"),
    **dict.fromkeys(_names("texttt mathtt lstinline code"), "code"),
    **dict.fromkeys(_names("mathit"), "variable"),
    **dict.fromkeys(UPRIGHT - _names("emph textit textbf mathbf texttt mathtt")),
    **dict.fromkeys(
        _names("mathnormal mathop mathbin mathrel mathord ensuremath underline uline ul fbox boxed phantom")
    ),
    **dict.fromkeys(_names("url path nolinkurl substack title section subsection paragraph")),
    **dict.fromkeys(_names("textsubscript textsuperscript")),
}
"""Commands that show their argument, in a type style or (None) upright."""
SWITCHES: dict[str, Style | None] = {
    **dict.fromkeys(_names("bf bfseries"), "strong"),
    **dict.fromkeys(_names("it itshape em sl slshape"), "em"),
    **dict.fromkeys(_names("tt ttfamily"), "code"),
    **dict.fromkeys(_names("rm sc sf scshape rmfamily sffamily upshape mdseries normalfont")),
}
"""Commands that set the rest of their group."""
ALPHABET_SWITCHES = _names("cal frak scr")
DROPPED_WITH_ARGUMENT = _names(
    "cite citep citet citealp citeauthor citeyear autocite parencite textcite ref eqref autoref cref Cref label begin "
    "end vspace hspace color thanks includegraphics bibliographystyle bibliography input include usepackage "
    "newcommand renewcommand pagestyle vskip hskip index phantomsection raisebox rule"
)
"""Commands that leave nothing behind, nor does their argument."""
DROPPED = _names(
    "left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm Bigm displaystyle textstyle "
    "scriptstyle limits nolimits xspace noindent centering tiny small large Large footnotesize scriptsize normalsize "
    "par protect relax hfill newline linebreak smallskip medskip bigskip maketitle nonumber notag today ! - / @"
)
"""Commands that leave nothing behind."""
SPACES = {
    **dict.fromkeys((" ", ";", ":", ">", "\\", "\n", "enspace", "space"), " "),
    **dict.fromkeys((",", "thinspace"), "\u2009"),
    **dict.fromkeys(("quad", "qquad"), "\u2003"),
    "item": " • ",
}
"""Commands that are a space."""
FRACTIONS = _names("frac tfrac dfrac cfrac nicefrac sfrac")
SECOND_OF_TWO = _names("underset overset stackrel")
"""Commands of which the second argument is shown."""
LAST_OF_TWO = _names("href textcolor colorbox fcolorbox resizebox")
"""The same, but the first is an address or a measure that must not reach MathML."""
AROUND = {
    "pmod": (" (mod ", ")"),
    "footnote": (" (", ")"),
    "enquote": ("“", "”"),
}
"""Commands that put their argument between two texts."""

_TABLES = (
    STYLES, SWITCHES, ALPHABET_SWITCHES, DROPPED_WITH_ARGUMENT, DROPPED, SPACES, FRACTIONS, SECOND_OF_TWO, LAST_OF_TWO,
    AROUND, ACCENTS, ALPHABETS, ("sqrt", "binom"),
)  # fmt: skip


def is_known(name: str) -> bool:
    """Whether a table says what the command `name` reads as."""
    return any(name in table for table in _TABLES) or symbol(name) is not None
