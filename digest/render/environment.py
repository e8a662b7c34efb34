"""The templates: where they are found, what they may use, and what is said when one is wrong.

A template of the site replaces the shipped one of the same name, or changes a block of it only:
`{% extends "shipped/email/digest.html" %}`. Templates run in Jinja's immutable sandbox: they see the values they are
given and no attribute that starts with an underscore, change nothing, and cannot repeat a text without end. The
sandbox bounds no time; who lets strangers write templates must bound the process.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import jinja2
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from digest.errors import TemplateError
from digest.render.digest_view import DigestView, SectionView, ShownPaper
from digest.render.inline import InliningLoader
from digest.render.math import to_html, to_mathml, to_text
from digest.render.safety import plain, safe_url
from digest.render.text import escape_markdown, label, leader, wrap
from digest.render.view import Count, Link, PaperView, SiteView

__all__ = ["SiteView", "compile_all", "environment", "render"]

_MAX_REPEAT = 10_000
_VALUES = frozenset((SiteView, PaperView, Link, Count, DigestView, SectionView, ShownPaper))
_MAX_JUDGED = 10_000
"""Attributes of types that are remembered as safe or not."""
_MAX_OUTPUT = 20_000_000


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's immutable sandbox, in which a text or list cannot be multiplied or padded without end."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._judged: dict[tuple[type, str], bool] = {}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """As Jinja's; the fields of our own values hold nothing that would have to be judged one by one."""
        if type(obj) in _VALUES and attribute in type(obj).__slots__:
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """As Jinja's, which decides by the type of `obj` and the name; asked once for each, for it is asked often."""
        key = (type(obj), attr)
        if key not in self._judged:
            safe = super().is_safe_attribute(obj, attr, value)
            if len(self._judged) >= _MAX_JUDGED:
                return safe
            self._judged[key] = safe
        return self._judged[key]

    def call_binop(self, context: jinja2.runtime.Context, operator: str, left: Any, right: Any) -> Any:
        """`left operator right`, refused when it would repeat, raise or pad beyond all need."""
        numbers = [side for side in (left, right) if isinstance(side, int)]
        texts = [side for side in (left, right) if not isinstance(side, (int, float))]
        too_much = any(abs(number) > _MAX_REPEAT for number in numbers) and (operator == "**" or bool(texts))
        if too_much or (operator == "%" and texts):
            raise SecurityError(f"`{operator}` may not be used with {left!r:.40} and {right!r:.40}")
        return super().call_binop(context, operator, left, right)


def environment(folders: Sequence[Path]) -> jinja2.Environment:
    """The templates of `folders`: the site's own first, the shipped ones last (see `digest.site.Site.folders`).

    Autoescape is on for `.html` and `.xml` and off for anything else. Styles of `email/style.css` are set into the
    elements of `email/*.html` when a template is loaded.
    """
    found = [jinja2.FileSystemLoader(folder) for folder in folders]
    shipped = {"shipped": jinja2.FileSystemLoader(folders[-1])} if folders else {}
    templates = _Sandbox(
        loader=InliningLoader(jinja2.ChoiceLoader([*found, jinja2.PrefixLoader(shipped)])),
        undefined=jinja2.StrictUndefined,
        autoescape=lambda name: name is None or name.endswith((".html", ".xml")),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.globals = {name: templates.globals[name] for name in ("range", "dict", "namespace", "joiner", "cycler")}
    templates.filters |= {
        "latex": to_html,
        "latex_text": to_text,
        "mathml": to_mathml,
        "plain": plain,
        "safe_url": safe_url,
        "day": day,
        "short_day": short_day,
        "wrap": wrap,
        "leader": leader,
        "label": label,
        "md": escape_markdown,
    }
    return templates


def day(value: date | datetime) -> str:
    """`Saturday 21 November 2026`."""
    return f"{value:%A} {value.day} {value:%B} {value.year}"


def short_day(value: date | datetime) -> str:
    """`21 Nov 2026`."""
    return f"{value.day} {value:%b} {value.year}"


def compile_all(templates: jinja2.Environment) -> int:
    """Compiles every template, so that a mistake is found now and not at the first mail; returns how many.

    Raises:
        TemplateError: one does not compile; names its file and line.
    """
    names = templates.list_templates(filter_func=lambda name: not name.endswith(".css"))
    for name in names:
        _guarded(name, lambda name=name: templates.get_template(name))  # type: ignore[misc]
    return len(names)


def render(templates: jinja2.Environment, name: str, **context: object) -> str:
    """The template `name` with `context`.

    Raises:
        TemplateError: there is none, it does not compile, uses what it is not given, does what the sandbox forbids
            or prints without end; names its file and line.
    """
    printed: str = _guarded(name, lambda: templates.get_template(name).render(context))
    return printed


def _guarded(name: str, work: Callable[[], Any]) -> Any:
    try:
        result = work()
    except jinja2.TemplateSyntaxError as error:
        raise TemplateError(f"{error.filename or name}:{error.lineno}: {error.message}") from error
    except jinja2.TemplateNotFound as error:
        raise TemplateError(f"{_place(error, name)}: there is no template `{error}`") from error
    except TemplateError:
        raise
    except Exception as error:  # whatever an operator's template does is said with its place
        raise TemplateError(f"{_place(error, name)}: {error}") from error
    if isinstance(result, str) and len(result) > _MAX_OUTPUT:
        raise TemplateError(f"{name}: prints more than {_MAX_OUTPUT:,} characters")
    return result


def _place(error: Exception, name: str) -> str:
    """File and line of the template in which `error` arose; Jinja puts them into the traceback."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.endswith((".html", ".txt", ".md", ".xml"))
    ]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else name
