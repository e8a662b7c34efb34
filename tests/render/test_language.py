"""A title carries its language where that is known."""

import pytest

from digest.models import Paper
from digest.render.language import title_language


@pytest.mark.parametrize(
    ("id_", "title", "language"),
    [
        ("arxiv:2401.01234", "世界模型的记忆", "zh"),
        ("title:1", "世界モデルの記憶", "ja"),
        ("title:1", "세계 모델의 기억", "ko"),
        ("arxiv:2401.01234", "Über schöne Modelle", "en"),
        ("title:1", "Über schöne Modelle", None),
        ("title:1", "Память моделей", None),
        ("title:1", "", None),
    ],
)
def test_language(id_: str, title: str, language: str | None) -> None:
    """Told by the script, else by arXiv's rule, else not at all."""
    assert language == title_language(Paper(id=id_, title=title))
