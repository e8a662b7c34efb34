"""Lists of papers as people keep them."""

from __future__ import annotations

import pytest

from digest.subscribe.listed_papers import listed_names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("2605.10453v2", ["2605.10453v2"]),
        ("math.GT/0309136", ["math.GT/0309136"]),
        ("https://arxiv.org/pdf/2605.12825v1.pdf", ["https://arxiv.org/pdf/2605.12825v1.pdf"]),
        ("https://huggingface.co/papers/2605.15250   # read again", ["https://huggingface.co/papers/2605.15250"]),
        ("10.1016/0370-2693(84)90352-6", ["10.1016/0370-2693(84)90352-6"]),
        ("- [2605.07243]", ["2605.07243"]),
        ("2605.08044, 2605.20104; arXiv:2605.00001", ["2605.08044", "2605.20104", "arXiv:2605.00001"]),
        ("2605.08044\tFast Byte Latent Transformer", ["2605.08044"]),
        ("title:1968f4961f0aba66bebb", ["title:1968f4961f0aba66bebb"]),
        ("not an id at all", ["not an id at all"]),
        ("# my reading list", []),
        ("% of BibTeX", []),
        ("  ", []),
    ],
)
def test_a_line_names_papers(line: str, names: list[str]) -> None:
    """Ids, addresses and DOIs are found whatever stands around them; what names none is kept, to be told."""
    assert list(listed_names(line)) == names


def test_a_list_has_many_lines() -> None:
    """In order, with any line ends; one that never ends is looked at in part."""
    assert list(listed_names("2605.00001\r\n\n2605.00002\rx" + "y" * 9000)) == [
        "2605.00001",
        "2605.00002",
        "x" + "y" * 499,
    ]
