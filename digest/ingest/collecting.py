"""How often Python looks for garbage in cycles while a source is read.

Reading makes a few hundred objects for every paper and hardly a cycle, and Python goes through all that live, the topic
model among them, each time their number has grown: a fifth of the processor's time. Counting references, which frees
nearly everything, is not touched.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_RARELY = (20_000, 50, 100)
"""New objects before the youngest are looked at; how often that happens before older ones are (see `gc`)."""


@contextmanager
def few_collections() -> Iterator[None]:
    """Collect rarely while the block runs; for the whole process."""
    before = gc.get_threshold()
    gc.set_threshold(*_RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)
