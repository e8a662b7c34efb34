"""An operator's templates: found, combined, confined, and said where they are wrong."""

import ast
import inspect
import os
import re
from pathlib import Path

import jinja2
import pytest
from jinja2 import meta

from digest.errors import TemplateError
from digest.render.digest_view import DigestView, EmergingView, SectionView, ShownPaper
from digest.render.email import LEVELS, render_mail
from digest.render.environment import compile_all, environment, render
from digest.render.view import Count, Link, PaperView, SiteView
from digest.site import shipped
from tests.render.mail_digest import DIGEST, SITE

SHIPPED = shipped("templates")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "templates.md"


def site(folder: Path, **files: str) -> jinja2.Environment:
    """The templates of a site that has `files` (`digest_html` is `email/digest.html`) over the shipped ones."""
    (folder / "email").mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / "email" / name.replace("_", ".")).write_text(content)
    return environment([folder, SHIPPED])


def test_every_shipped_template_compiles() -> None:
    """All of them, and a site's own over them."""
    assert compile_all(environment([SHIPPED])) >= 6


def test_a_block_is_replaced(tmp_path: Path) -> None:
    """A site's template changes one block of the shipped one of the same name; its classes get their styles."""
    block = '{% block footer %}<p class="small">Room 12</p>{{ super() }}{% endblock %}'
    footer = '{% extends "shipped/email/digest.html" %}' + block
    mail = render_mail(DIGEST, SITE, site(tmp_path, digest_html=footer))
    assert re.search(r'<p class="small" style="[^"]*font:[^"]*">Room 12</p>', mail.html)
    assert "Unsubscribe" in mail.html
    assert "Small Teachers" in mail.html


def test_a_part_is_replaced(tmp_path: Path) -> None:
    """A site's `paper.html` and `style.css` are used within the shipped mail."""
    templates = site(tmp_path, paper_html='<p class="mine">{{ paper.title }}</p>', style_css=".mine { color: #123456 }")
    mail = render_mail(DIGEST, SITE, templates)
    assert '<p class="mine" style="color: #123456;">Small Teachers' in mail.html


def test_styles_are_set_in_and_kept() -> None:
    """Elements carry their styles; what cannot be set in (dark mode, small screens) stays."""
    html = render_mail(DIGEST, SITE, environment([SHIPPED])).html
    assert re.search(r'<body class="body" style="[^"]*background-color: #fbfaf7', html)
    assert "@media (prefers-color-scheme: dark)" in html
    assert "[data-ogsc]" in html
    assert "JINJA" not in html


MISTAKES = [
    ("<p>\n{{ nothing.there }}</p>", "digest.html:2: 'nothing' is undefined"),
    ("<p\nclass='x'\ntitle='y'>\n\n{{ digest.papers_count }}</p>", "digest.html:5: .*no attribute 'papers_count'"),
    ("<p>\n\n{% if x %}</p>", "digest.html:3: Unexpected end of template"),
    ("\n{{ x | nofilter }}", "digest.html:2: No filter named 'nofilter'"),
    (
        "\n<table>\n{% for s in sections %}{{ s.title }}{% endfor %}</table>",
        "digest.html:3: this Jinja tag stands where",
    ),
    ("<p {% if 1 %}class='a'{% endif %}>x</p>", "digest.html:1: this Jinja tag stands where"),
    ("\n{% include 'email/gone.html' %}", "digest.html:2: there is no template `email/gone.html`"),
    ("\n{% extends '../secret.html' %}", "digest.html:2: there is no template"),
    ("{{ ''.__class__ }}", "digest.html:1: .*unsafe"),
    ("{{ 'x' * 100000000 }}", r"digest.html:1: `\*` may not be used"),
    ("{{ '%0999999999d' % 1 }}", "digest.html:1: `%` may not be used"),
    ("{{ 9 ** 99999999 }}", r"digest.html:1: `\*\*` may not be used"),
    ("{% for i in range(999999999) %}{% endfor %}", "digest.html:1: Range too big"),
    ("{{ [].append(1) }}", "digest.html:1: access to attribute 'append' .* is unsafe"),
    ("{{ lipsum() }}", "digest.html:1: 'lipsum' is undefined"),
]


def _use(templates: jinja2.Environment) -> None:
    compile_all(templates)
    render_mail(DIGEST, SITE, templates)


@pytest.mark.parametrize(("source", "message"), MISTAKES)
def test_mistakes_are_said_with_their_place(tmp_path: Path, source: str, message: str) -> None:
    """A mistake, at start-up or when rendered, names the file, the line as the operator wrote it, and what is wrong."""
    templates = site(tmp_path, digest_html=source)
    with pytest.raises(TemplateError, match=message):
        _use(templates)


def test_start_up_finds_syntax(tmp_path: Path) -> None:
    """`compile_all` alone finds what does not compile."""
    with pytest.raises(TemplateError, match=r"digest\.txt:1: "):
        compile_all(site(tmp_path, digest_txt="{% endif %}"))


def test_a_changed_stylesheet_is_seen(tmp_path: Path) -> None:
    """Templates are taken anew when `style.css` changes, as a live preview needs."""
    templates = site(tmp_path, paper_html='<p class="mine">x</p>', style_css=".mine { color: #111111 }")
    assert "#111111" in render(templates, "email/paper.html")
    css = tmp_path / "email" / "style.css"
    before = css.stat().st_mtime
    css.write_text(".mine { color: #222222 }")
    os.utime(css, (before + 5, before + 5))
    assert "#222222" in render(templates, "email/paper.html")


def value_table(cls: type) -> str:
    """A class of values as the page shows it: each field with its type and its docstring."""
    node = ast.parse(inspect.getsource(cls)).body[0]
    assert isinstance(node, ast.ClassDef)
    rows = [f"### {cls.__name__}", "", ast.get_docstring(node) or "", "", "| name | type | meaning |", "|---|---|---|"]
    for field, following in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign):
            assert isinstance(following, ast.Expr), f"{cls.__name__}.{ast.unparse(field.target)} is not described"
            words = " ".join(str(ast.literal_eval(following.value)).split())
            kind = ast.unparse(field.annotation).replace("'", '"').replace("|", "\\|")
            rows.append(f"| `{ast.unparse(field.target)}` | `{kind}` | {words} |")
    return "\n".join(rows)


def test_values_are_documented() -> None:
    """`docs/templates.md` has every value of the templates with its type, as the program has it."""
    tables = "\n\n".join(
        value_table(cls)
        for cls in (SiteView, DigestView, EmergingView, SectionView, ShownPaper, PaperView, Link, Count)
    )
    head, mark, actual = PAGE.read_text().partition("<!-- values -->\n")
    if os.environ.get("DIGEST_REFRESH_GOLDEN"):
        actual = f"\n{tables}\n"
        PAGE.write_text(head + mark + actual)
    assert f"\n{tables}\n" == actual


def test_variables_and_filters_are_documented() -> None:
    """Every variable a shipped mail template uses, every filter, block and level is on the page."""
    page = PAGE.read_text()
    templates = environment([SHIPPED])
    listed = set(re.findall(r"^\| `(\w+)` \|", page.partition("<!-- values -->")[0], re.MULTILINE))
    for path in sorted({*(SHIPPED / "email").iterdir()} - {*(SHIPPED / "email").glob("*.css")}):
        tree = templates.parse(path.read_text())
        own = {node.name for node in tree.find_all(jinja2.nodes.Macro)} | {"words"}
        own |= {node.name for node in tree.find_all(jinja2.nodes.Name) if node.ctx == "store"}
        assert meta.find_undeclared_variables(tree) - own <= listed
        assert {
            f"`{block.name}`" for block in tree.find_all(jinja2.nodes.Block) if f"`{block.name}`" not in page
        } == set()
    filters = set(templates.filters) - set(jinja2.Environment(autoescape=True).filters)
    assert filters <= listed
    assert all(f"`{level}`" in page for level in LEVELS)
