"""What a LaTeX command stands for in Unicode: pylatexenc's table, and what abstracts use beyond it.

Tables only. The commands that take arguments or change the style are in `digest.render.latex.parser`.
"""

from __future__ import annotations

import functools
import unicodedata

from pylatexenc.latex2text import get_default_latex_context_db

_MORE = {
    "Vert": "‖", "lvert": "|", "rvert": "|", "lVert": "‖", "rVert": "‖", "vert": "|", "mid": "|", "|": "‖",
    "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]", "lt": "<", "gt": ">", "colon": ":",
    "coloneqq": "≔", "coloneq": "≔", "eqqcolon": "≕", "checkmark": "✓", "cmark": "✓", "xmark": "✗",
    "implies": "⟹", "impliedby": "⟸", "iff": "⟺", "to": "→", "gets": "←", "land": "∧", "lor": "∨", "lnot": "¬",
    "dots": "…", "dotsc": "…", "dotsb": "⋯", "cdots": "⋯", "vdots": "⋮", "ddots": "⋱", "colonequals": "≔",
    "prime": "′", "cdotp": "·", "textmu": "µ", "micro": "µ", "degree": "°", "textdegree": "°", "celsius": "℃",
    "textasciitilde": "~", "textasciicircum": "^", "textunderscore": "_", "textless": "<", "textgreater": ">",
    "textbar": "|", "textbraceleft": "{", "textbraceright": "}", "textregistered": "®", "texttrademark": "™",
    "copyright": "©", "textcopyright": "©", "pounds": "£", "euro": "€", "dag": "†", "ddag": "‡", "S": "§", "P": "¶",
    "LaTeX": "LaTeX", "TeX": "TeX", "eg": "e.g.", "ie": "i.e.", "etal": "et al.", "etc": "etc.", "wrt": "w.r.t.",
    "argmax": "arg max", "argmin": "arg min", "Pr": "Pr", "det": "det", "dim": "dim", "gcd": "gcd", "ker": "ker",
    "hom": "hom", "arg": "arg", "deg": "deg", "lg": "lg", "mod": "mod", "bmod": "mod", "softmax": "softmax",
    "R": "ℝ", "RR": "ℝ", "N": "ℕ", "NN": "ℕ", "Z": "ℤ", "ZZ": "ℤ", "E": "𝔼", "EE": "𝔼", "Q": "ℚ", "C": "ℂ",
    "eps": "ε", "epsilon": "ϵ", "varepsilon": "ε", "phi": "ϕ", "varphi": "φ", "emptyset": "∅", "triangleq": "≜",
    "square": "□", "blacksquare": "■", "bigstar": "★", "star": "⋆", "sim": "∼", "upmu": "µ", "middle": "",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "ell": "ℓ", "hbar": "ℏ", "setminus": "∖",
    "circone": "①", "circtwo": "②", "circthree": "③", "circfour": "④",
}  # fmt: skip

FUNCTIONS = frozenset({
    "log", "ln", "lg", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arccos", "arcsin", "arctan", "max", "min",
    "sup", "inf", "lim", "limsup", "liminf", "argmax", "argmin", "Pr", "det", "dim", "gcd", "ker", "hom", "arg", "deg",
    "mod", "bmod", "softmax",
})  # fmt: skip
"""Names set upright, with a space towards the letters beside them."""

ACCENTS = {
    '"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "d": "\u0323", "b": "\u0331", "k": "\u0328",
    "r": "\u030a", "t": "\u0361", "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0305",
    "tilde": "\u0303", "widetilde": "\u0303", "vec": "\u20d7", "dot": "\u0307", "ddot": "\u0308", "check": "\u030c",
    "breve": "\u0306", "acute": "\u0301", "grave": "\u0300", "mathring": "\u030a", "not": "\u0338",
}  # fmt: skip
"""Combining marks, put after the letter and composed (NFC)."""

_ALPHABETS = {"mathbb": "DOUBLE-STRUCK", "mathcal": "SCRIPT", "mathscr": "SCRIPT", "mathfrak": "FRAKTUR"}
_SAME_ALPHABET = {"Bbb": "mathbb", "mathds": "mathbb", "cal": "mathcal", "frak": "mathfrak", "scr": "mathscr"}

SUPERSCRIPTS = str.maketrans(
    "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδεθ∗*′",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᵋᶿ**′",
)
SUBSCRIPTS = str.maketrans("0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ")


@functools.cache
def _table() -> dict[str, str]:
    table = {
        spec.macroname: spec.simplify_repl
        for spec in get_default_latex_context_db().iter_macro_specs()
        if isinstance(spec.simplify_repl, str) and "%" not in spec.simplify_repl
    }
    return table | _MORE | {char: char for char in "#%&$_{}"}


def symbol(name: str) -> str | None:
    r"""The characters `\name` stands for, None when no table knows it.

    Names with a moment in them (`\today`) stand for nothing: the same text must give the same bytes on every day.
    """
    return "" if name == "today" else _table().get(name)


@functools.cache
def lettered(alphabet: str, char: str) -> str:
    """`char` in a mathematical alphabet (`mathbb`, `mathcal`, `mathfrak`), or as it is where Unicode has none."""
    style = _ALPHABETS.get(_SAME_ALPHABET.get(alphabet, alphabet))
    if style is None or not (char.isascii() and char.isalnum()):
        return char
    kind = f"CAPITAL {char}" if char.isupper() else f"SMALL {char.upper()}"
    if char.isdigit():
        kind = unicodedata.name(char)
    prefix = {"FRAKTUR": "BLACK-LETTER"}.get(style, style)
    for name in (f"{prefix} {kind}", f"MATHEMATICAL {style} {kind}"):
        try:
            return unicodedata.lookup(name)
        except KeyError:
            continue
    return char


ALPHABETS = frozenset(_ALPHABETS) | frozenset(_SAME_ALPHABET)
