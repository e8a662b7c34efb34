"""Papers whose topic somebody decided by reading: `id<TAB>primary<TAB>secondary,secondary`, one a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from digest.errors import SettingsError
from digest.identity import identity_of
from digest.models import OTHER


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
    """The labels by paper id, which may be written in any way; one without a scheme is an arXiv id.

    Empty lines, lines that begin with `#` and a header (`id`, or a topic `primary`) pass.

    Raises:
        SettingsError: a line has no topic, a paper has two labels, or there is no label; says which line, with `name`
            as the file's name.
    """
    labels: dict[str, Label] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        paper, primary, secondary = (*(field.strip() for field in line.split("\t")), "", "")[:3]
        is_header = not labels and (paper.casefold() == "id" or primary.casefold() == "primary")
        if not line.strip() or line.startswith("#") or is_header:
            continue
        if not paper or not primary:
            raise SettingsError(f"{name}, line {number}: wants id<TAB>primary topic<TAB>secondary topics")
        others = frozenset(topic.strip() for topic in secondary.split(",") if topic.strip())
        identity, label = identity_of(paper), Label(primary, others - {primary})
        if labels.setdefault(identity if ":" in identity else f"arxiv:{identity}", label) != label:
            raise SettingsError(f"{name}, line {number}: `{paper}` has another label further up; keep one of the two")
    if not labels:
        raise SettingsError(f"{name}: has no label; a line wants id<TAB>primary topic<TAB>secondary topics")
    return labels


def check_topics(labels: Mapping[str, Label], known: Iterable[str], name: str = "labels") -> None:
    """Make sure that every label is a topic of the site, or `other`.

    Raises:
        SettingsError: some are not; says which.
    """
    meant = {topic for label in labels.values() for topic in label.acceptable}
    if unknown := sorted(meant - {*known, OTHER}):
        raise SettingsError(f"{name}: the site has no topic {', '.join(unknown)}; `digest topics` lists those it has")
