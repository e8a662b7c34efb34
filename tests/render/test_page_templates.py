"""`docs/page-templates.md` says what the templates of pages and feeds are given, truthfully."""

import os
import re

import jinja2
import pytest
from jinja2 import meta

from digest.render.environment import environment
from digest.render.feeds.feed import Feed
from digest.render.pages import Listing, Neighbours, PageSection
from tests.render.test_templates import PAGE, SHIPPED, value_table

DOC = PAGE.with_name("page-templates.md")
HEAD, MARK, TABLES = DOC.read_text().partition("<!-- values -->\n")
FILES = re.findall(r"^\| `((?:web|feed)/\w+\.html)` \|", HEAD, re.MULTILINE)


def test_values_are_documented() -> None:
    """Every value that only pages have stands there with its type, as the program has it."""
    expected = "\n" + "\n\n".join(value_table(cls) for cls in (PageSection, Listing, Neighbours, Feed)) + "\n"
    if os.environ.get("DIGEST_REFRESH_GOLDEN"):
        DOC.write_text(HEAD + MARK + expected)
    assert expected == DOC.read_text().partition(MARK)[2]


@pytest.mark.parametrize("name", FILES)
def test_variables_and_blocks_are_documented(name: str) -> None:
    """Every variable a template uses, and every block it has, is on the page."""
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", HEAD.partition("## What they are given")[2], re.MULTILINE))
    tree = environment([SHIPPED]).parse((SHIPPED / name).read_text())
    own = {node.target for node in tree.find_all(jinja2.nodes.Import)}
    assert meta.find_undeclared_variables(tree) - own <= set(rows)
    assert {block.name for block in tree.find_all(jinja2.nodes.Block) if f"`{block.name}`" not in HEAD} == set()


def test_every_file_is_named() -> None:
    """No template of feeds and of the website's own pages is forgotten."""
    assert {f"feed/{path.name}" for path in (SHIPPED / "feed").glob("*.html")} <= set(FILES)
    assert len(FILES) == len(set(FILES)) >= 10
