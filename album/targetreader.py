"""The targets of files, as written, with what their kind says filled in."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from album.deliverable import Deliverable
from album.near import suggestion
from album.projecttargets import CdTarget, Deliver, FileTarget
from album.spans import Places
from delivery import receivers
from delivery.book import Book
from delivery.coding.table import Form, form
from delivery.deliverables import USUAL, Kind, kinds
from delivery.findings import Finding, Refusal, error, refuse
from delivery.naming import Naming
from delivery.receivers import Broadcaster, CoverSpec

TAKEN = ("cd", "ddp", "ddex", "report", "proof", "documents")
"""Folders of a delivery that are no target's of files."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*", re.ASCII)


def usual_target(name: str, book: Book) -> Deliverable:
    """Return the target *name* as it is where the project file says nothing of it."""
    kind = kinds()[name]
    forms = [form(each) for each in kind.formats]
    return _deliverable(name, kind, FileTarget(), forms, _broadcaster(kind, "", book))


@dataclass
class TargetReader:
    """Reads target after target, and gathers what is wrong in them."""

    places: Places
    songs: Collection[str]
    book: Book
    findings: list[Finding] = field(default_factory=list)

    def known(self, name: str, written: object) -> Kind | None:
        """Return the kind of the table *written* under ``[deliver.NAME]``."""
        if name in TAKEN or _NAME.fullmatch(name) is None:
            self.fail(
                "VALUE",
                f"[deliver.{name}] cannot be a target: it would be the folder {name!r}",
                ("deliver", name),
                "name it with letters, digits, - and _, otherwise than "
                + ", ".join(TAKEN),
            )
            return None
        asked = written.get("type", "") if isinstance(written, Mapping) else ""
        if isinstance(asked, str) and asked:
            if asked in kinds():
                return kinds()[asked]
            known = suggestion(asked, kinds(), "the kinds are")
            message = f"there is no kind of target called {asked!r}"
            self.fail("TARGET-KIND", message, ("deliver", name, "type"), known)
            return None
        if name in kinds():
            return kinds()[name]
        if isinstance(written, Mapping) and {"formats", "codec"} & set(written):
            return kinds()[USUAL]
        meant = suggestion(name, ["cd", *kinds()], "the kinds are")
        self.fail(
            "TARGET-KIND",
            f"[deliver.{name}] is no kind of target that is known",
            ("deliver", name),
            f"{meant} For one of your own, say its `formats`, or its `type`",
        )
        return None

    def target(self, name: str, kind: Kind, written: FileTarget) -> Deliverable | None:
        """Return a target with nothing left open; None, and an error, if it is bad."""
        before = len(self.findings)
        forms = list(self._forms(name, kind, written))
        if not forms and len(self.findings) == before:
            keys = ("deliver", name)
            message = f"[deliver.{name}] names no `formats`"
            self.fail("KEY-MISSING", message, keys, 'write formats = ["flac"]')
        self._check_naming(name, written)
        self._check_sides(name, kind, written)
        self._check_rows(name, kind, written)
        if len(self.findings) > before:
            return None
        asked = _broadcaster(kind, written.broadcaster, self.book)
        return _deliverable(name, kind, written, forms, asked)

    def fail(
        self, rule: str, message: str, keys: tuple[str | int, ...], way_out: str | None
    ) -> None:
        """Note an error at *keys*."""
        place = self.places.value(*keys) if len(keys) > 2 else self.places.key(*keys)
        self.findings.append(error(rule, message, place=place, help=way_out))

    def _forms(self, name: str, kind: Kind, written: FileTarget) -> Iterator[Form]:
        if written.formats and written.codec:
            message = "`formats` and `codec` both say what is written"
            self.fail("VALUE", message, ("deliver", name, "codec"), "keep one")
            return
        key = "codec" if written.codec else "formats"
        usual = kind.formats
        if written.quality:
            usual = tuple(each.partition(" ")[0] for each in usual)
        texts = (written.codec,) if written.codec else written.formats or usual
        seen: set[str] = set()
        for index, text in enumerate(texts):
            try:
                found = form(text, written.quality)
            except ValueError as bad:
                said = str(bad)
                listed = (index,) if written.formats else ()
                at: tuple[str | int, ...] = ("deliver", name, key, *listed)
                if written.quality and written.quality in said:
                    at = ("deliver", name, "quality")
                self.fail("VALUE", said, at, None)
                continue
            if found.name in seen:
                message = f"{found.name!r} is named twice"
                self.fail("VALUE", message, ("deliver", name, key), "keep one")
            seen.add(found.name)
            yield found

    def _check_naming(self, name: str, written: FileTarget) -> None:
        if written.naming is not None:
            try:
                Naming.read(written.naming)
            except ValueError as bad:
                self.fail("VALUE", str(bad), ("deliver", name, "naming"), None)

    def _check_rows(self, name: str, kind: Kind, written: FileTarget) -> None:
        """Look whether the rows that a target names are known."""
        for key, look in (
            ("cover", lambda: receivers.row(CoverSpec, written.cover, self.book)),
            ("broadcaster", lambda: _broadcaster(kind, written.broadcaster, self.book)),
            ("receivers", lambda: receivers.taking(written.receivers or (), self.book)),
        ):
            if getattr(written, key):
                try:
                    look()
                except Refusal as bad:
                    [said] = bad.findings
                    self.fail("SPECS", said.message, ("deliver", name, key), said.help)

    def _check_sides(self, name: str, kind: Kind, written: FileTarget) -> None:
        keys = ("deliver", name, "sides")
        if written.sides and kind.cut != "side":
            message = f"a target of kind {kind.name} has no sides"
            self.fail("VALUE", message, keys, "remove `sides`")
            return
        seen: dict[str, str] = {}
        for side, songs in written.sides.items():
            at = (*keys, side)
            if re.fullmatch(r"[A-Z]", side) is None:
                message = f"side {side!r} is no letter from A to Z"
                self.fail("VALUE", message, at, None)
            if not songs:
                self.fail("VALUE", f"side {side} has no songs", at, None)
            for song in songs:
                if song not in self.songs:
                    meant = suggestion(song, self.songs, "the songs are")
                    self.fail("SEQ-UNKNOWN", f'no song called "{song}"', at, meant)
                elif song in seen:
                    message = f'"{song}" is on side {seen[song]} already'
                    self.fail("SEQ-TWICE", message, at, "name it once")
                seen.setdefault(song, side)


def everything(book: Book) -> Deliver:
    """Return what is built where the project file has no [deliver]."""
    files = {"streaming": usual_target("streaming", book)}
    return Deliver(cd=CdTarget(), files=files)


def _broadcaster(kind: Kind, named: str, book: Book) -> Broadcaster | None:
    """Return who asks for a loudness; raises Refusal for one that is not known."""
    name = named or kind.broadcaster
    row = receivers.row(Broadcaster, name, book) if name else None
    if row and row.dialogue:
        raise refuse(
            "SPECS",
            f"{row.title} gates loudness by dialogue, which is not measured here",
            help="write target_lufs and ceiling_dbtp",
        )
    return row


def _deliverable(
    name: str,
    kind: Kind,
    written: FileTarget,
    forms: list[Form],
    asks: Broadcaster | None,
) -> Deliverable:
    solve = written.ceiling_dbtp == "solve"
    ceiling = None if isinstance(written.ceiling_dbtp, str) else written.ceiling_dbtp
    rate: int | Literal["mixes"] | None = written.rate
    if rate is None:
        rate = asks.rate if asks and asks.rate else kind.rate
    if asks and ceiling is None:
        ceiling = asks.ceiling_dbtp
    lufs = written.target_lufs
    over = written.decoded_dbtp
    return Deliverable(
        name=name,
        kind=kind,
        forms=tuple(forms),
        master=written.master,
        rate=0 if rate == "mixes" else rate,
        bits=written.bits or kind.bits,
        dither=written.dither or kind.dither,  # type: ignore[arg-type]
        auto_blank=written.auto_blank,
        naming=Naming.read(written.naming or kind.naming),
        tags=written.tags,
        id3=written.id3,
        cover=written.cover or kind.cover,
        lossy_cover=written.cover or kind.lossy_cover,
        receivers=kind.receivers if written.receivers is None else written.receivers,
        asked=written.receivers is not None,
        replaygain=written.replaygain,
        ceiling_dbtp=ceiling,
        solve=solve,
        decoded_dbtp=kind.decoded_dbtp if over is None else over,
        preview=written.preview,
        lufs=asks.target_lufs if asks and lufs is None else lufs,
        source=f"{asks.source} ({asks.read})" if asks else "",
        sides=written.sides,
        plant=written.plant,
        size=written.size,
        speed=written.speed,
    )
