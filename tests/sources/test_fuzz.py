"""Damage to real data, byte by byte: parsing ends, soon, in papers, rejections or a refusal.

A small number in the suite; `DIGEST_FUZZ=100000 pytest tests/sources/test_fuzz.py` for the long run.
"""

import gzip
import os
import random
import resource
import time
from pathlib import Path

import pytest

from digest.errors import SourceRefused
from digest.models import Paper
from digest.sources.recognise import parse
from tests.sources.reading import NOW

INPUTS = int(os.environ.get("DIGEST_FUZZ", "2000"))
SECONDS, MEGABYTES = 10.0, 500
LARGEST = 20_000
TOKENS = [
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\x1f\x8b\x08", b"{", b"}", b"[", b"]", b'"', b"\\",
    b"\\ud800",
    b"null", b"-1", b"1e999", b"9" * 400, b"<", b">", b"</", b"<!--", b"<![CDATA[", b"]]>", b"&", b"&#0;", b"&#xD800;",
    b"&lol;", b"<!DOCTYPE x [<!ENTITY lol 'lol'>]>", b"<?xml version='1.0' encoding='utf-16'?>", b"xmlns=''",
    b"<script>",
    b"\n", b"\r\n", b"\t", b"    ", b"{" * 300, b"[" * 300, b"<a>" * 200, b"(" * 500, b"@article{", b"TY  - JOUR\n",
    b"ER  - \n",
    b"Daily Papers\n", b"Aug 11\n", b"0000-00-00", b"9999-12-31T23:59:59Z", b"javascript:alert(1)", "\u202e".encode(),
    "😀".encode(), b'\\"{o}', b"$", b" and ", b"title", b"id", b"paper", b"version", b"items",
]  # fmt: skip


def seeds(folder: Path) -> list[bytes]:
    """The start of every file of the shared data: a form each, small enough for many rounds."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and "bounces" not in path.parts]
    daily = [path for path in paths if path.parent.name == "hf_daily"][::20]
    others = [path for path in paths if path.parent.name != "hf_daily" and path.suffix != ".gz"]
    found = [path.read_bytes()[:LARGEST] for path in daily + others]
    found.append(gzip.compress(found[0], mtime=0))
    found.append(
        b'@article{a,\n title = {A {T}itle}, author={G\\"odel, K. and B. Two}, eprint={2401.01234}, year=2024\n}\n'
    )
    found.append(b"TY  - JOUR\nTI  - A title\nAU  - One, Ada\nDO  - 10.1103/x\nPY  - 2024\nER  - \n")
    return found


def damaged(chance: random.Random, start: bytes, other: bytes) -> bytes:
    """`start` with a few bytes changed, cut, doubled, moved, or replaced by something unpleasant."""
    data = bytearray(start)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at, length = chance.randrange(len(data) + 1), chance.choice((1, 1, 4, 64, 1024))
        match chance.randrange(7):
            case 0:
                data[at : at + length] = b""
            case 1:
                data[at:at] = chance.choice(TOKENS)
            case 2:
                data[at : at + length] = chance.randbytes(length)
            case 3:
                token = chance.choice(TOKENS)
                data[at : at + len(token)] = token
            case 4:
                data[at:at] = data[at : at + length] * chance.choice((1, 2, 20))
            case 5:
                place = chance.randrange(len(other) + 1)
                data[at:at] = other[place : place + length]
            case 6:
                del data[at:]
    return bytes(data)


@pytest.mark.parametrize("part", range(4))
def test_damaged_input_is_survived(shared_data: Path, part: int) -> None:
    """Nothing but a refusal with a reason is ever raised; no input takes long or much; all papers can be stored."""
    chance = random.Random(20260605 + part)  # noqa: S311 - nothing to guess
    starts = seeds(shared_data)
    reasons: set[str] = set()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(INPUTS // 4):
        data = damaged(chance, chance.choice(starts), chance.choice(starts))
        began = time.process_time()
        try:
            reading = parse(data, observed_at=NOW, source="fuzz")
        except SourceRefused as refused:
            reasons.add(str(refused))
        except Exception as error:
            Path("fuzz-failure.bin").write_bytes(data)
            raise AssertionError(f"{type(error).__name__} on {data[:200]!r}") from error
        else:
            assert all(rejection.reason and len(rejection.record) <= 120 for rejection in reading.rejected)
            assert all(sound(paper) for paper in reading.papers)
        assert time.process_time() - began < SECONDS, data[:200]
    assert all(len(reason) > 10 for reason in reasons)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < MEGABYTES


def sound(paper: Paper) -> bool:
    """Whether a paper is within limits, encodable, and free of addresses that run code."""
    f"{paper}".encode()
    addresses = (paper.url, paper.pdf_url, paper.code_url, paper.project_url, paper.discussion_url, paper.thumbnail_url)
    return (
        0 < len(paper.title) <= 500
        and len(paper.abstract) <= 20_000
        and paper.id == paper.aliases[0]
        and all(address is None or address.lower().startswith(("http://", "https://")) for address in addresses)
        and all(signal.value >= 0 for signal in paper.signals)
        and "\x00" not in paper.title + paper.abstract
    )
