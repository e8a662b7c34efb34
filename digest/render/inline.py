"""Sets the styles of `email/style.css` into the elements of the mail's templates, once, when a template is loaded.

Mail programs that drop `<style>` then still show the design, and rendering a mail costs no CSS work. The Jinja parts
of a template are taken out as comments and words, css-inline works on what is plain HTML then, and they are put back.
It loads nothing from anywhere (`load_remote_stylesheets=False`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

import css_inline
import jinja2

STYLESHEET = "email/style.css"

_TOKEN = re.compile(r"(?:<!--|/\*)?JINJA(\d+)X(?:-->|\*/)?")
_OUTSIDE = re.compile(
    r"<!--(?!JINJA).*?-->|<title\b.*?</title>|(?P<style><style\b.*?</style>)|<[a-zA-Z/!](?:\"[^\"]*\"|'[^']*'|[^>\"'])*>|(?P<jinja>JINJA\d+X)",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(r"<[a-zA-Z/](?:\"[^\"]*\"|[^>\"])*>")
_BEGIN = {"block_begin", "variable_begin", "comment_begin", "raw_begin"}
_END = {"block_end", "variable_end", "comment_end", "raw_end"}


class InliningLoader(jinja2.BaseLoader):
    """A loader whose `email/*.html` come with their styles set in."""

    def __init__(self, inner: jinja2.BaseLoader) -> None:
        self.inner = inner

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """As Jinja's; a change of the stylesheet makes the template stale too."""
        source, filename, fresh = self.inner.get_source(environment, template)
        if not (template.removeprefix("shipped/").startswith("email/") and template.endswith(".html")):
            return source, filename, fresh
        css, _, css_fresh = self.inner.get_source(environment, STYLESHEET)
        environment.parse(source, template, filename)  # mistakes are reported with the line the operator wrote
        inlined = inline(environment, source, css, filename or template)
        return inlined, filename, lambda: all(check() for check in (fresh, css_fresh) if check is not None)

    def list_templates(self) -> list[str]:
        """As Jinja's."""
        return self.inner.list_templates()


def inline(environment: jinja2.Environment, source: str, css: str, name: str) -> str:
    """`source`, a template, with `css` set into its elements; line numbers of its Jinja parts stay.

    Raises:
        jinja2.TemplateSyntaxError: Jinja parts stand where HTML cannot keep them (within a tag but outside a value,
            or directly in a table).
    """
    html, parts = _take_out(environment, source)
    whole = re.search(r"<html\b", html)
    inlined = _inliner(css).inline(html) if whole else _inliner().inline_fragment(html, css)
    if (lost := _lost(inlined, len(parts))) is not None:
        message = "this Jinja tag stands where HTML cannot keep it; put it around whole elements, or into a value"
        raise jinja2.TemplateSyntaxError(message, parts[lost][0], name=name, filename=name)
    return _put_back(inlined, parts)


def _inliner(css: str | None = None) -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True, keep_at_rules=True, extra_css=css)


def _lost(html: str, parts: int) -> int | None:
    """The first part that is missing from `html`, or moved (attributes may change places); None when all is well."""
    missing = set(range(parts)) - _numbers(html)
    order = list(_numbers_in_order(_TAG.sub("", html)))
    moved = [first for first, second in pairwise(order) if second < first]
    return min((*missing, *moved), default=None)


def _numbers(html: str) -> set[int]:
    return set(_numbers_in_order(html))


def _numbers_in_order(html: str) -> Iterator[int]:
    return (int(number) for number in _TOKEN.findall(html))


def _take_out(environment: jinja2.Environment, source: str) -> tuple[str, list[tuple[int, str]]]:
    """The HTML with a token for each Jinja part, and the parts with their lines."""
    html: list[str] = []
    parts: list[tuple[int, str]] = []
    part = ""
    for line, kind, value in environment.lex(source):
        if kind in _BEGIN:
            part, first = value, line
        elif part:
            part += value
            if kind in _END:
                html.append(f"JINJA{len(parts)}X")
                parts.append((first, part))
                part = ""
        else:
            html.append(value)
    return _OUTSIDE.sub(lambda found: _as_comment(found, parts), "".join(html)), parts


def _as_comment(found: re.Match[str], parts: list[tuple[int, str]]) -> str:
    """A statement between elements, or any part within a style, as a comment: those are kept wherever they stand."""
    token = found["jinja"]
    if found["style"]:
        return re.sub(r"JINJA\d+X", r"/*\g<0>*/", found[0])
    if token is None or parts[int(token[5:-1])][1].startswith("{{"):
        return found[0]
    return f"<!--{token}-->"


def _put_back(html: str, parts: list[tuple[int, str]]) -> str:
    """The parts in their places, each on the line it was on: lines lost before it are made up inside it."""
    pieces: list[str] = []
    line, position = 1, 0
    for found in _TOKEN.finditer(html):
        first, part = parts[int(found[1])]
        before = html[position : found.start()]
        line += before.count("\n")
        missing = max(0, first - line)
        part = re.sub(r"\A\{[{%#][-+]?", lambda opening: opening[0] + "\n" * missing, part)  # noqa: B023 - used at once
        line += part.count("\n")
        pieces += [before, part]
        position = found.end()
    return "".join((*pieces, html[position:]))
