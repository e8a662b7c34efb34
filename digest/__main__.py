"""The `digest` command: starts quickly, says errors in one line."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence

_YOUNG_OBJECTS = 5_000
"""Before garbage is looked for. With 700, as Python has it, a tenth of the start goes by looking through what is just
being imported."""
_FLAGS = {"--json", "-v", "--verbose", "-q", "--quiet"}
_WITH_VALUE = {"--site", "--database", "--now"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; the exit code: 0 done, 1 error, 2 usage, 3 done but something failed or was set aside."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words == ["--version"]:
        from digest import __version__

        print(f"digest {__version__}")
        return 0
    gc.set_threshold(_YOUNG_OBJECTS)
    atexit.register(gc.freeze)  # the last look for garbage is a quarter of a short command, and all of it goes anyway
    from digest.cli.app import run

    try:
        return run(hoist(words))
    except BrokenPipeError:
        # The reader of the output (`digest papers | head`) has seen enough; nothing may be flushed at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("digest: interrupted; what was finished is kept", file=sys.stderr)
        return 130


def hoist(words: Sequence[str]) -> list[str]:
    """The same command line with the global options first: they may stand anywhere before a `--`."""
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(words)
    for word in waiting:
        if word == "--":
            rest += [word, *waiting]
        elif word in _FLAGS or ("=" in word and word.partition("=")[0] in _WITH_VALUE):
            front.append(word)
        elif word in _WITH_VALUE:
            front += [word, *(value for value in [next(waiting, None)] if value is not None)]
        else:
            rest.append(word)
    return front + rest


if __name__ == "__main__":
    sys.exit(main())
