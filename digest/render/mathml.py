"""One LaTeX formula as MathML, by latex2mathml, checked and set right where it is not what MathML Core wants.

What it cannot do it says with None; `digest.render.math` then shows the formula as Unicode.
"""

from __future__ import annotations

import functools
from xml.etree import ElementTree as ET

from digest.render.latex.symbols import FUNCTIONS

_NAMESPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'
_CHILDREN = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
"""How many children these elements must have (MathML Core §3)."""
_SCRIPTED = {"msub", "msup", "msubsup"}
_LETTERS = {"mi", "mn", "mfrac", "msqrt", *_SCRIPTED}
_THIN = "\u2009"


@functools.lru_cache(maxsize=4096)
def formula_mathml(source: str) -> str | None:
    """The formula in a `<math>` element, well-formed; None when it cannot be read or has a command left in it."""
    from latex2mathml.converter import convert  # noqa: PLC0415 - slow to import and only feeds and pages need it

    try:
        converted = convert(source)
        root = ET.fromstring(converted.replace(_NAMESPACE, "", 1))  # noqa: S314 - made here, without a document type
    except Exception:  # noqa: BLE001 - a foreign parser on hostile input; the fallback says the same
        return None
    if "\\" in converted or any(len(element) != _CHILDREN.get(element.tag, len(element)) for element in root.iter()):
        return None
    for row in list(root.iter("mrow")):
        row[:] = _spaced(list(row))
    return ET.tostring(root, encoding="unicode").replace("<math", f"<math{_NAMESPACE}", 1)


def _spaced(row: list[ET.Element]) -> list[ET.Element]:
    """The row with functions apart from the letters beside them: a space of text, for readers that drop elements."""
    spaced: list[ET.Element] = []
    for element in row:
        before = spaced[-1] if spaced else None
        if (
            before is not None
            and (_is_function(before) or _is_function(element))
            and {before.tag, element.tag} <= _LETTERS
        ):
            thin = ET.Element("mtext")
            thin.text = _THIN
            spaced.append(thin)
        spaced.append(element)
    return spaced


def _is_function(element: ET.Element) -> bool:
    name = element[0] if element.tag in _SCRIPTED else element
    return name.tag == "mi" and name.text in FUNCTIONS
