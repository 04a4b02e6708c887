"""The files of a form: one a track, with its name, and what it says of itself."""

from collections.abc import Iterator, Sequence

from album import disclayout, embedded, receiving
from album.onefile import File
from album.work import Work
from delivery.coding.table import Form
from delivery.files import Said
from delivery.names import file_names
from delivery.program import Piece
from delivery.tags import for_piece


def pieces(work: Work) -> tuple[Piece, ...]:
    """Return the programme, cut at its marks."""
    return disclayout.pieces(work.album, work.disc.timeline)


def by_rate(forms: Sequence[Form], rate: int) -> dict[int, list[Form]]:
    """Return *forms* by the rate of their files, of a master at *rate*."""
    rates: dict[int, list[Form]] = {}
    for each in forms:
        rates.setdefault(each.coding.rate_for(rate), []).append(each)
    return rates


def listed(work: Work, form: Form) -> Iterator[File]:
    """Yield the files of *form*, in the folder that is made for them."""
    target, timeline = work.deliverable, work.disc.timeline
    release = disclayout.release(work.album, timeline)
    folder = work.folder(work.target) / target.folder(form)
    folder.mkdir(exist_ok=True)
    names = file_names(
        [named(work, piece, form) for piece in pieces(work)],
        form.coding.suffix,
        target.naming,
        ascii_only=target.kind.ascii,
    )
    copied = list(embedded.remark(work.album, target, form))
    for piece, name in zip(pieces(work), names.names, strict=True):
        yield File(
            form=form,
            label=target.label(form),
            path=folder / name,
            piece=piece,
            song=receiving.song_of(timeline, piece),
            said=Said(
                tagging=for_piece(release, piece, len(timeline.cues)),
                cover=embedded.cover(work.album, target, form),
                policy=target.policy(form),
                container=target.container(form),
            ),
            levels=target.replaygain and target.policy(form) == "full",
            received=receiving.measured(work.album, target, form),
            remarks=(
                *copied,
                *(one for one in names.findings if one.place.track == piece.number),
            ),
        )
        copied.clear()


def trials(work: Work, form: Form) -> Iterator[File]:
    """Yield files of *form* that are tried only: nobody is given them."""
    timeline = work.disc.timeline
    release = disclayout.release(work.album, timeline)
    for piece in pieces(work):
        name = f"{work.target}-{timeline.number}-{piece.number}"
        kind = form.name.replace(" ", "-")
        yield File(
            form=form,
            label=form.title,
            path=work.staging / f"{name}-{kind}.{form.coding.suffix}",
            piece=piece,
            song=receiving.song_of(timeline, piece),
            said=Said(tagging=for_piece(release, piece, 0), policy="none"),
        )


def named(work: Work, piece: Piece, form: Form) -> dict[str, str | int]:
    """Return what a naming pattern may say of a file."""
    meta = work.album.meta
    return {
        "track": piece.number,
        "disc": work.disc.timeline.number,
        "rate": form.coding.rate_for(work.deliverable.rate_for(work.programme.rate)),
        "bits": work.deliverable.bits,
        "title": piece.texts.title,
        "artist": piece.texts.performer or meta.artist,
        "album": meta.title,
        "album_artist": meta.artist,
        "isrc": piece.isrc,
        "catalogue": meta.catalogue,
        "ean": meta.ean,
        "coding": form.coding.title,
        "quality": form.quality.text if form.quality else "",
    }
