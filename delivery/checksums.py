"""The checksum files beside a set, in every dialect that is known.

Sums of MD5, CRC-32, SHA-1 and SHA-256 as cue2ddp, GEAR, HOFA, Sonoris, md5sum, SFV and
BSD tools write them (``formats/ddp.md`` §7): sum and name, name and sum, with ``=``, in
brackets, with a path before the name.
"""

import re
from collections.abc import Iterable, Iterator

from delivery.fileset import HASHES, Fileset, find, hashed, whole
from delivery.findings import Finding, Place, Refusal, error, warning
from delivery.reading import Claim

_ENDINGS = (".md5", ".sfv", ".sha1", ".sha256", ".chk", ".crc", ".crc32")
_TEXTS = re.compile(r".*(checksum|md5|crc|sha).*\.(txt|log|sum)|(md5|sha1|sha256)sums?")
_HEX = r"[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}|[0-9a-f]{8}"
_FORMS = tuple(
    re.compile(form, re.ASCII | re.IGNORECASE)
    for form in (
        rf"(?P<sum>{_HEX})[ \t]+[*?]?(?P<name>\S.*)",
        rf"(?:MD5|SHA1|SHA256|CRC32) ?\((?P<name>.+)\) ?= ?(?P<sum>{_HEX})",
        rf"(?P<name>\S.*?)[ \t]*[=:][ \t]*(?:0x)?(?P<sum>{_HEX})",
        rf"(?P<name>\S.*?)[ \t,;]+[*]?(?:0x)?(?P<sum>{_HEX})",
        rf"(?P<sum>{_HEX})[,;:][ \t]*(?P<name>\S.*)",
    )
)
_PASSED = re.compile(r"\s*([;#%]|//|\[.*\]\s*$|version\s*=|\Z)", re.IGNORECASE)
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def claims(files: Fileset, findings: list[Finding]) -> tuple[Claim, ...]:
    """Return every sum that the checksum files beside a set claim.

    Lines that are none, and a set without any such file, go to *findings*.
    """
    listings = [
        name
        for name in files.names()
        if "/" not in name
        and (name.casefold().endswith(_ENDINGS) or _TEXTS.fullmatch(name.casefold()))
    ]
    found: list[Claim] = []
    for name in listings:
        try:
            packed = whole(files, name, "DDP-CRC")
        except Refusal as refusal:
            findings.extend(refusal.findings)
            continue
        found += _lines(packed, name, files, findings)
    if not found:
        says, way = "the set has no checksum file", "plants compare the copy with one"
        place = Place(file=listings[0] if listings else files.path.name)
        findings.append(warning("DDP-NOSUM", says, place=place, help=way))
    return tuple(found)


def _lines(
    packed: bytes, listing: str, files: Fileset, findings: list[Finding]
) -> Iterator[Claim]:
    encoding = _BOMS.get(packed[:2], "utf-8-sig")
    for number, line in enumerate(packed.decode(encoding, "replace").splitlines(), 1):
        place = Place(file=listing, line=number, text=line[:200])
        text = line.strip("\0 \t\r\ufeff")
        if _PASSED.match(text):
            continue
        matches = (form.fullmatch(text) for form in _FORMS)
        if len(text) > 1_000 or (match := next(filter(None, matches), None)) is None:
            says = f"{listing!r} has a line that is no checksum: {text[:60]!r}"
            findings.append(warning("DDP-CRC", says, place=place))
            continue
        name = re.split(r"[/\\]", match["name"].strip("\"' \t"))[-1]
        digest = match["sum"].lower()
        kind = next(kind for kind, long in HASHES.items() if long == len(digest))
        if (there := find(files, name)) is None:
            says = f"the checksum file lists {name!r}, which is not in the set"
            way = f"see line {number} of {listing}"
            at = Place(file=name)
            findings.append(error("DDP-CRC", says, place=at, help=way))
            continue
        yield Claim(file=there, kind=kind, digest=digest, place=place)


def uncovered(
    claimed: Iterable[Claim], needed: Iterable[str], findings: list[Finding]
) -> None:
    """Report files of the set that no checksum covers, where others are covered."""
    covered = {one.file for one in claimed}
    if not covered:
        return
    for name in needed:
        if name not in covered:
            says = f"no checksum file lists {name!r}"
            way = "plants want every file of the set in it"
            place = Place(file=name)
            findings.append(warning("DDP-NOSUM", says, place=place, help=way))


def confirm(
    files: Fileset, claimed: Iterable[Claim], findings: list[Finding]
) -> dict[str, str]:
    """Hash what is claimed and compare; return the MD5s by file."""
    by_file: dict[str, list[Claim]] = {}
    for one in claimed:
        by_file.setdefault(one.file, []).append(one)
    sums: dict[str, str] = {}
    for name, said in by_file.items():
        try:
            found = hashed(files, name, {"md5", *(one.kind for one in said)})
        except Refusal as refusal:
            findings.extend(refusal.findings)
            continue
        sums[name] = found["md5"]
        findings.extend(compared(said, found))
    return sums


def compared(claimed: Iterable[Claim], found: dict[str, str]) -> Iterator[Finding]:
    """Yield where the sums *found* of one file are not those *claimed*."""
    for one in claimed:
        if found[one.kind] != one.digest:
            yield error(
                "DDP-CRC",
                f"{one.file!r} is not the file its checksum was made from",
                place=Place(file=one.file),
                measured=found[one.kind],
                limit=one.digest,
                help=f"the sum stands in {one.place.file}, line {one.place.line}; "
                "copy the set again",
            )
