import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from delivery import pages
from delivery.program import Flag, Layout, Release, Texts, Track

DISC = Layout(
    tracks=(
        Track(
            number=1, start=2400, pause=0, isrc="GBXYZ2600001",
            texts=Texts(title="Low Tide", performer="Nora Vale"),
        ),
        Track(
            number=2, start=18150, pause=18000, indexes=(22000,),
            flags=frozenset({Flag.PRE, Flag.DCP}), texts=Texts(title="<b>&\nGlass"),
        ),
    ),
    leadout=30_000,
    ean="5012345678900",
    catalogue="TWR012",
    texts=Texts(title="Night Ferry", performer="Nora Vale"),
)  # fmt: skip
RELEASE = Release(label="Tideway", credits={"mastered_by": "A. Lindqvist"})
MD5 = "bcebec4d225e28c6899a24a4c5b968b3"
SHEET = (DISC, RELEASE, "Night_Ferry", {"IMAGE.DAT": MD5}, ["a note"])

TABLE = """\
TRK IDX  DISC TIME   IN TRACK  LENGTH    TRACK     ISRC          FLAGS         TITLE / PERFORMER
--- ---  ---------  ---------  --------  --------  ------------  ------------  -----------------
 01  00  00:00:00   -00:32:00  00:32:00
 01  01  00:32:00    00:00:00  03:28:00  03:28:00  GBXYZ2600001                Low Tide / Nora Vale
 02  00  04:00:00   -00:02:00  00:02:00
 02  01  04:02:00    00:00:00  00:51:25  02:38:00                PRE DCP       <b>& Glass
 02  02  04:53:25    00:51:25  01:46:50
 AA  01  06:40:00 lead-out
"""  # noqa: E501


def test_the_text_sheet_line_by_line():
    sheet = pages.pq_sheet_text(*SHEET)
    assert TABLE in sheet
    assert "All times absolute, MM:SS:FF, 75 frames a second" in sheet
    for fact in ("5012345678900", "TWR012", "A. Lindqvist", "06:38:00", "06:40:00"):
        assert fact in sheet
    assert f"IMAGE.DAT (MD5)\n    {MD5}\n" in sheet
    assert "Hidden audio before track 1: from 00:02:00 to 00:32:00" in sheet
    assert sheet.endswith("- a note\n")


def test_a_plain_disc_has_no_empty_parts():
    layout = Layout(tracks=(Track(number=1, start=150, pause=0),), leadout=900)
    for draw in (pages.pq_sheet_text, pages.pq_sheet_html):
        sheet = draw(layout, Release(), "x")
        assert "NOTES" not in sheet.upper()
        assert "CHECKSUMS" not in sheet.upper()
        assert "Label" not in sheet


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.words = [], set(), []

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag not in {"meta"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def parsed(html):
    page = Page()
    page.feed(html)
    page.close()
    assert page.open == []
    return page


def test_the_page_is_whole_and_needs_nothing_from_elsewhere():
    html = pages.pq_sheet_html(*SHEET)
    page = parsed(html)
    assert not re.search(r"https?:|src=|href=|@import|url\(", html)
    assert not page.seen & {"script", "img", "link", "iframe"}
    words = "".join(page.words)
    for row in pages.rows(DISC):
        assert row.time in words
    assert "GBXYZ2600001" in words
    assert MD5 in words


@settings(max_examples=30, deadline=None)
@given(data=st.data(), title=st.text(max_size=20))
def test_texts_are_never_markup_and_never_lines(data, layouts, title):
    layout = data.draw(layouts())
    release = Release(title=title, label=title, artist=title)
    html = pages.pq_sheet_html(layout, release, "x", {title: title}, [title])
    text = pages.pq_sheet_text(layout, release, "x", {title: title}, [title])
    assert parsed(html).seen <= {
        "html", "head", "meta", "title", "style", "body", "header", "div", "h1", "h2",
        "dl", "dt", "dd", "p", "table", "thead", "tbody", "tr", "th", "td", "b",
        "span", "section", "ul", "li",
    }  # fmt: skip
    lines = text.split("\n")
    first = lines.index(next(line for line in lines if line.startswith("--- ---")))
    codes = sum(len(track.marks) for track in layout.tracks) + 1
    assert lines[first + codes].endswith("lead-out")
