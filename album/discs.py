"""From the items of an order to discs: what stands at each boundary, and the rules."""

from dataclasses import dataclass, field

from album.order import Between, Break, Item, Play, Reading, Setting, spaced
from album.running import (
    Crossfade,
    Disc,
    Entry,
    Fill,
    Join,
    RoomTone,
    Segue,
    Silence,
    Spacing,
)
from delivery.findings import Finding, Place, error, warning


def resolve(reading: Reading) -> tuple[tuple[Disc, ...], tuple[Finding, ...]]:
    """Return the discs of an order, and everything that is wrong with it."""
    sequencer = _Sequencer(reading.setting, list(reading.findings))
    for item in reading.items:
        sequencer.take(item)
    sequencer.finish()
    sequencer.findings += unused(reading)
    return tuple(sequencer.discs), tuple(sequencer.findings)


def unused(reading: Reading) -> list[Finding]:
    """Return a warning for each song of the file that nothing plays."""
    setting = reading.setting
    played = {item.song for item in reading.items if isinstance(item, Play)}
    return [
        warning(
            "SEQ-UNUSED",
            f'"{song}" is not in the order and will not be on the album',
            place=setting.places.key("song", song),
            help=f'add "{song}" to `order`, or remove the song',
        )
        for song in setting.songs
        if song not in played and song != setting.pregap
    ]


@dataclass
class _Sequencer:
    setting: Setting
    findings: list[Finding]
    discs: list[Disc] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    opening: tuple[Fill, ...] = ()
    pending: list[Between] = field(default_factory=list)
    played: dict[str, Place] = field(default_factory=dict)
    started: bool = False
    """Whether the first disc has been announced or begun."""

    def take(self, item: Item) -> None:
        match item:
            case Play():
                self.play(item)
            case Between():
                self.pending.append(item)
            case Break():
                self.next_disc(item)
        self.started = True

    def fail(
        self, rule: str, message: str, place: Place, way_out: str | None = None
    ) -> None:
        self.findings.append(error(rule, message, place=place, help=way_out))

    def play(self, item: Play) -> None:
        if item.known:
            self.once(item)
        join: Join | None = None
        if self.entries:
            join = self.join(self.entries[-1].song)
        else:
            self.opening = self.edge("before the first song of a disc")
            if item.hidden:
                message = (
                    f'"{item.song}" is hidden, but no song of its disc is before it'
                )
                way_out = f'[deliver.cd] pregap = "{item.song}" hides it before track 1'
                self.fail("SEQ-HIDDEN", message, item.place, way_out)
        self.pending = []
        self.entries.append(Entry(item.song, item.hidden, join, item.place))

    def once(self, item: Play) -> None:
        if item.song == self.setting.pregap:
            message = f'"{item.song}" is the song before track 1 and is ordered too'
            way_out = "take it out of `order`, or remove `pregap` from [deliver.cd]"
            self.fail("SEQ-TWICE", message, item.place, way_out)
        elif earlier := self.played.get(item.song):
            message = f'"{item.song}" is ordered twice'
            way_out = (
                f"it is played first at line {earlier.line}, column {earlier.column}"
            )
            self.fail("SEQ-TWICE", message, item.place, way_out)
        self.played.setdefault(item.song, item.place)

    def join(self, outgoing: str) -> Join:
        """Return what the pending items say about the boundary after *outgoing*."""
        if not self.pending:
            place = self.setting.places.value("sequence", "gap")
            fill = Silence(self.setting.gap)
            self.needs_tempo(fill, outgoing, place)
            return Spacing((fill,))
        self.not_twice()
        fills: list[Fill] = []
        for item in self.pending:
            if not isinstance(item.part, Segue):
                self.needs_tempo(item.part, outgoing, item.place)
            if not isinstance(item.part, Silence | RoomTone):
                return item.part
            fills.append(item.part)
        return Spacing(tuple(fills))

    def not_twice(self) -> None:
        """Fail where the pending items contradict one another."""
        first = self.pending[0]
        gap = first if first.kind == "gap" else None
        for item in self.pending[1:]:
            if not (spaced(first) and spaced(item)):
                message = (
                    f'"{item.text}" contradicts "{first.text}" between the same songs'
                )
                self.fail("SEQ-GAPTWICE", message, item.place, "keep one of the two")
            elif item.kind == "gap" and gap is not None:
                message = f'"{item.text}" is a second gap after "{gap.text}"'
                way_out = 'keep one, or write "silence …" for what is to be added'
                self.fail("SEQ-GAPTWICE", message, item.place, way_out)
            elif item.kind == "gap":
                gap = item

    def edge(self, where: str) -> tuple[Fill, ...]:
        """Return the pending items as fills at the edge of a disc."""
        fills: list[Fill] = []
        for item in self.pending:
            if item.kind in ("silence", "roomtone"):
                assert isinstance(item.part, Silence | RoomTone)
                outgoing = self.entries[-1].song if self.entries else None
                self.needs_tempo(item.part, outgoing, item.place)
                fills.append(item.part)
            else:
                message = f'"{item.text}" stands {where}, where it has no second song'
                way_out = 'only "silence" and "roomtone" may stand there'
                self.fail("SEQ-EDGE", message, item.place, way_out)
        return tuple(fills)

    def needs_tempo(
        self, part: Fill | Crossfade, outgoing: str | None, place: Place
    ) -> None:
        if not part.length.musical:
            return
        if outgoing is None:
            message = f'"{part.length}" has no song before it whose tempo it could have'
            self.fail("UNIT", message, place, "write a time in seconds")
        elif self.setting.songs.get(outgoing, 0) is None:
            message = f'"{part.length}" needs the tempo of "{outgoing}", which has none'
            self.fail("UNIT", message, place, f"add `bpm` to the song {outgoing}")

    def next_disc(self, item: Break) -> None:
        expected = len(self.discs) + 1
        if self.entries:
            self.end_disc("at the end of a disc")
            expected += 1
        elif self.started:
            message = f"disc {expected} has no songs"
            return self.fail("SEQ-DISC", message, item.place)
        elif item.number is None:
            message = '"disc" starts the next disc, and no song is before it'
            return self.fail("SEQ-DISC", message, item.place, 'write "disc 1" or none')
        if item.number not in (None, expected):
            message = f'"{item.text}" starts disc {expected}'
            self.fail("SEQ-DISC", message, item.place, f'write "disc {expected}"')
        return None

    def end_disc(self, where: str) -> None:
        closing = self.edge(where)
        place = self.setting.places.value("sequence", "tail")
        self.needs_tempo(Silence(self.setting.tail), self.entries[-1].song, place)
        self.discs.append(
            Disc(len(self.discs) + 1, tuple(self.entries), self.opening, closing)
        )
        self.entries, self.opening, self.pending = [], (), []

    def finish(self) -> None:
        if self.entries:
            self.end_disc("after the last song")
        elif self.discs:
            message = f"disc {len(self.discs) + 1} has no songs"
            self.fail(
                "SEQ-DISC", message, self.setting.places.value("sequence", "order")
            )
        else:
            message = "the order plays no song"
            self.fail(
                "SEQ-EMPTY", message, self.setting.places.value("sequence", "order")
            )
