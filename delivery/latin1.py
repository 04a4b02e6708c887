"""Latin-1, the alphabet of CD-TEXT, and the nearest ASCII for what is outside it.

CD-TEXT of a Western disc is ISO 8859-1 without control characters; anything else
comes out garbled on players.
"""

import unicodedata

_NEAREST = {
    "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "O", "ø": "o", "ß": "ss",
    "ẞ": "SS", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Ð": "D", "ð": "d",
    "Þ": "Th", "þ": "th", "ı": "i", "Ħ": "H", "ħ": "h", "Ŧ": "T", "ŧ": "t",
    "Ŋ": "Ng", "ŋ": "ng", "ĸ": "k", "Ə": "E", "ə": "e", "Ɨ": "I", "ɨ": "i",
    "‘": "'", "’": "'", "‚": ",", "‛": "'", "′": "'", "ʹ": "'", "ʻ": "'",
    "ʼ": "'", "´": "'", "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"',
    "«": '"', "»": '"', "‹": "'", "›": "'", "‐": "-", "‑": "-", "‒": "-",
    "–": "-", "—": "-", "―": "-", "−": "-", "\u00ad": "", "…": "...", "•": "*",
    "·": ".", "⁄": "/", "∕": "/", "×": "x", "÷": "/", "±": "+/-", "¡": "",
    "¿": "", "§": "S.", "¶": "P.", "©": "(C)", "®": "(R)", "™": "TM",
    "℗": "(P)", "№": "No.", "°": "deg", "€": "EUR", "£": "GBP", "¥": "JPY",
    "¢": "c", "¦": "|", "♯": "#", "♭": "b", "¬": "-", "µ": "u", "¤": "*",
    "¨": '"', "¯": "-", "¸": ",", "\u2060": "", "\u200b": "", "\ufeff": "",
}  # fmt: skip
"""Letters that NFKD leaves alone or takes apart badly."""


class NoFallbackError(ValueError):
    """A text with letters that have no ASCII likeness."""


def unwritable(text: str) -> tuple[tuple[int, str], ...]:
    """Return place (from 1) and letter of all that CD-TEXT cannot hold."""
    return tuple(
        (place, letter)
        for place, letter in enumerate(text, 1)
        if ord(letter) > 0xFF or unicodedata.category(letter) == "Cc"
    )


def ascii_fallback(text: str) -> str:
    """Return *text* in the nearest ASCII; never a question mark for a lost letter.

    Raises NoFallbackError, naming the letter, where nothing is near (日, Ж).
    """
    return "".join(_nearest(letter, text) for letter in text)


def _nearest(letter: str, text: str) -> str:
    if " " <= letter <= "~":
        return letter
    if letter in _NEAREST:
        return _NEAREST[letter]
    if unicodedata.category(letter) in {"Zs", "Zl", "Zp", "Cc"}:
        return " "
    if unicodedata.category(letter) == "Mn":
        return ""  # an accent on its own, written apart from its letter
    apart = unicodedata.normalize("NFKD", letter)
    if apart == letter:
        raise NoFallbackError(f"{letter!r} in {text!r} has no likeness in ASCII")
    return "".join(_nearest(part, text) for part in apart)
