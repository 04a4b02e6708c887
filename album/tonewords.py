"""The words of tone and dynamics: one row each."""

from album.amounts import FREQUENCY, LENGTH, LEVEL, QUALITY, RATIO, SHARE, SLOPE
from album.bands import Bands
from album.grammar import Part, Row, Variant, among, may, must
from album.values import Choice, Number, Several

_SIDES = "Only this part of the image; without it, the whole."

_BAND = Variant(("frequency_hz", "gain_db"), ("q", "phase", "channel"))
_FILTER = Variant(("frequency_hz",), ("slope_db_oct", "q", "phase", "channel"))

EQ = Row(
    kind="eq",
    target="dsp.eq:Eq",
    says="Equaliser, one band.",
    chooser="shape",
    variants={
        "bell": _BAND,
        "lowshelf": _BAND,
        "highshelf": _BAND,
        "tilt": Variant(("frequency_hz", "gain_db"), ("phase", "channel")),
        "notch": Variant(("frequency_hz",), ("q", "channel")),
        "highpass": _FILTER,
        "lowpass": _FILTER,
    },
    parts=(
        may("frequency_hz", Number(FREQUENCY), "Its centre or corner."),
        may("gain_db", Number(LEVEL), "Boost or cut; of a tilt, that of the treble."),
        may("q", Number(QUALITY), "How narrow it is."),
        may("slope_db_oct", Number(SLOPE, whole=True), "How steep it is."),
        may("phase", among("minimum", "linear"), "The phase.", "phase"),
        may("channel", among("mid", "side", "left", "right"), _SIDES, "on"),
    ),
    examples=(
        "eq bell 850Hz -0.65dB Q1.1",
        "eq lowshelf 100Hz 1.5dB",
        "eq highshelf 12kHz 2dB phase linear",
        "eq tilt 1kHz 0.5dB",
        "eq notch 50Hz Q30",
        "eq highpass 22Hz 12dB/oct",
        "eq lowpass 18kHz 24dB/oct",
    ),
)

COMP = Row(
    kind="comp",
    target="dsp.compressor:Compressor",
    says="Compressor.",
    parts=(
        must("ratio", Number(RATIO), "dB in for one dB out, above the threshold."),
        must("threshold_db", Number(LEVEL, "-18dB"), "Where it begins.", "threshold"),
        may("attack_ms", Number(LENGTH), "How fast the level goes down.", "attack"),
        may(
            "release_ms", Number(LENGTH, "200ms"), "How fast it comes back.", "release"
        ),
        Part(
            name="auto_release",
            word="release",
            bare=True,
            value=Choice({"auto": True}),
            says="The release follows the music.",
        ),
        may("knee_db", Number(LEVEL, "6dB"), "Over how much it sets in.", "knee"),
        may("detector", among("rms", "peak"), "What is measured.", "detector"),
        may(
            "lookahead_ms",
            Number(LENGTH, "5ms"),
            "How far ahead the detector hears.",
            "lookahead",
        ),
        may(
            "sidechain_highpass_hz",
            Number(FREQUENCY, "90Hz"),
            "The detector does not hear what lies below.",
            "sidechain-hp",
        ),
        may("mix", Number(SHARE), "How much of the result is compressed.", "mix"),
        may("makeup_db", Number(LEVEL, "1dB"), "Gain of what is compressed.", "makeup"),
        may("link", Number(SHARE, "100%"), "How far both channels go alike.", "link"),
        may("channel", among("mid", "side", "left", "right"), _SIDES, "on"),
    ),
    examples=(
        "comp 1.5:1 threshold -18dB attack 30ms release auto sidechain-hp 90Hz mix 60%",
    ),
)

TONE = (
    EQ,
    COMP,
    Row(
        kind="multiband",
        target="dsp.multiband:Multiband",
        says="Compressors for bands that sum flat.",
        parts=(
            must("corners_hz", Several(FREQUENCY), "Where the bands meet, rising."),
            may("phase", among("linear", "minimum"), "Of the crossovers.", "phase"),
            must("bands", Bands(COMP), "From the lowest up, each compressed or `off`."),
        ),
        examples=(
            "multiband 120Hz 3kHz / 2:1 threshold -20dB attack 30ms / off"
            " / 1.5:1 threshold -24dB",
        ),
    ),
    Row(
        kind="deess",
        target="dsp.deesser:Deesser",
        says="De-esser.",
        parts=(
            must("frequency_hz", Number(FREQUENCY, "6.8kHz"), "Where the esses are."),
            must("reduction_db", Number(LEVEL, "2dB"), "The most that is taken away."),
            may("mode", among("split", "wide"), "Turn down the treble, or all."),
            may(
                "threshold_db",
                Number(LEVEL, "-8dB"),
                "Where it begins: esses against the rest.",
                "threshold",
            ),
            may("release_ms", Number(LENGTH, "60ms"), "How fast it ends.", "release"),
            may("channel", among("mid", "side", "left", "right"), _SIDES, "on"),
        ),
        examples=("deess 6.8kHz 2dB",),
    ),
    Row(
        kind="tape",
        target="dsp.saturation:Tape",
        says="Tape.",
        parts=(must("amount", Number(SHARE, "10%"), "How much."),),
        examples=("tape 10%",),
    ),
    Row(
        kind="saturate",
        target="dsp.saturation:Saturate",
        says="Saturation.",
        parts=(
            must("amount", Number(SHARE, "15%"), "How much."),
            may("curve", among("odd", "even"), "Which harmonics."),
        ),
        examples=("saturate 15%",),
    ),
    Row(
        kind="clip",
        target="dsp.clip:Clip",
        says="Clipper.",
        parts=(
            must("ceiling_db", Number(LEVEL, "-1dB"), "The level nothing passes."),
            may("shape", among("soft", "hard"), "How it bends."),
        ),
        examples=("clip -1dB",),
    ),
)
