"""The project file, read: every error of a file in one run, each with its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from album import discs, order, ownspecs
from album.near import missing_file, suggestion
from album.project import (
    TABLES,
    UNBALANCED,
    Album,
    CdTarget,
    DdexTarget,
    Deliver,
    Disc,
    FileTarget,
    Loudness,
    Master,
    Meta,
    Qc,
    Sequence,
    Song,
    Table,
    Tone,
)
from album.projectchains import resolve
from album.projecterrors import shown, unknown_key, worded
from album.projectsource import Written, load
from album.songs import by_id, checks, from_stems, same_codes, written_against
from album.spans import Keys, Places
from album.targetreader import TargetReader, everything
from delivery.book import Book, builtin
from delivery.findings import Finding, Place, Refusal, any_error, error

Model = TypeVar("Model", bound=Table)


def read(path: Path) -> tuple[Album, tuple[Finding, ...]]:
    """Return the album that the file at *path* describes, with warnings and notes.

    Raises Refusal with all errors of the file.
    """
    written, faults = by_id(load(path))
    own = ownspecs.read(path.parent)
    reader = _Reader(written, [*faults, *own.findings], book=own.book)
    album = reader.album(path)
    findings = tuple(sorted(reader.findings, key=_by_place))
    if album is None:
        raise Refusal(findings)
    return replace(album, book=own.book, book_files=own.files), findings


def schema() -> dict[str, Any]:
    """Return the JSON schema of the project file, for editors."""
    from album.projectschema import schema as described

    return described()


def _by_place(finding: Finding) -> tuple[str, int, int]:
    place = finding.place
    return place.file or "", place.line or 0, place.column or 0


@dataclass
class _Reader:
    """Reads table after table; a bad one does not keep the others from being read."""

    written: Written
    findings: list[Finding] = field(default_factory=list)
    ordered: dict[Keys, Keys] = field(default_factory=dict)
    """Where each song of the order is written, under the name ("order", song)."""
    book: Book = field(default_factory=builtin)

    @property
    def tables(self) -> dict[str, Any]:
        return self.written.tables

    @property
    def places(self) -> Places:
        return self.written.places

    def fail(
        self, rule: str, message: str, place: Place, way_out: str | None = None
    ) -> None:
        self.findings.append(error(rule, message, place=place, help=way_out))

    def album(self, path: Path) -> Album | None:
        for key in self.tables:
            if key not in TABLES:
                fault = unknown_key(key, [*TABLES, "extends"], (key,), self.places)
                self.findings.append(fault)
        tables, faults = resolve(self.tables, self.places)
        self.findings += faults
        self.written = replace(self.written, tables=tables)
        meta = self.meta()
        songs = self.songs(meta)
        sequence = self.sequence()
        deliver = self.targets(songs)
        resolved = self.discs(sequence, songs, deliver.cd)
        loudness, tone = self.loudness(), self.table(Tone, "tone")
        qc = self.table(Qc, "qc")
        chains, masters = self.named("chain"), self.masters()
        if any_error(self.findings):
            return None
        # what could not be read has left an error
        assert meta is not None
        assert sequence is not None
        assert loudness is not None
        assert tone is not None
        assert qc is not None
        return Album(
            path=path,
            meta=meta,
            sequence=sequence,
            songs=songs,
            discs=resolved,
            deliver=deliver,
            loudness=loudness,
            tone=tone,
            qc=qc,
            chain=chains,
            master=masters,
            places=self.places.with_names(self.ordered),
        )

    def loudness(self) -> Loudness | None:
        """Return [loudness]; without the table nothing is balanced."""
        if "loudness" not in self.tables:
            return UNBALANCED
        return self.table(Loudness, "loudness")

    def validated(
        self, model: type[Model], written: object, keys: Keys, **more: object
    ) -> Model | None:
        """Return *written*, which stands at *keys*, as a *model*; None if it is bad."""
        try:
            if isinstance(written, dict):
                return model.model_validate({**written, **more})
            return model.model_validate(written)
        except ValidationError as bad:
            self.findings += worded(bad, model, keys, self.places)
            return None

    def table(self, model: type[Model], *keys: str) -> Model | None:
        """Return the table at *keys*, all defaults where the file has none."""
        value: Any = self.tables
        for key in keys:
            value = value.get(key, {})
        return self.validated(model, value, keys)

    def named(self, key: str) -> dict[str, Any]:
        """Return the table of tables *key*; empty, with an error, if it is none."""
        value = self.tables.get(key, {})
        if isinstance(value, dict):
            return value
        message = f"{key} must be a table, not {shown(value)}"
        self.fail("TYPE", message, self.places.value(key))
        return {}

    def file(self, written: Path, *keys: str) -> Path:
        """Return the path *written* at *keys*, absolute; fail if nothing is there."""
        found = self.places.folder(*keys) / written
        if fault := missing_file(found, str(written), self.places.value(*keys)):
            self.findings.append(fault)
        return found

    def meta(self) -> Meta | None:
        if "album" not in self.tables:
            way_out = 'write [album] with artist = "…" and title = "…"'
            place = Place(file=self.places.source.file)
            self.fail("KEY-MISSING", "there is no [album]", place, way_out)
            return None
        meta = self.table(Meta, "album")
        if meta is None:
            return None
        if meta.year and meta.date:
            place = self.places.key("album", "year")
            message = "`year` and `date` both say when the album comes out"
            self.fail("VALUE", message, place, "keep one of the two")
        date = str(meta.year) if meta.year else meta.date
        cover = self.file(meta.cover, "album", "cover") if meta.cover else None
        return meta.model_copy(update={"date": date, "cover": cover})

    def songs(self, meta: Meta | None) -> dict[str, Song]:
        songs = {}
        for name, written in self.tables["song"].items():
            if isinstance(written, dict) and "id" in written:
                known = [key for key in Song.model_fields if key != "id"]
                path = ("song", name, "id")
                self.findings.append(unknown_key("id", known, path, self.places))
            written, more = from_stems(written)
            song = self.validated(Song, written, ("song", name), **more, id=name)
            if song is None:
                self.mix_despite(written, name)
                continue
            artist = song.artist or (meta.artist if meta else "")
            mix = song.mix
            if "mix" in written:
                mix = self.file(mix, "song", name, "mix")
            changed = {"mix": mix, "artist": artist, **self.stems(song, written)}
            songs[name] = song.model_copy(update=changed)
            self.findings += checks(songs[name], self.places)
        self.findings += same_codes(songs, self.places)
        return songs

    def stems(self, song: Song, written: dict[str, Any]) -> dict[str, object]:
        """Return the files of a song's stems, and what their sum is compared with."""
        if "stems" in written and not song.stems:
            place = self.places.key("song", song.id, "stems")
            way_out = 'write name = { file = "…" }, or remove [song.….stems]'
            self.fail("KEY-MISSING", "there are no stems", place, way_out)
        found = {}
        for name, stem in song.stems.items():
            file = self.file(stem.file, "song", song.id, "stems", name, "file")
            found[name] = stem.model_copy(update={"file": file})
        against = song.check_against
        if against is not None:
            keys = written_against(self.tables["song"][song.id])
            against = self.file(against, "song", song.id, *keys)
        elif song.stems and "mix" in written:
            against = self.places.folder("song", song.id, "mix") / song.mix
        return {"stems": found, "check_against": against}

    def mix_despite(self, written: object, song: str) -> None:
        """Look for the mix of a song in which something else is wrong."""
        mix = written.get("mix") if isinstance(written, dict) else None
        if isinstance(mix, str) and mix.strip() and "\0" not in mix:
            self.file(Path(mix), "song", song, "mix")

    def sequence(self) -> Sequence | None:
        sequence = self.table(Sequence, "sequence")
        if sequence is None:
            return None
        if sequence.lead.musical:
            message = "lead must be a time in seconds, not in beats or bars"
            self.fail("UNIT", message, self.places.value("sequence", "lead"))
        if sequence.roomtone is None:
            return sequence
        roomtone = self.file(sequence.roomtone, "sequence", "roomtone")
        return sequence.model_copy(update={"roomtone": roomtone})

    def discs(
        self, sequence: Sequence | None, songs: Mapping[str, Song], cd: CdTarget | None
    ) -> tuple[Disc, ...]:
        names = self.tables["song"]
        if not names:
            way_out = 'write [[song]] with title = "…" and mix = "…"'
            place = Place(file=self.places.source.file)
            self.fail("KEY-MISSING", "the album has no songs", place, way_out)
            return ()
        known = sequence or Sequence()
        setting = order.Setting(
            # the tempo of a bad song is nobody's second error
            songs={name: songs[name].bpm if name in songs else 0 for name in names},
            gap=known.gap,
            tail=known.tail,
            places=self.places,
            roomtone=known.roomtone,
            pregap=self.pregap(cd, names),
        )
        items = known.order if sequence else self.raw_order()
        if items is None:
            reading = order.in_file_order(setting)
        else:
            reading = order.read(items, setting)
        self.ordered = {
            ("order", item.song): item.keys
            for item in reading.items
            if isinstance(item, order.Play)
        }
        resolved, findings = discs.resolve(reading)
        self.findings += findings
        return resolved

    def raw_order(self) -> list[str] | None:
        """Return the order of a [sequence] in which something else is wrong."""
        table = self.tables["sequence"]
        items = table.get("order") if isinstance(table, dict) else None
        if isinstance(items, list) and all(isinstance(item, str) for item in items):
            return items
        return None

    def pregap(self, cd: CdTarget | None, names: Mapping[str, object]) -> str | None:
        if cd is None or cd.pregap is None:
            return None
        if cd.pregap not in names:
            place = self.places.value("deliver", "cd", "pregap")
            meant = suggestion(cd.pregap, names, "the songs are")
            self.fail("SEQ-UNKNOWN", f'no song called "{cd.pregap}"', place, meant)
        return cd.pregap

    def targets(self, songs: Mapping[str, Song]) -> Deliver:
        if "deliver" not in self.tables:
            return everything(self.book)
        deliver = self.named("deliver")
        if self.tables["deliver"] == {}:
            way_out = "write [deliver.cd] or [deliver.streaming], or remove [deliver]"
            place = self.places.key("deliver")
            self.fail("VALUE", "[deliver] names nothing to build", place, way_out)
        cd = self.table(CdTarget, "deliver", "cd") if "cd" in deliver else None
        reader = TargetReader(self.places, songs, self.book)
        files = {}
        for name, table in deliver.items():
            if name in ("cd", "ddex") or (kind := reader.known(name, table)) is None:
                continue
            written = self.table(FileTarget, "deliver", name)
            if written and (target := reader.target(name, kind, written)):
                files[name] = target
        self.findings += reader.findings
        ddex = self.table(DdexTarget, "deliver", "ddex") if "ddex" in deliver else None
        return Deliver(cd=cd, files=files, ddex=ddex)

    def masters(self) -> dict[str, Master]:
        read = {
            name: self.validated(Master, table, ("master", name))
            for name, table in self.named("master").items()
        }
        return {name: master for name, master in read.items() if master}
