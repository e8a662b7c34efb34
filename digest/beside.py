"""A process of our own beside this one, on another core: asked and answering through pipes.

The process is `python -m digest.beside MODULE`: the first value it is given goes to the module's `begin`, every other
one to what that returned, and each of these is answered. Values go both ways as pickles. It ends when its standard
input is closed, however its parent ended, and holds nothing that could be lost with it.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import IO, Any, Self

GONE = (OSError, EOFError, pickle.UnpicklingError)
"""What `Beside.ask` and `Beside.answer` raise when the process has ended."""
_END_SECONDS = 5.0


def has_cores() -> bool:
    """Whether something can be done beside."""
    return (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1) > 1


class Beside:
    """The process that does what `begin` of a module says."""

    def __init__(self, module: str) -> None:
        """Start it.

        Raises:
            OSError: there cannot be one.
        """
        command = [sys.executable, "-m", __name__, module]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own

    @classmethod
    def begun(cls, module: str, given: Any) -> Self | None:
        """Started, and `given` what it begins with; None where there cannot be one."""
        try:
            process = cls(module)
        except OSError:
            return None
        with suppress(OSError):  # noticed when its first answer is read
            process.ask(given)
        return process

    def ask(self, value: Any) -> None:
        """Hand over a value; waits when what was handed over before fills the pipe.

        Raises:
            OSError: it has ended.
        """
        _write(self.process.stdin, value)

    def answer(self) -> Any:
        """The next answer, waited for.

        Raises:
            OSError, EOFError, UnpicklingError: it has ended.
        """
        return _read(self.process.stdout)

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()

    def end(self) -> None:
        """Let it finish what it has in hand, and end."""
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        try:
            self.process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _serve(begin: Callable[[Any], Callable[[Any], Any]]) -> None:
    """The process: answer until nobody asks any more."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # whoever stops the whole group wants what is in flight to be finished
    with suppress(EOFError, BrokenPipeError):
        asks, answers = sys.stdin.buffer, sys.stdout.buffer
        answer = begin(_read(asks))
        while True:
            _write(answers, answer(_read(asks)))


def _write(pipe: IO[bytes] | None, value: Any) -> None:
    assert pipe is not None  # noqa: S101 - opened with the process
    pickle.dump(value, pipe, pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def _read(pipe: IO[bytes] | None) -> Any:
    assert pipe is not None  # noqa: S101 - opened with the process
    return pickle.load(pipe)  # noqa: S301 - of our own process


if __name__ == "__main__":
    _serve(import_module(sys.argv[1]).begin)
