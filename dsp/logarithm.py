"""Logarithm and power of two over arrays: polynomials on the bits of the floats.

Vector code throughout, which numpy's and the C library's own are not inside a kernel.
Both are within 1e-12 of the true value (relative for `exp2`, absolute for `log2`), and
exact where sound depends on it: the logarithm of 1 is 0, two to the power 0 is 1.
Source: ``formats/dsp.md`` §1.5.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import exact

Floats = NDArray[np.float64]

# Whole numbers below 2^52, written into the mantissa of 2^52, are that float: AVX2 has
# no conversion from 64-bit integers.
_TWO_52 = 4503599627370496.0
_TWO_52_BITS = np.int64(0x4330_0000_0000_0000)
_ONE_BITS = np.int64(0x3FF0_0000_0000_0000)
# Added to a float's bits this carries into the exponent where the mantissa is at least
# √2, so that what remains lies in √½ … √2.
_ROUND = np.int64(0x3FF0_0000_0000_0000 - 0x3FE6_A09E_667F_3BCD)
_BIASED_TWO_52 = _TWO_52 + 1023.0
# Added to a float of modest size this leaves its nearest integer in the last bits.
_NEAREST = 6755399441055744.0

# 2/ln 2 · artanh(s): the odd terms of its series as far as they are heard, and the last
# one raised to stand for the rest.
_L0 = 2.8853900817779268
_L1 = 0.9617966939259756
_L2 = 0.5770780163555853
_L3 = 0.4121985831111324
_L4 = 0.3205988979753252
_L5 = 0.2623081892525388
_L6 = 0.2219530832136687
_L7 = 0.2066

# 2^r for r in -½ … ½: the Taylor series in r ln 2.
_E1 = 0.6931471805599453
_E2 = 0.24022650695910072
_E3 = 0.05550410866482158
_E4 = 0.009618129107628477
_E5 = 0.0013333558146428443
_E6 = 0.0001540353039338161
_E7 = 1.525273380405984e-05
_E8 = 1.3215486790144307e-06
_E9 = 1.0178086009239699e-07
_E10 = 7.054911620801121e-09


@exact
def log2(values: Floats, room: Floats, out: Floats) -> None:
    """Write the binary logarithm of *values*, all of them normal and above 0.

    *room* is as long, to work in.
    """
    bits = values.view(np.int64)
    mantissa = room.view(np.int64)
    exponent = out.view(np.int64)
    for i in range(len(values)):
        biased = (bits[i] + _ROUND) >> 52
        mantissa[i] = bits[i] - (biased << 52) + _ONE_BITS
        exponent[i] = biased | _TWO_52_BITS
    for i in range(len(values)):
        s = (room[i] - 1.0) / (room[i] + 1.0)
        z = s * s
        series = _L7
        series = series * z + _L6
        series = series * z + _L5
        series = series * z + _L4
        series = series * z + _L3
        series = series * z + _L2
        series = series * z + _L1
        series = series * z + _L0
        out[i] = s * series + (out[i] - _BIASED_TWO_52)


@exact
def exp2(values: Floats, room: Floats, out: Floats) -> None:
    """Write two to the power of *values*, which lie within ±1000; *room* is as long."""
    power = room.view(np.int64)
    for i in range(len(values)):
        room[i] = values[i] + _NEAREST
    for i in range(len(values)):
        r = values[i] - (room[i] - _NEAREST)
        series = _E10
        series = series * r + _E9
        series = series * r + _E8
        series = series * r + _E7
        series = series * r + _E6
        series = series * r + _E5
        series = series * r + _E4
        series = series * r + _E3
        series = series * r + _E2
        series = series * r + _E1
        out[i] = series * r + 1.0
    for i in range(len(values)):
        power[i] = (power[i] << 52) + _ONE_BITS
    for i in range(len(values)):
        out[i] *= room[i]
