"""The documents that are printed: each table between two words that are found nowhere else."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from textwrap import indent
from typing import Final

from sphinx_builds import page

_DATA: Final = Path(__file__).parents[3] / "docs" / "data"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a document with one or more tables.

    :param name: lower-case letters, unique in its document.
    :param text: what stands between the two words.
    :param engines: those that can print its characters as Sphinx sets them up.
    :param is_framed: whether the table is in a box, in which LaTeX repeats no headings.
    """

    name: str
    text: str
    page: str = "shapes"
    engines: tuple[str, ...] = ("pdflatex", "xelatex", "lualatex")
    is_framed: bool = False

    @property
    def start(self) -> str:
        return f"Open{self.name}"

    @property
    def end(self) -> str:
        return f"Close{self.name}"


def inside(directive: str, text: str) -> str:
    return f"{directive}\n\n{indent(text, '   ')}\n"


def files(sections: tuple[Section, ...]) -> dict[str, str | bytes]:
    """Return a project of these sections, with the data that its snippets read."""
    pages: dict[str, str] = {}
    for section in sections:
        pages.setdefault(section.page, f"{section.page.title()}\n{'=' * len(section.page)}\n\n")
        pages[section.page] += f"{section.start}\n\n{section.text}\n\n{section.end}\n\n"
    tree = "\n".join(f"   {name}" for name in pages)
    index = f"Manuscript\n==========\n\n.. toctree::\n\n{tree}\n"
    data = {path.name: path.read_bytes() for path in _DATA.glob("*.csv")}
    return {"index.rst": index, **{f"{name}.rst": text for name, text in pages.items()}, **data}


_SEED: Final = """\
df = pd.read_csv('{kind}_data_encoder.csv')
df_prices = pd.read_csv('trn1_instance_prices.csv')
df = pd.merge(df, df_prices, on='Inst. Type')
throughput = df['Throughput (inference/sec)']
df['Cost per 1M inferences'] = (
    (1.0e6 / throughput) * (df['RI-Effective hourly rate'] / 3.6e3)
).map('${{:,.3f}}'.format)
for name, value in {more}.items():
    df[name] = value
df = df.sort_values(['Model', 'Cost per 1M inferences'])
"""

#: What the tables of the decoders have besides.
_MORE: Final = {"TP Degree": 8, "DP Degree": 2, "Input Length": 2048, "Output Length": 1024}


def seed(kind: str, **more: object) -> str:
    """Return the code of a table with the columns of a real page of benchmarks."""
    return _SEED.format(kind=kind, more=more)


def tabs(**contents: str) -> str:
    items = [inside(f".. tab-item:: {label}", text) for label, text in contents.items()]
    return inside(".. tab-set::", "\n".join(items))


WIDE: Final = """\
pd.DataFrame({
    'Model': [f'model-{r}' for r in range(60)],
    **{f'Metric {c}': [round(6668.70475 + 17.31 * r * c, 5) for r in range(60)]
       for c in range(1, 21)},
})"""

_LEVELS: Final = """\
frame = pd.DataFrame(
    [[f'name {{r}}', *(round(1234.5678 * r + c, 4) for c in range({groups} * {parts}))]
     for r in range(1, 13)]
)
frame.columns = pd.MultiIndex.from_tuples([
    ('Name', *[''] * {more}),
    *((f'Group {{g}}', *(f'Kind {{p % 2}}' for _ in range({more} - 1)), f'P{{p}}')
      for g in range({groups}) for p in range({parts})),
])
frame"""


def levels(groups: int, parts: int, more: int = 1) -> str:
    """Return the code of a table with merged headings."""
    return _LEVELS.format(groups=groups, parts=parts, more=more)


_LONG_WORDS: Final = """\
pd.DataFrame({{
    'Key' + 'K' * {head}: ['short', 's' * 60 + '7', 'Stub/path.to.' * 10],
    'Count': [1, 22, 333],
    'Hash': ['0123456789abcdef' * 4, 'x' * 199 + 'y', 'few'],
    'Words': ['Donaudampfschifffahrtsgesellschaft' * 2, 'a b c', 'internationalization ' * 9],
    'H' + 'h' * {head}: [1.5, 2.25, 3.125],
}})"""

#: Words that a line may break only after punctuation, beside texts that take the rest of it.
_MARKED_WORDS: Final = """\
pd.DataFrame({
    'Words': ['/'.join(['part'] * 14), '_'.join(['x'] * 30), 'short'],
    'Text': ['A sentence of many words that goes on over several lines of its cell.'] * 3,
    'Code': ['``' + '_'.join(['literal'] * 6) + '``', '``' + 'a.b' * 9 + '``', '``short``'],
})"""

_LATIN: Final = """\
pd.DataFrame({
    'Město': ['Žďár nad Sázavou', 'Łódź', 'Århus', 'Köln', 'Besançon', 'İzmir', 'Győr', 'Kraków'],
    'Größe (µm)': [1.5, 22.25, 3, 4, 5, 6, 7, 8],
    'Signs': ['±', '÷', '°C', '€', '§', '¿', '«x»', '½'],
})"""

_SCRIPTS: Final = """\
pd.DataFrame({
    'Πόλη': ['Αθήνα', 'Θεσσαλονίκη', 'Πάτρα'],
    'Город': ['Москва', 'Санкт-Петербург', 'Достопримечательности'],
    **{f'Столбец {c}': [f'значение{c}', 'τιμή', 'більше'] for c in range(14)},
})"""

_SIGNS: Final = r"""
pd.DataFrame({
    'Sign': ['back\\slash', 'bra{ce', 'C:\\new\\table', 'under_score', 'til~de', 'hash#'],
    '100 % & more $': ['$1', '100 %', 'a & b', '^caret', "quote's", '"double"'],
    '<tag>': ['<b>', '>= 2', '--', '---', '``x``', "''y''"],
    'Code': ['\\end{tabular}', '\\\\', '[1em]', '*', '%s', '\\def\\x{#1}'],
})"""

_LINKS: Final = """\
pd.DataFrame({
    'Kind': ['outside', 'label', 'page'],
    'Where': [
        '`Example <https://example.org/a_long/address?with=parts&more=1#end>`__',
        ':ref:`the places <places>`', ':doc:`the other page <captions>`',
    ],
})"""

#: The text of the second cell is only known when all tables are counted.
_NUMBERED_LINK: Final = """\
pd.DataFrame({'Kind': ['numbered'], 'Where': [':numref:`Table number %s <tallcaption>`']})"""

_NOTES: Final = """\
pd.DataFrame({'Kind': ['noted', 'plain'], 'Value': ['value [#n]_', 'nothing']})"""

_WIDE_LINKS: Final = """\
pd.DataFrame({
    'Kind': ['outside', 'label'],
    **{f'Column {c}': [f'`Example{c} <https://example.org/{c}>`__', f':ref:`place{c} <places>`']
       for c in range(16)},
})"""

_STYLED: Final = """\
frame = pd.DataFrame({
    'Which': ['boldrow', 'italicrow', 'plainrow'],
    **{f'Value {c}': ['heavy', 'slanted', 'upright'] for c in range(COUNT)},
})
styles = {'heavy': 'font-weight: bold', 'slanted': 'font-style: italic'}
frame.style.map(lambda value: styles.get(value, '')).hide(axis='index')"""


def styled(columns: int) -> str:
    return _STYLED.replace("COUNT", str(columns))


NARROW: Final = """\
pd.DataFrame({
    'Name': ['one', 'three', 'fourteen'],
    'ms': [1.5, 123.25, 6668.70475],
    'Cost': ['$0.50', '$12.25', '$1,234.00'],
})"""

TALL: Final = """\
pd.DataFrame({
    'Row': [f'row {r}' for r in range(90)],
    'Value': [round(r * 1.25, 2) for r in range(90)],
})"""

MIDDLE: Final = """\
pd.DataFrame({
    'Row': [f'row {r}' for r in range(45)],
    **{f'Column {c}': [r * 1000 + c for r in range(45)] for c in range(12)},
})"""

_UNNAMED: Final = """\
pd.DataFrame({f'Metric {c}': [round(7777.125 + r * c, 3) for r in range(4)] for c in range(24)})"""

_INDEXED: Final = """\
index = pd.MultiIndex.from_tuples(
    [(f'region {a}', f'site {b}') for a in 'xyz' for b in range(3)], names=['Region', 'Site'])
values = {f'Metric {c}': [round(512.5 * r + c, 2) for r in range(9)] for c in range(18)}
pd.DataFrame(values, index)"""

_WORDY: Final = """\
sentence = 'A sentence of many words that goes on over several lines of its cell. '
pd.DataFrame({
    'No': [f'n{r}' for r in range(9)],
    'Text': [sentence * (r % 4 + 1) for r in range(9)],
    'Short': [f's{r}' for r in range(9)],
    'More': [sentence * (5 - r % 4) for r in range(9)],
    **{f'Number {c}': [r * 100 + c for r in range(9)] for c in range(9)},
})"""

_NO_HEAD: Final = """\
pd.DataFrame([[f'k{r}', *(1000.5 * r + c for c in range(18))] for r in range(5)])"""


def captioned(name: str, code: str, title: str, options: str = "") -> Section:
    """Return a section with a table of its own name and caption."""
    options = "\n".join(filter(None, [f":name: {name}", options]))
    return Section(name=name, page="captions", text=page(code, title=title, options=options))


#: Names and captions in the order in which they are numbered.
CAPTIONS: Final = (
    ("firstcaption", "The first"),
    ("widecaption", "The widest of all"),
    ("tallcaption", "The tallest"),
    ("tabcaption", "In a tab"),
    ("othertabcaption", "In the other tab"),
    ("dictcaption", "In tabs of their own (First)"),
    ("dictcaption-second", "In tabs of their own (Second)"),
    ("lastcaption", "The last"),
)

_DICT: Final = f"""\
first = {NARROW}
second = {MIDDLE}
{{'First': first, 'Second': second}}"""

#: Text alone, of which a twin by docutils' own directive can be made.
_TEXTS: Final = (
    ("Planet", "Kind", "Remark"),
    ("Mercury", "rocky", "the one nearest to the sun and the fastest of them all " * 2),
    ("Jupiter", "giant", "the largest"),
    ("Neptune", "giant", "far away, found by calculation before it was seen " * 3),
)

_SHORT_TEXTS: Final = (
    ("Planet", "Kind", "Remark"),
    ("Mercury", "rocky", "nearest to the sun"),
    ("Jupiter", "giant", "largest"),
)

_NUMBERS: Final = (
    ("Name", "ms", "Cost"),
    ("one", "1.5", "$0.50"),
    ("three", "123.25", "$12.25"),
    ("fourteen", "6668.70475", "$1,234.00"),
)

_MANY_TEXTS: Final = tuple(
    ("Key", *(f"Column {c}" for c in range(1, 18)))
    if not row
    else (f"key {row}", *(f"word{row * c}" for c in range(1, 18)))
    for row in range(6)
)


def twins(
    name: str,
    rows: tuple[tuple[str, ...], ...],
    *,
    options: str = "",
    before: str = "",
    own: str = "",
    page_name: str = "choices",
) -> tuple[Section, Section]:
    """Return two sections with the same table, made by us and by docutils' own directive.

    :param own: options that only ours knows.
    """
    frame = f"pd.DataFrame({list(rows[1:])!r}, columns={rows[0]!r})"
    ours = page(frame, options="\n".join(filter(None, [options, own])))
    rest = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
    theirs = page(rest, options=":header-rows: 1\n" + options).replace("df-table", "csv-table")
    before = ".. raw:: latex\n\n   \\clearpage\n\n" + before
    return (
        Section(name=name, page=page_name, text=before + ours),
        Section(name=f"{name}twin", page=page_name, text=before + theirs),
    )


FITTING: Final = (
    twins("fittingtext", _SHORT_TEXTS, page_name="fitting"),
    twins("fittingnumbers", _NUMBERS, page_name="fitting"),
)

#: The document of all shapes, printed by each engine.
SHAPES: Final = (
    Section(
        name="seedtabs",
        page="seed",
        text=tabs(
            Throughput=page(seed("throughput"), options=":header-rows: 1"),
            Latency=page(seed("latency"), options=":header-rows: 1"),
        ),
    ),
    Section(
        name="seeddecoders",
        page="seed",
        text=tabs(
            Throughput=page(seed("throughput", **_MORE), options=":header-rows: 1"),
            Latency=page(seed("latency", **_MORE), options=":header-rows: 1"),
        ),
    ),
    Section(name="wide", text=page(WIDE)),
    Section(name="widewithstub", text=page(WIDE, options=":stub-columns: 1")),
    Section(name="narrow", text=page(NARROW)),
    Section(name="tall", text=page(TALL)),
    Section(name="twolevels", text=page(levels(6, 4))),
    Section(name="threelevels", text=page(levels(5, 4, more=2))),
    Section(name="widegroup", text=page(levels(2, 20))),
    Section(name="longwords", text=page(_LONG_WORDS.format(head=3))),
    Section(name="longheadings", text=page(_LONG_WORDS.format(head=80))),
    Section(name="markedwords", text=page(_MARKED_WORDS)),
    Section(name="latin", text=page(_LATIN)),
    Section(name="scripts", text=page(_SCRIPTS), engines=("xelatex", "lualatex")),
    Section(name="signs", text=page(_SIGNS, options=":markup: none")),
    Section(name="unnamed", text=page(_UNNAMED)),
    Section(name="indexed", text=page(_INDEXED)),
    Section(name="wordy", text=page(_WORDY)),
    Section(name="nohead", text=page(_NO_HEAD, options=":header-rows: 0")),
    Section(
        name="admonition",
        page="places",
        text=".. _places:\n\n" + inside(".. note::", page(WIDE)),
        is_framed=True,
    ),
    Section(
        name="talladmonition",
        page="places",
        text=inside(".. warning::", page(TALL)),
        is_framed=True,
    ),
    Section(name="tab", page="places", text=tabs(One=page(MIDDLE), Two=page(NARROW))),
    Section(name="list", page="places", text=inside("*  An item", page(MIDDLE))),
    Section(
        name="nestedlist",
        page="places",
        text=inside("*  An item", inside("*  Within it", inside("1. Deeper", page(MIDDLE)))),
    ),
    Section(
        name="twoinitem",
        page="places",
        text=inside("*  An item", page(NARROW) + "\nand\n\n" + page(MIDDLE)),
    ),
    Section(name="quote", page="places", text=inside("A paragraph.", page(MIDDLE))),
    Section(name="links", page="markup", text=page(_LINKS)),
    Section(name="widelinks", page="markup", text=page(_WIDE_LINKS)),
    Section(name="styler", page="markup", text=page(styled(2))),
    Section(name="widestyler", page="markup", text=page(styled(16))),
    Section(name="numberedlink", page="markup", text=page(_NUMBERED_LINK)),
    Section(
        name="notes",
        page="markup",
        text=page(_NOTES) + "\nAs noted [#n]_.\n\n.. [#n] A note below.\n",
    ),
    captioned("firstcaption", NARROW, "The first"),
    captioned("widecaption", MIDDLE, "The widest of all"),
    Section(name="tallnameless", page="captions", text=page(TALL)),
    captioned("tallcaption", TALL, "The tallest"),
    Section(name="widenameless", page="captions", text=page(WIDE)),
    Section(
        name="tabcaptions",
        page="captions",
        text=tabs(
            One=captioned("tabcaption", WIDE, "In a tab").text,
            Two=captioned("othertabcaption", NARROW, "In the other tab").text,
        ),
    ),
    captioned("dictcaption", _DICT, "In tabs of their own"),
    captioned("lastcaption", NARROW, "The last"),
    Section(
        name="references",
        page="references",
        text="\n\n".join(
            f"Numref{number}: :numref:`{name}` Ref{number}: :ref:`{name}`"
            for number, (name, _) in enumerate(CAPTIONS)
        ),
    ),
    *(section for pair in FITTING for section in pair),
)

_HIGH_ROWS: Final = """\
pd.DataFrame({
    'Row': [f'row {r}' for r in range(12)],
    'Text': [' '.join(f'word{r}n{n}' for n in range(90)) for r in range(12)],
})"""

_CHOICES_IN: Final = {
    "landscapenote": inside(".. note::", page(MIDDLE, options=":print: landscape")),
    "landscapelist": inside("*  An item", page(MIDDLE, options=":print: landscape")),
    "highnote": inside(".. note::", page(_HIGH_ROWS)),
    # Rows in a cell cannot go on to the next page.
    "landscapecell": ".. list-table::\n   :widths: 20 80\n\n   * - Left\n     - "
    + indent(page(MIDDLE.replace("45", "9"), options=":print: landscape"), " " * 7).strip()
    + "\n",
}

#: Each with what docutils' own directive prints where the author has chosen the same.
CHOSEN: Final = (
    twins("plainwide", _MANY_TEXTS, own=":print: plain"),
    twins("plaintext", _TEXTS, own=":print: plain"),
    twins("widths", _TEXTS, options=":widths: 30 20 50"),
    twins("columns", _TEXTS, before=".. tabularcolumns:: |p{3cm}|p{2cm}|p{6cm}|\n\n"),
    twins(
        "widecolumns",
        _MANY_TEXTS,
        before=f".. tabularcolumns:: {'p{0.6cm}' * 18}\n\n",
    ),
)

#: Half an empty page, and rows that fit into a page but not below that.
_LOW: Final = ".. raw:: latex\n\n   \\clearpage\\vspace*{0.5\\textheight}\n\nLow.\n\n"
_MANY_ROWS: Final = "pd.DataFrame({'Row': [f'row {r}' for r in range(25)], 'n': range(25)})"

#: Rows that TeX cannot hold all at once.
_THOUSANDS: Final = """\
pd.DataFrame({
    'Model': [f'model-{r}' for r in range(1500)],
    **{f'Metric {c}': [round(6.70475 + r * c, 3) for r in range(1500)] for c in range(4)},
})"""

_HEADING_WORD: Final = """\
pd.DataFrame([['r1', 2, 3, 4], ['r5', 6, 7, 8]], columns=pd.MultiIndex.from_tuples([
    ('Key', ''), ('word ' * 12, 'a'), ('word ' * 12, 'b'), ('o' * 70, 'c')]))"""

#: Tables that were printed wrong once.
_HARD: Final = {
    "manystubs": page(
        "pd.DataFrame([[f'stub{r}c{c} longer' for c in range(21)] for r in range(3)])",
        options=":stub-columns: 18\n:header-rows: 0",
    ),
    "highrows": page(_HIGH_ROWS, options=":widths: 20 80"),
    "headingword": page(_HEADING_WORD),
    "longlink": page(
        "pd.DataFrame({'Key': ['k1'], 'b': ['`pandas <https://pandas.pydata.org/docs/reference/"
        "api/pandas.DataFrame.sort_values.html>`_'], 'c': ['x']})"
    ),
}

#: The document of what authors choose, printed once.
CHOICES: Final = (
    *(section for pair in CHOSEN for section in pair),
    Section(name="panels", page="printing", text=page(MIDDLE, options=":print: panels")),
    Section(name="panelswide", page="printing", text=page(WIDE, options=":print: panels")),
    Section(name="panelsnarrow", page="printing", text=page(NARROW, options=":print: panels")),
    Section(name="panelstall", page="printing", text=page(TALL, options=":print: panels")),
    Section(name="auto", page="printing", text=page(WIDE, options=":print: auto")),
    Section(name="landscape", page="printing", text=page(WIDE, options=":print: landscape")),
    Section(
        name="landscapenarrow", page="printing", text=page(NARROW, options=":print: landscape")
    ),
    *(
        Section(name=name, page="printing", text=_LOW + page(_MANY_ROWS, options=options))
        for name, options in {"whole": "", "breaking": ":class: longtable"}.items()
    ),
    *(Section(name=name, page="printing", text=text) for name, text in _HARD.items()),
    Section(name="thousands", page="choices", text=page(_THOUSANDS, options=":max-rows: 0")),
    Section(name="longwide", page="printing", text=page(WIDE, options=":class: longtable")),
    captioned("landscapecaption", WIDE, "Turned", ":print: landscape"),
    captioned("uprightcaption", NARROW, "Upright"),
    *(
        Section(name=name, page="printing", text=text, is_framed="note" in name)
        for name, text in _CHOICES_IN.items()
    ),
)

#: Documents in other dress are printed with these.
STYLE_SECTIONS: Final = (
    Section(name="longlink", page="markup", text=_HARD["longlink"]),
    Section(name="wide", text=page(WIDE)),
    Section(name="narrow", text=page(NARROW)),
    Section(name="tall", text=page(TALL)),
    Section(name="levels", text=page(levels(6, 4))),
    Section(name="longwords", text=page(_LONG_WORDS.format(head=80))),
    Section(name="wordy", text=page(_WORDY)),
    Section(name="admonition", text=inside(".. note::", page(MIDDLE)), is_framed=True),
    Section(name="list", text=inside("*  An item", page(MIDDLE))),
    Section(
        name="widelinks", page="markup", text=page(_WIDE_LINKS) + "\n.. _places:\n\nHere\n----\n"
    ),
    captioned("caption", MIDDLE, "A caption"),
    captioned("lastcaption", NARROW, "The last"),
)

#: What this package is there to prevent; each is broken in its own way.
BROKEN: Final = {
    "wideplain": page(
        "\n".join(
            ",".join(["name", *(f"metric{c}" for c in range(20))])
            if not r
            else ",".join([f"row{r}", *(f"{6668.70475 + r * c}" for c in range(20))])
            for r in range(60)
        ),
        options=":header-rows: 1",
    ).replace("df-table", "csv-table"),
    "longword": page(
        "\n".join(f"r{r},{'w' * 150},next" for r in range(3)), options=":widths: 1 1 1"
    ).replace("df-table", "csv-table"),
    "covered": page(
        "a,bbb,c\nr1,123456789012,\nr2,1,\nr3,2,", options=":header-rows: 1\n:widths: 10 6 60"
    ).replace("df-table", "csv-table"),
}
