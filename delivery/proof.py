"""The proof: what was read back, compared with what was meant, and counted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from delivery.findings import Finding, Place, error
from delivery.program import Layout, Texts
from delivery.redbook import msf


@dataclass(frozen=True, kw_only=True)
class Proof:
    """How much was compared and found equal, and what was not.

    *samples* counts samples per channel of the programme, once for every file that
    carries them.
    """

    samples: int = 0
    marks: int = 0
    isrcs: int = 0
    eans: int = 0
    texts: int = 0
    tags: int = 0
    files: int = 0
    findings: tuple[Finding, ...] = ()

    def __add__(self, other: "Proof") -> "Proof":
        """Return both proofs as one."""
        sums = {
            part.name: getattr(self, part.name) + getattr(other, part.name)
            for part in fields(self)
        }
        return Proof(**sums)

    def as_json(self) -> dict[str, Any]:
        """Return the counts."""
        return {
            part.name: getattr(self, part.name)
            for part in fields(self)
            if part.name != "findings"
        }


def compare_layouts(
    meant: Layout, found: Layout, file: str, rule: str, other: str = ""
) -> Proof:
    """Compare what *file* says with what it was meant to say, or what *other* says.

    Every difference is an error of *rule* that names the track and both values; the
    proof counts what was equal.
    """
    wanted, had = _facts(meant), _facts(found)
    counts: Counter[str] = Counter()
    faults: list[Finding] = []
    for fact in sorted({*wanted, *had}, key=lambda each: (each.track, each.what)):
        want, have = wanted.get(fact, ""), had.get(fact, "")
        if want == have:
            counts[fact.kind] += 1
            continue
        faults.append(
            error(
                rule,
                f"{fact.what} is {_said(have)} in {file}, {_said(want)} in {other}"
                if other
                else f"{fact.what} reads back as {_said(have)}, "
                f"it should be {_said(want)}",
                place=Place(file=file, track=fact.track or None),
                measured=have or "nothing",
                limit=want or "nothing",
            )
        )
    return Proof(
        marks=counts["mark"],
        isrcs=counts["isrc"],
        eans=counts["ean"],
        texts=counts["text"],
        files=1,
        findings=tuple(faults),
    )


@dataclass(frozen=True)
class _Fact:
    """One thing a layout says: its kind, its name in words, its track (0: the disc)."""

    kind: str
    what: str
    track: int = 0


def _facts(layout: Layout) -> dict[_Fact, str]:
    """Return all that *layout* says; what it leaves empty is left out."""
    facts = {
        _Fact("mark", "the lead-out"): msf(layout.leadout),
        _Fact("ean", "the EAN"): layout.ean,
        _Fact("text", "the catalogue number"): layout.catalogue,
        _Fact("text", "the genre"): layout.genre,
        _Fact("language", "the language"): f"0x{layout.language:02X}",
    }
    said: list[tuple[Texts, str, int]] = [(layout.texts, "the disc", 0)]
    for block, other in enumerate(layout.languages, 1):
        tongue = f"language {block} (0x{other.code:02X})"
        said.append((other.texts, f"the disc in {tongue}", 0))
        for number, texts in other.tracks:
            said.append((texts, f"track {number} in {tongue}", number))
    for track in layout.tracks:
        number = track.number
        name = f"track {number}"
        for index, frame in track.marks.items():
            facts[_Fact("mark", f"INDEX {index:02} of {name}", number)] = msf(frame)
        facts[_Fact("isrc", f"the ISRC of {name}", number)] = track.isrc
        flags = " ".join(sorted(track.flags))
        facts[_Fact("flags", f"the flags of {name}", number)] = flags
        said.append((track.texts, name, number))
    for texts, name, number in said:
        for kind, text in vars(texts).items():
            facts[_Fact("text", f"the {kind} of {name}", number)] = text
    return {fact: value for fact, value in facts.items() if value}


def compare_audio(meant: str, found: str, samples: int, file: str, rule: str) -> Proof:
    """Compare the SHA-256 of the samples in *file* with the programme's."""
    if meant == found:
        return Proof(samples=samples)
    fault = error(
        rule,
        f"the samples in {file} are not those of the programme",
        place=Place(file=file),
        measured=found,
        limit=meant,
        help="the disk or the copy is at fault: build again",
    )
    return Proof(findings=(fault,))


def total(proofs: Iterable[Proof]) -> Proof:
    """Return all *proofs* as one."""
    return sum(proofs, Proof())


def _said(value: str) -> str:
    return repr(value) if value else "nothing"
