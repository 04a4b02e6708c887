"""Genres of CD-TEXT: one code of a short table, and the genre in free words.

Source: ``formats/redbook.md`` §3.5. Codes 26 and 27 are disputed between lists.
"""

NOT_DEFINED = 1

NAMES = (
    "Not Used", "Not Defined", "Adult Contemporary", "Alternative Rock",
    "Childrens Music", "Classical", "Contemporary Christian", "Country", "Dance",
    "Easy Listening", "Erotic", "Folk", "Gospel", "Hip Hop", "Jazz", "Latin",
    "Musical", "New Age", "Opera", "Operetta", "Pop Music", "Rap", "Reggae",
    "Rock Music", "Rhythm & Blues", "Sound Effects", "Spoken Word", "World Music",
)  # fmt: skip
"""Names by code."""

_CODES = {name.casefold(): code for code, name in enumerate(NAMES) if code > 1}
_CODES |= {
    "alternative": 3, "children's music": 4, "christian": 6, "hip-hop": 13,
    "musicals": 16, "pop": 20, "rock": 23, "r&b": 24, "rhythm and blues": 24,
    "rnb": 24, "world": 27,
}  # fmt: skip


def coded(genre: str) -> tuple[int, str]:
    """Return the code of *genre* and the words beside it.

    A name of the table, or a short form such as Rock, has its code. "Rock Music
    (Indie)" is code 23 with the words Indie. What the table does not know has the
    code "not defined" with its own name as the words: nothing is guessed.
    """
    if code := _CODES.get(genre.casefold()):
        return code, genre
    for code, name in enumerate(NAMES):
        words = genre[len(name) + 2 : -1]
        if code > NOT_DEFINED and genre == f"{name} ({words})" and words.strip():
            return (code, words) if _code(words) != code else (NOT_DEFINED, genre)
    return NOT_DEFINED, genre


def worded(code: int, words: str) -> str:
    """Return the genre that *code* and the *words* beside it stand for."""
    if not NOT_DEFINED < code < len(NAMES):
        return words
    if not words:
        return NAMES[code]
    return words if _code(words) == code else f"{NAMES[code]} ({words})"


def _code(genre: str) -> int | None:
    return _CODES.get(genre.casefold())
