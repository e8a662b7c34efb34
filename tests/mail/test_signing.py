"""Signatures made beside: the same as those made here, in order, and whatever becomes of the process."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from itertools import count
from typing import NamedTuple

import pytest

from digest.mail.dkim import ToSign
from digest.mail.signing import Signatory


class Note(NamedTuple):
    """A number to be signed by two keys."""

    number: int

    @property
    def to_sign(self):
        """For each key, in order."""
        return (ToSign(b"rsa", b"data %d" % self.number), ToSign(b"ed", b"other %d" % self.number))


def signed_here(keys, note):
    return [key.sign(one.data) for key, one in zip(keys, note.to_sign, strict=True)]


@pytest.mark.parametrize("beside", [False, True])
def test_signatures_are_the_keys_own_and_in_order(keys, beside):
    """Both algorithms are deterministic: what another process makes is what would be made here."""
    notes = [Note(number) for number in range(60)]
    with Signatory(keys, beside=beside) as signatory:
        signed = list(signatory.sign(notes))
    assert signed == [(note, signed_here(keys, note)) for note in notes]


@pytest.mark.parametrize("beside", [False, True])
def test_a_pause_comes_when_everything_before_it_has_gone(keys, beside):
    """None says that nothing may go now; what may go is not kept back until it may."""
    drafts = [Note(1), Note(2), None, None, Note(3), None]
    with Signatory(keys, beside=beside) as signatory:
        signed = list(signatory.sign(drafts))
    assert [pair and pair[0] for pair in signed] == drafts


def test_no_more_is_taken_ahead_than_it_needs(keys):
    """Here nothing is drafted ahead; beside, some batches are."""
    taken = count()

    def notes():
        while True:
            yield Note(next(taken))

    signing = Signatory(keys).sign(notes())
    for _ in range(5):
        next(signing)
    assert next(taken) == 5
    with Signatory(keys, beside=True) as signatory:
        next(signatory.sign(notes()))
        assert next(taken) < 100


def test_when_the_process_dies_signing_goes_on_here(keys, caplog):
    """Not a signature is missing, and the log says what happened."""
    notes = [Note(number) for number in range(200)]
    with Signatory(keys, beside=True) as signatory:
        signing = signatory.sign(notes)
        signed = [next(signing) for _ in range(30)]
        os.kill(signatory._process.process.pid, signal.SIGKILL)
        signed += signing
    assert signed == [(note, signed_here(keys, note)) for note in notes]
    assert "signing goes on without it" in caplog.text


def test_leaving_it_ends_the_process(keys):
    """Whether or not everything was signed."""
    with Signatory(keys, beside=True) as signatory:
        process = signatory._process.process
        next(signatory.sign(Note(number) for number in range(1000)))
    assert process.returncode is not None


def test_it_ends_with_its_parent_and_not_before():
    """SIGTERM to the whole group leaves it time for what is in flight; a closed pipe ends it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "digest.beside", "digest.mail.signing"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        pickle.dump([], process.stdin)
        pickle.dump([[]], process.stdin)
        process.stdin.flush()
        assert pickle.load(process.stdout) == [[]]  # noqa: S301 - it listens, so signals are ignored by now
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        pickle.dump([[], []], process.stdin)
        process.stdin.flush()
        assert pickle.load(process.stdout) == [[], []]  # noqa: S301
        process.stdin.close()
        assert process.wait(10) == 0
