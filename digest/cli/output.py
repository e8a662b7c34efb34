"""Where a command's bytes go: to a file that is named, else to standard output."""

from __future__ import annotations

import sys
from pathlib import Path

from digest.cli.state import State
from digest.errors import DigestError


def write_result(state: State, output: Path | None, content: bytes) -> None:
    """Write `content` to `output`, whose folders are made, or to standard output.

    Raises:
        DigestError: the file cannot be written.
    """
    if output is None:
        sys.stdout.buffer.write(content)
        return
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(content)
    except OSError as error:
        raise DigestError(f"{output}: cannot be written: {error.strerror or error}") from error
    state.err.print(f"Wrote {output}", markup=False)
