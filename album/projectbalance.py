"""How the record is balanced, as written: the tables [loudness] and [tone]."""

from typing import Annotated, Literal

from pydantic import Field

from album.projectfields import Listed, Table, number


class Loudness(Table):
    """How the songs are balanced against one another."""

    method: Literal["loud-part", "integrated", "none"] = Field(
        default="loud-part",
        description="What is matched. Without a [loudness] table nothing is, with one "
        "the loud part of the songs.",
    )
    target_lufs: Annotated[float, number(-70, 0)] | None = Field(
        default=None,
        description="Loudness of a typical song. Default: the record's own.",
    )
    amount: Annotated[float, number(0, 1)] = Field(
        default=0.8, description="0 leaves the mixes' own levels, 1 matches exactly."
    )
    ceiling_dbtp: Annotated[float, number(-20, 0)] = Field(
        default=-1.0, description="True-peak ceiling."
    )


UNBALANCED = Loudness(method="none")
"""What holds where the project file has no [loudness]."""


_GENTLE_DB, _WHOLE_DB = 3.0, 4.5
"""The largest move of a band where none is said: of little, and of a whole, amount."""


class Tone(Table):
    """How far the songs' tone moves towards the record's."""

    amount: Annotated[float, number(0, 1)] = Field(
        default=0.0,
        description="How near songs that stand out are brought to the record: 0 leaves "
        "all alone, 1 brings them to within 0.25 dB of its average.",
    )
    max_eq_db: Annotated[float | None, number(0, 24)] = Field(
        default=None,
        description="The largest move of any band. Default 3, or 4.5 times the "
        "amount where that is more.",
    )
    references: Annotated[tuple[str, ...], Listed] = Field(
        default=(),
        description="Files or patterns of reference recordings, relative to this file.",
    )
    phase: Literal["minimum", "linear"] = Field(
        default="minimum", description="Phase of the moves. Default minimum."
    )

    @property
    def most_db(self) -> float:
        """Return the largest move of any band: a small amount stays gentle."""
        if self.max_eq_db is not None:
            return self.max_eq_db
        return max(_GENTLE_DB, _WHOLE_DB * self.amount)
