"""Golden files: what people see, kept in `tests/golden/` and reviewed by eye.

`DIGEST_REFRESH_GOLDEN=1 pytest tests` writes them anew; look at the difference before it is committed.
"""

import os
from pathlib import Path

GOLDEN = Path(__file__).resolve().parent / "golden"


def check_golden(name: str, content: str | bytes) -> None:
    """`content` is what `tests/golden/NAME` holds, byte by byte; refreshes the file instead when asked to."""
    path = GOLDEN / name
    actual = content.encode() if isinstance(content, str) else content
    if os.environ.get("DIGEST_REFRESH_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(actual)
    expected = path.read_bytes() if path.exists() else b""
    hint = f"{name} is not what it was; if that is right: DIGEST_REFRESH_GOLDEN=1 pytest, and look at the difference"
    assert expected.decode(errors="replace") == actual.decode(errors="replace"), hint
    assert expected == actual, hint
