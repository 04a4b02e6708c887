"""The chains of a project, resolved: named chains put in, dropped stages taken out.

Every fault of every chain is told with its place, those of named chains once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from album.chain import BadStage, Stage, read_line, read_table_stage
from album.near import suggestion
from album.projecterrors import shown
from album.spans import Keys, Places
from album.words import StageFault
from delivery.findings import Finding, error

Chain = tuple[Stage, ...]

DEEPEST = 40
"""Named chains inside one another."""

LONGEST = 200
"""Stages of a chain, all named ones put in."""


def resolve(
    tables: dict[str, Any], places: Places
) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """Return *tables* with every list of stages resolved, and what is wrong with them.

    What is no list is left to whoever reads the table.
    """
    resolver = _Resolver(
        places=places,
        named=_table(tables.get("chain")),
        targets=_targets(tables),
        references=_references(tables, places),
    )
    for name, stages in resolver.named.items():
        if isinstance(stages, list):
            resolver.chain_named(name)
        else:
            message = f"{name} must be a list in [brackets], not {shown(stages)}"
            place = places.value("chain", name)
            resolver.findings.append(error("TYPE", message, place=place))
    resolved = tables
    for keys, stages in _chains(tables):
        if isinstance(stages, list):
            resolved = _with(resolved, keys, resolver.chain(keys, stages))
    if resolver.done:
        resolved = {**resolved, "chain": resolver.done}
    return resolved, tuple(resolver.findings)


@dataclass
class _Resolver:
    places: Places
    named: Mapping[str, Any]
    targets: frozenset[str]
    """The names that `only` may have."""
    references: tuple[Path, ...]
    """Those of [tone], for a match that names none."""
    findings: list[Finding] = field(default_factory=list)
    done: dict[str, Chain] = field(default_factory=dict)
    inside: list[str] = field(default_factory=list)
    """The named chains that are being resolved, the outermost first."""

    def chain_named(self, name: str) -> Chain:
        """Return the chain called *name*, resolved once."""
        if name not in self.done:
            stages = self.named[name]
            self.inside.append(name)
            known = isinstance(stages, list)
            self.done[name] = self.chain(("chain", name), stages) if known else ()
            self.inside.pop()
        return self.done[name]

    def chain(self, keys: Keys, stages: list[Any]) -> Chain:
        """Return the chain of the list at *keys*."""
        chain: list[Stage] = []
        for position, item in enumerate(stages):
            at = (*keys, position)
            text = item.strip() if isinstance(item, str) else ""
            try:
                if text[:1] in ("@", "-"):
                    chain = self.changed(chain, item, at)
                else:
                    chain.append(self.stage(item, at))
            except BadStage as bad:
                self.findings += (self.finding(fault, at, item) for fault in bad.faults)
            if len(chain) > LONGEST:
                message = f"a chain of more than {LONGEST} stages"
                place = self.places.value(*at)
                self.findings.append(error("CHAIN", message, place=place))
                return ()
        return tuple(chain)

    def stage(self, item: object, at: Keys) -> Stage:
        """Return the stage that *item* says. Raises BadStage."""
        folder = self.places.folder(*at)
        if isinstance(item, str):
            found = read_line(item, folder)
        elif isinstance(item, dict):
            found = read_table_stage(item, folder)
        else:
            says = "a stage of a chain is a text or a table with `kind`"
            raise BadStage([StageFault(says)])
        start, stop = found.spans.get("only", (0, 0))
        faults = []
        for name in found.stage.only:
            if name not in self.targets:
                says = f'there is no target or master "{name}"'
                way_out = suggestion(name, self.targets, "known are")
                first = start
                if isinstance(item, str):
                    first = item.index(name, item.index("only", start) + len("only"))
                    stop = first + len(name)
                fault = StageFault(says, first, stop, key="only", way_out=way_out)
                faults.append(fault)
        if faults:
            raise BadStage(faults)
        stage = self.referenced(found.stage)
        return replace(stage, place=self.places.value(*at))

    def referenced(self, stage: Stage) -> Stage:
        """Return a match without references with those of [tone]. Raises BadStage."""
        if stage.kind != "match" or stage.processor.references:
            return stage
        if not self.references:
            says = "match needs references, and [tone] has none"
            way_out = "write references 'refs/*.flac' after it, or [tone] references"
            raise BadStage([StageFault(says, 0, len("match"), way_out=way_out)])
        processor = replace(stage.processor, references=self.references)
        return replace(stage, processor=processor)

    def changed(self, chain: list[Stage], item: str, at: Keys) -> list[Stage]:
        """Return *chain* after "@name" or "-name". Raises BadStage."""
        word, *more = item.split()
        start = item.index(word)
        stop = start + len(word)
        name = word[1:]
        if more:
            begin = item.index(more[0], stop)
            says = f'nothing may follow "{word}"'
            raise BadStage([StageFault(says, begin, len(item.rstrip()))])
        if not name:
            raise BadStage([StageFault(f'"{word}" names nothing', start, stop)])
        if word[0] == "@":
            return chain + self.inserted(name, start + 1, stop)
        return _dropped(chain, name, start + 1, stop)

    def inserted(self, name: str, start: int, stop: int) -> list[Stage]:
        """Return the stages of the chain called *name*. Raises BadStage."""
        if name not in self.named:
            says = f'no chain is called "{name}"'
            way_out = suggestion(name, self.named, "known are")
            raise BadStage([StageFault(says, start, stop, way_out=way_out)])
        if name in self.inside:
            round_ = " → ".join([*self.inside[self.inside.index(name) :], name])
            says = f'the chain "{name}" would contain itself: {round_}'
            raise BadStage([StageFault(says, start, stop)])
        if len(self.inside) > DEEPEST:
            says = f"named chains stand {DEEPEST} deep inside one another"
            raise BadStage([StageFault(says, start, stop)])
        return [
            replace(stage, via=(name, *stage.via)) for stage in self.chain_named(name)
        ]

    def finding(self, fault: StageFault, at: Keys, item: object) -> Finding:
        """Return *fault* with its place."""
        place = self.places.value(*at)
        if isinstance(item, str):
            place = self.places.inside(at, item, fault.start, fault.stop)
        elif fault.key:
            keys = (*at, fault.key)
            found = self.places.key if fault.at_key else self.places.value
            place = found(*keys)
        return error(fault.rule, fault.says, place=place, help=fault.way_out)


def _dropped(chain: list[Stage], name: str, start: int, stop: int) -> list[Stage]:
    """Return *chain* less what named chains brought in as *name*. Raises BadStage."""
    brought = [stage for stage in chain if stage.via]
    if any(name in (stage.kind, stage.name) for stage in brought):
        return [
            stage
            for stage in chain
            if not (stage.via and name in (stage.kind, stage.name))
        ]
    known = {stage.kind for stage in brought} | {stage.name for stage in brought} - {""}
    says = f'there is no "{name}" to drop'
    way_out = suggestion(name, known, "the named chains before it brought in")
    if not brought:
        way_out = "only what a named chain before it brought in can be dropped"
    elif any(name in (stage.kind, stage.name) for stage in chain):
        way_out = "what this chain has of its own is taken out by removing its line"
    raise BadStage([StageFault(says, start, stop, way_out=way_out)])


def _targets(tables: dict[str, Any]) -> frozenset[str]:
    """Return the targets and masters of the project, the master "main" always."""
    delivered = _table(tables.get("deliver", {"cd": {}, "streaming": {}}))
    return frozenset({*delivered, *_table(tables.get("master")), "main"})


def _references(tables: dict[str, Any], places: Places) -> tuple[Path, ...]:
    """Return the patterns of [tone] references, with their folder."""
    patterns = _table(tables.get("tone")).get("references")
    if not isinstance(patterns, list):
        return ()
    folder = places.folder("tone", "references")
    return tuple(folder / each for each in patterns if isinstance(each, str))


def _chains(tables: dict[str, Any]) -> Iterator[tuple[Keys, Any]]:
    """Yield every place in which a chain may stand but [chain] itself."""
    for song, table in _table(tables.get("song")).items():
        if "chain" in _table(table):
            yield ("song", song, "chain"), table["chain"]
        for stem, part in _table(_table(table).get("stems")).items():
            if "chain" in _table(part):
                yield ("song", song, "stems", stem, "chain"), part["chain"]
    for master, table in _table(tables.get("master")).items():
        if "chain" in _table(table):
            yield ("master", master, "chain"), table["chain"]


def _with(tables: dict[str, Any], keys: Keys, chain: Chain) -> dict[str, Any]:
    """Return *tables* with *chain* at *keys*."""
    first, *rest = keys
    inner = _with(tables[str(first)], tuple(rest), chain) if rest else chain
    return {**tables, str(first): inner}


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
