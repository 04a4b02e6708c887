"""The words of level, image, time and repair: one row each."""

from album.amounts import COUNT, FREQUENCY, LENGTH, LEVEL, SAMPLES, SHARE, SLOPE, TIME
from album.grammar import Part, Row, Values, among, may, must
from album.values import Choice, Number, Points


def _stretch(begin: str, end: str) -> tuple[Part, Part]:
    """Return the parts of a stretch of the mix, with times to show."""
    return (
        Part(
            name="from_s",
            word="from",
            bare=True,
            terse=True,
            required=True,
            value=Number(TIME, begin),
            says="Where it begins, in the time of the mix.",
        ),
        must("to_s", Number(TIME, end), "Where it ends.", "to"),
    )


def _signed(said: Values) -> Values:
    """Return a balance as the processor has it: a gain of the right side."""
    return {"gain_db": said["gain_db"] * (1.0 if said["side"] == "right" else -1.0)}


def _sided(there: Values) -> Values:
    """Return a balance as it is said: how much, and to which side."""
    side = "left" if there["gain_db"] < 0 else "right"
    return {"gain_db": abs(there["gain_db"]), "side": side}


IMAGE = (
    Row(
        kind="gain",
        target="dsp.placing:Gain",
        says="Gain at this point.",
        parts=(must("gain_db", Number(LEVEL, "1dB"), "How much."),),
        examples=("gain 1dB",),
    ),
    Row(
        kind="width",
        target="dsp.image:Width",
        says="Width of the stereo image.",
        parts=(
            must("width", Number(SHARE, "105%"), "0 % is mono, 100 % as it was."),
            may("above_hz", Number(FREQUENCY, "250Hz"), "Only from here up.", "above"),
            may("from_s", Number(TIME, "1:20"), "Only from this time on.", "from"),
            may("to_s", Number(TIME, "1:50"), "Only up to this time.", "to"),
        ),
        examples=("width 105%", "width 110% above 250Hz from 1:20 to 1:50"),
    ),
    Row(
        kind="mono",
        target="dsp.image:MonoBelow",
        says="Mono bass.",
        parts=(
            must("frequency_hz", Number(FREQUENCY, "120Hz"), "Mono up to it.", "below"),
            may(
                "slope_db_oct", Number(SLOPE, whole=True), "How fast the sides set in."
            ),
        ),
        examples=("mono below 120Hz",),
    ),
    Row(
        kind="balance",
        target="dsp.placing:Balance",
        says="One side against the other.",
        parts=(
            must("gain_db", Number(LEVEL, "0.5dB"), "How much towards that side."),
            must("side", among("left", "right"), "Which side."),
        ),
        into=_signed,
        outof=_sided,
        examples=("balance 0.5dB right",),
    ),
    Row(
        kind="swap",
        target="dsp.placing:Swap",
        says="Left and right change places.",
        examples=("swap",),
    ),
    Row(
        kind="polarity",
        target="dsp.placing:Polarity",
        says="Polarity turned over.",
        parts=(must("channel", among("left", "right", "both"), "Of what."),),
        examples=("polarity left",),
    ),
    Row(
        kind="delay",
        target="dsp.placing:Delay",
        says="Delay of one channel.",
        parts=(
            may("ms", Number(LENGTH, "0.3ms"), "How late."),
            may("samples", Number(SAMPLES), "How late, in samples of the mix."),
            may("channel", among("left", "right", "both"), "Which; both, if none."),
        ),
        one_of=("ms", "samples"),
        examples=("delay 0.3ms right", "delay 12samples left"),
    ),
    Row(
        kind="ride",
        target="dsp.ride:Ride",
        says="Gain by section.",
        parts=(
            must("points", Points(), "From each time of the mix on, its gain."),
            may("glide_ms", Number(LENGTH, "50ms"), "How long a change takes.", "over"),
        ),
        examples=("ride 2:10 -1dB 2:32 0dB",),
    ),
)

REPAIR = (
    Row(
        kind="dc",
        target="dsp.dc:Dc",
        says="Takes away a constant offset.",
        examples=("dc",),
    ),
    Row(
        kind="deemphasis",
        target="dsp.emphasis:Deemphasis",
        says="Takes the pre-emphasis off what came from an early disc or tape.",
        examples=("deemphasis",),
    ),
    Row(
        kind="declick",
        target="dsp.declick:Declick",
        says="Takes away clicks.",
        parts=(may("sensitivity", Number(SHARE, "50%"), "How faint a click may be."),),
        examples=("declick",),
    ),
    Row(
        kind="dehum",
        target="dsp.dehum:Dehum",
        says="Takes away hum.",
        parts=(
            must("frequency_hz", Number(FREQUENCY, "50Hz"), "That of the mains."),
            may("harmonics", Number(COUNT, whole=True), "How many.", "harmonics"),
            may("width_hz", Number(FREQUENCY, "2Hz"), "Of each notch.", "width"),
            may("tune", Choice({"fixed": False}), "Do not look for the exact hum."),
        ),
        examples=("dehum 50Hz",),
    ),
    Row(
        kind="denoise",
        target="dsp.denoise:Denoise",
        says="Takes away some noise.",
        parts=(
            must("reduction_db", Number(LEVEL, "6dB"), "The most."),
            must("from_s", Number(TIME, "0s"), "Where the noise is alone.", "from"),
            must("to_s", Number(TIME, "1.5s"), "And up to where.", "to"),
        ),
        examples=("denoise 6dB from 0s to 1.5s",),
    ),
    Row(
        kind="mute",
        target="dsp.repair:Mute",
        says="Silence for a stretch.",
        parts=_stretch("1:02.3", "1:02.5"),
        examples=("mute 1:02.3 to 1:02.5",),
    ),
    Row(
        kind="repair",
        target="dsp.repair:Repair",
        says="A short stretch made anew from what surrounds it.",
        parts=_stretch("1:02.331", "1:02.334"),
        examples=("repair 1:02.331 to 1:02.334",),
    ),
)
