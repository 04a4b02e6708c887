"""The files of a CUE sheet laid end to end, and its marks on the disc.

Times of a sheet count in files; PREGAP and POSTGAP ask for silence between them. A file
that is missing leaves the marks behind it unknown, and the disc not whole.
"""

import re
from dataclasses import replace

from delivery.cue_model import Entry, FileEntry, Mark, Sheet
from delivery.fileset import Fileset, find
from delivery.findings import Finding, Place, Refusal, error, note, warning
from delivery.program import Layout, Texts, Track
from delivery.redbook import FIRST_PAUSE, MINIMUM_TRACK, SAMPLES_PER_FRAME, Frames
from delivery.sound import Sound, silence
from delivery.soundfiles import SoundFile, opened, raw

_LONGEST = 200 * 60 * 75  # frames: beyond any disc, and short of any overflow


class Timeline:
    """The files of a sheet laid end to end, and its marks on the disc."""

    def __init__(self, files: Fileset, sheet: Sheet, findings: list[Finding]) -> None:
        """Lay out every file of *sheet*; what is wrong goes to *findings*."""
        self.files, self.sheet, self.findings = files, sheet, findings
        self.sound = Sound()
        self.at = 0
        """Frames from 00:02:00 to the end of what is laid."""
        self.whole = True
        self._marks: dict[tuple[int, int], int] = {}
        self._pauses: dict[int, int] = {}
        for place, file in enumerate(sheet.files):
            self._lay(place, file)
        self._check_leadout()

    def layout(self) -> Layout:
        """Return the disc; tracks without any mark are left out."""
        tracks = [
            self._track(place, entry)
            for place, entry in enumerate(self.sheet.entries)
            if entry.marks and all(entry.number != each.number for each in
                                   self.sheet.entries[:place])
        ]  # fmt: skip
        if not tracks:
            says = f"no track of {self.sheet.name!r} has an INDEX"
            place = Place(file=self.sheet.name, line=self.sheet.entries[0].line.number)
            fault = error("CUE-SYNTAX", says, place=place)
            raise Refusal([*self.findings, fault])
        last = max(max(track.marks.values()) for track in tracks)
        end = FIRST_PAUSE + self.at
        if self.whole and end <= last:
            for track in tracks:
                if max(track.marks.values()) >= end:
                    self._beyond(track, end)
            self.whole = False
        leadout = end if self.whole else max(end, last + MINIMUM_TRACK)
        return Layout(
            tracks=tuple(tracks),
            leadout=Frames(leadout),
            ean=self.sheet.ean,
            genre=self.sheet.genre,
            catalogue=self.sheet.catalogue,
            texts=Texts(**self.sheet.texts),
        )

    def _beyond(self, track: Track, end: int) -> None:
        entry = next(one for one in self.sheet.entries if one.number == track.number)
        late = max(entry.marks, key=lambda one: one.time).line
        says = f"track {track.number:02} of {self.sheet.name!r} begins after the "
        says += "audio's end"
        place = replace(late.place, track=track.number)
        limit = {"measured": max(track.marks.values()), "limit": end}
        self.findings.append(error("RB-ORDER", says, place=place, **limit))

    def _track(self, place: int, entry: Entry) -> Track:
        marks = {one.index: self._marks[place, one.index] for one in entry.marks}
        start = marks.get(1, min(marks.values()))
        pause = self._pauses.get(place, marks.get(0))
        if entry is self.sheet.entries[0]:
            pause = 0
        return Track(
            number=entry.number,
            start=Frames(start),
            pause=None if pause is None else Frames(pause),
            indexes=tuple(Frames(marks[i]) for i in sorted(marks) if i > 1),
            isrc=entry.isrc,
            flags=entry.flags,
            texts=Texts(**entry.texts),
            data=entry.mode not in ("AUDIO", "CDG"),
        )

    def _lay(self, place: int, file: FileEntry) -> None:
        """Lay one file behind what is there, with the silences that gaps ask for."""
        own = [
            (at, entry, [one for one in entry.marks if one.file == place])
            for at, entry in enumerate(self.sheet.entries)
        ]
        own = [row for row in own if row[2]]
        sectors = [row[1].sector for row in own]
        length, sound = self._opened(file, own, sectors)
        done = 0
        for at, entry, marks in own:
            first = marks[0] is entry.marks[0]
            begin = min(marks[0].time, length)
            before = self.sheet.entries[at - 1] if at else None
            if first and before is not None and before.postgap:
                done = self._up_to(sound, done, begin)
                self._pause(before.postgap)
                before.postgap = None
            if entry.pregap and marks[0].index <= 1 and at not in self._pauses:
                done = self._up_to(sound, done, begin)
                self._pauses[at] = FIRST_PAUSE + self.at
                self._pause(entry.pregap)
            for one in marks:
                where = FIRST_PAUSE + self.at + int(one.time) - done
                self._marks[at, one.index] = where
        self._up_to(sound, done, length)
        last = own[-1][1] if own else None
        if last is not None and last.postgap and last is self.sheet.entries[-1]:
            self._pause(last.postgap)

    def _up_to(self, sound: Sound, done: int, end: int) -> int:
        if end > done:
            step = SAMPLES_PER_FRAME
            self.sound += sound.cut(done * step, end * step)
            self.at += end - done
        return max(done, end)

    def _pause(self, frames: int) -> None:
        frames = min(frames, _LONGEST)
        self.sound += silence(frames * SAMPLES_PER_FRAME)
        self.at += frames

    def _opened(
        self,
        file: FileEntry,
        own: list[tuple[int, Entry, list[Mark]]],
        sectors: list[int],
    ) -> tuple[int, Sound]:
        """Return a file's frames and sound; guess the frames of one that is missing."""
        latest = max((int(m.time) for _, _, marks in own for m in marks), default=0)
        guess = min(latest, _LONGEST) + MINIMUM_TRACK
        found = self._sound_file(file, own, sectors)
        if found is None:
            self.whole = False
            return guess, silence(guess * SAMPLES_PER_FRAME)
        self.findings.extend(found.findings)
        length = found.frames
        if length > _LONGEST:
            says = f"{file.name!r} is longer than any disc"
            self.findings.append(error("RB-LENGTH", says, place=self._place(file)))
            self.whole = False
            return guess, silence(guess * SAMPLES_PER_FRAME)
        odd = found.sound.length % SAMPLES_PER_FRAME
        if odd and file is not self.sheet.files[-1]:
            says = f"{file.name!r} ends {odd} samples into a CD frame; the rest is "
            says += "filled up with silence"
            way = "cut the files at CD frames, or the disc has a gap here"
            self.findings.append(
                warning("RB-GRID", says, place=self._place(file), help=way)
            )
        return length, found.sound.padded(length * SAMPLES_PER_FRAME)

    def _sound_file(
        self,
        file: FileEntry,
        own: list[tuple[int, Entry, list[Mark]]],
        sectors: list[int],
    ) -> SoundFile | None:
        there = beside(self.files, file.name, self.sheet.name)
        if there is None:
            says = f"{self.sheet.name!r} names {file.name!r}, which is not beside it"
            fault = error("SHEET-FILE", says, place=self._place(file))
            self.findings.append(fault)
            return None
        self._tell_name(file, there)
        try:
            if file.kind in ("BINARY", "MOTOROLA"):
                return self._image(file, there, own, sectors)
            return opened(self.files, there)
        except Refusal as refusal:
            where = self._place(file)
            self.findings.extend(
                replace(one, place=replace(one.place, line=where.line))
                for one in refusal.findings
            )
            return None

    def _image(
        self,
        file: FileEntry,
        there: str,
        own: list[tuple[int, Entry, list[Mark]]],
        sectors: list[int],
    ) -> SoundFile:
        """Return a raw image; data tracks in it stand as silence."""
        plain = raw(self.files, there, big_endian=file.kind == "MOTOROLA")
        data = [entry for _, entry, _ in own if entry.mode not in ("AUDIO",)]
        if not data:
            return plain
        listed = ", ".join(f"{entry.number:02}" for entry in data)
        says = f"the tracks {listed} are data and were not looked into"
        place = Place(file=self.sheet.name, line=data[0].line.number)
        self.findings.append(note("DISC-DATA", says, place=place))
        sound, at, time = Sound(), 0, 0
        starts = [int(marks[0].time) for _, _, marks in own]
        for step, (_, entry, _) in enumerate(own):
            end = starts[step + 1] if step + 1 < len(own) else None
            left = max(0, self.files.size(there) - at) // entry.sector
            frames = left if end is None else max(0, min(end - time, left))
            samples = frames * SAMPLES_PER_FRAME
            if entry.mode == "AUDIO":
                sound += plain.sound.cut(at // 4, at // 4 + samples)
            else:
                sound += silence(samples)
            at, time = at + frames * entry.sector, time + frames
        return SoundFile(sound=sound, findings=plain.findings)

    def _tell_name(self, file: FileEntry, there: str) -> None:
        wanted = file.name.replace("\\", "/")
        if there.rpartition("/")[2].casefold() != wanted.rpartition("/")[2].casefold():
            says = f"{file.name!r} is not there; {there!r} was read for it"
            self.findings.append(warning("SHEET-FILE", says, place=self._place(file)))
        elif "\\" in file.name or "/" in file.name:
            says = f"FILE {file.name!r} has a folder in its name"
            way = "put the audio beside the sheet: readers differ about folders"
            place = self._place(file)
            self.findings.append(warning("SHEET-FILE", says, place=place, help=way))

    def _place(self, file: FileEntry) -> Place:
        if file.line is None:
            return Place(file=self.sheet.name)
        return file.line.place

    def _check_leadout(self) -> None:
        """Compare the lead-out that metaflac wrote with the audio's length."""
        if self.sheet.leadout is None or not self.whole:
            return
        samples, line = self.sheet.leadout
        if samples != self.at * SAMPLES_PER_FRAME:
            says = f"the lead-out is at sample {samples:,}, the audio ends at "
            says += f"{self.at * SAMPLES_PER_FRAME:,}"
            line.say(self.findings, says)


def beside(files: Fileset, name: str, sheet: str) -> str | None:
    """Return the file that a sheet means by *name*: beside it, or under it.

    A path that leads elsewhere is taken for its last part; a file that was packed
    since (FLAC for WAV) is found by its stem.
    """
    folder = sheet.rpartition("/")[0]
    parts = [part for part in re.split(r"[/\\]", name) if part not in ("", ".")]
    if not parts or "\0" in name:
        return None
    inside = ".." not in parts and ":" not in parts[0]
    inside = inside and not name.startswith(("/", "\\"))
    tries = ["/".join(parts)] if inside else []
    tries.append(parts[-1])
    stem, dot, _ = parts[-1].rpartition(".")
    if dot and stem:
        endings = ("flac", "wav", "aiff", "bin", "mp3")
        tries += [f"{stem}.{ending}" for ending in endings]
    for each in tries:
        if there := find(files, f"{folder}/{each}" if folder else each):
            return there
    return None
