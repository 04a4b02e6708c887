"""The receipt of a delivery: a text to mail back, the same for the same files.

What was received, by its sums; what it is; and what became of it. It tells no time
unless one is given.
"""

from collections import Counter

from delivery import discid
from delivery.examined import Examined
from delivery.fileset import hashed
from delivery.findings import Severity
from delivery.redbook import clock
from delivery.verdict import Verdict

_LARGEST = 4 << 30


def receipt(verdict: Verdict, name: str, version: str, *, date: str = "") -> str:
    """Return the receipt of what was received as *name*.

    Raises Refusal where a file cannot be read.
    """
    lines = ["RECEIPT OF A DELIVERY", "", f"received   {name}"]
    if date:
        lines.append(f"date       {date}")
    lines.append(f"checked    Glassmaster {version}")
    for number, one in enumerate(verdict.discs, 1):
        head = "disc" if len(verdict.discs) == 1 else f"disc {number}"
        lines += ["", *_disc(head, one)]
    for compared in verdict.compared:
        lines += ["", f"compared   {compared.line().split(maxsplit=1)[1]}"]
        lines.append(f"           {'the same' if compared.same else 'NOT THE SAME'}")
    lines += ["", f"verdict    {'accepted' if verdict.ok else 'REJECTED'}"]
    counts = Counter(each.severity for each in verdict.findings)
    lines += [
        f"           {counts[severity]} {severity.value}s"
        for severity in (Severity.ERROR, Severity.WARNING, Severity.NOTE)
    ]
    told = [each for each in verdict.findings if each.severity is not Severity.NOTE]
    for each in sorted(told, key=lambda one: list(Severity).index(one.severity)):
        lines.append(f"  {each.severity.value:<8} {each.rule:<12} {each.message}")
    return "\n".join(_plain(line) for line in lines) + "\n"


def _disc(head: str, one: Examined) -> list[str]:
    reading, layout = one.reading, one.reading.layout
    kind = reading.dialect or one.kind.upper()
    lines = [
        f"{head:<10} {kind}, {len(layout.tracks)} tracks, "
        f"lead-out {clock(layout.leadout)}, EAN {layout.ean or 'none'}",
    ]
    if reading.ends:
        lines.append(f"           MusicBrainz {discid.musicbrainz(layout)}, "
                     f"CDDB {discid.cddb(layout)}")  # fmt: skip
    if one.image is not None:
        lines.append(f"audio      {one.image.samples:,} samples")
        lines.append(f"           SHA-256 {one.image.sha256}")
    lines.append("files")
    for name in _files(one):
        sums = hashed(reading.files, name, ("md5", "sha256"))
        lines.append(f"  {name}  {reading.files.size(name):,} bytes")
        lines.append(f"    MD5 {sums['md5']}  SHA-256 {sums['sha256']}")
    lines.append("tracks")
    for track, end in zip(layout.tracks, layout.ends(), strict=True):
        lines.append(
            f"  {track.number:02}  {clock(track.start)}  {clock(end - track.start)}  "
            f"{track.isrc or '-':<12}  {track.texts.title}".rstrip()
        )
    return lines


def _files(one: Examined) -> list[str]:
    """Return the files that the disc is made of: its sheet, its audio, its tables."""
    names = {each.name for each in (one.reading.head + one.reading.sound).stretches}
    names |= {*one.reading.checksums, *one.checksums, one.reading.name}
    there = set(one.reading.files.names())
    return sorted(name for name in names if name in there)


def _plain(line: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in line)
