"""Papers whose topic somebody decided by reading: `id<TAB>primary<TAB>secondary,secondary`, one a line."""

from __future__ import annotations

from dataclasses import dataclass

from digest.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Label:
    """The right topics of a paper."""

    primary: str
    secondary: frozenset[str] = frozenset()

    @property
    def acceptable(self) -> frozenset[str]:
        """The primary and the secondary topics."""
        return self.secondary | {self.primary}


def parse_labels(text: str, name: str = "labels") -> dict[str, Label]:
    """The labels by paper id; an id without a scheme (`2401.01234`) is an arXiv one. Empty lines and `#` lines pass.

    Raises:
        SettingsError: a line has no topic; says which, with `name` as the file's name.
    """
    labels = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        paper, primary, secondary = (*(field.strip() for field in line.split("\t")), "", "")[:3]
        if not paper or not primary:
            raise SettingsError(f"{name}, line {number}: wants id<TAB>primary topic<TAB>secondary topics")
        others = frozenset(topic.strip() for topic in secondary.split(",") if topic.strip())
        labels[paper if ":" in paper else f"arxiv:{paper}"] = Label(primary, others - {primary})
    return labels
