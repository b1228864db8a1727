"""Tables in the PDF of sphinx-simplepdf and rinohtype can be read: no text is cut or overprinted.

poppler's ``pdftotext`` reads them back, with the place of each word.
"""

from __future__ import annotations

import functools
import re
import subprocess
import sys
import textwrap
import unicodedata
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from pypdf import PdfReader
from sphinx_builds import page, write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

#: A model per row, with a link, and sixteen columns.
BOARD: Final = """\
makers = ['Mistral AI', 'Google', 'Alibaba Cloud', 'Microsoft']
df = pd.DataFrame({'Model': [f'`M{n}-8B-Chat <https://example.org/{n}>`_' for n in range(8)]})
df['Organisation'] = [makers[n % 4] for n in range(8)]
df['Released'] = [f'2024-01-{n + 10}' for n in range(8)]
df['Price per 1M tokens'] = [f'€ 1,{n}87.60' for n in range(8)]
for k, name in enumerate(
    'MMLU-Pro;GPQA Diamond;HumanEval;MATH-500;IFEval;Arena Elo;Throughput (tokens per second);'
    'Time to first token (ms);Context length;SWE-bench Verified;Licence;Memory'.split(';')
):
    df[name] = [f'{10 + k}.{10 + n}' for n in range(8)]
df"""

#: Quarters below merged headings, with a row of totals.
QUARTERS: Final = """\
columns = pd.MultiIndex.from_product([['Revenue', 'Costs', 'Profit'], ['Q1', 'Q2', 'Q3', 'Q4']])
regions = ['North America', 'Europe, Middle East and Africa', 'Asia and Pacific', 'Total']
values = [[f'€ {r + 2},3{c + 10}.{c + 40}' for c in range(12)] for r in range(4)]
pd.DataFrame(values, index=pd.Index(regions, name='Region'), columns=columns)"""

#: Parts with long texts, and a word longer than a column can be.
CATALOGUE: Final = """\
text = 'stainless steel bracket for mounting on rails of the older series, with washers '
pd.DataFrame({
    'Code': [f'E{1000 + n}' for n in range(30)],
    'Name': ['Mounting rail', 'Power supply 24 V', 'Sensor head'] * 10,
    'Description': [text * (n % 4 + 1) for n in range(30)],
    'Address': [f'{n + 1} Station Road, Zürich' for n in range(30)],
    'File': [f'https://example.org/{"part" * 20}/{n + 100}' for n in range(30)],
    'Weight': [f'{n + 100}.7 kg' for n in range(30)],
    'Price': [f'€ 3,{n + 100}.99' for n in range(30)],
    'Checked': [f'2025-12-{n + 1:02d}' for n in range(30)],
})"""

HEAT: Final = """\
names = ['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon', 'Zeta', 'Eta']
df = pd.DataFrame([[(r * 7 + c) / 71 for c in range(7)] for r in range(10)], columns=names)
df.index = [f'Run {r}' for r in range(10)]
df.style.background_gradient(axis=None).format('{:.3f}')"""

CODES: Final = "pd.DataFrame({'Code': [f'E{n}' for n in range(9)], 'Meaning': 'a fault'})"

STUB: Final = ":stub-columns: 1\n:sortable:\n:searchable:"

FILES: Final = {
    "index.rst": "Title\n=====\n\nSee :ref:`codes-E7`.\n\n"
    + page(CODES, title="Codes", options=":name: codes\n:row-ids: Code")
    + page(BOARD, title="Results of models", options=STUB)
    + page(QUARTERS, title="Revenue and costs")
    + page(CATALOGUE, title="Parts", options=STUB)
    + page(HEAT, title="Heat"),
    "conf.py": "extensions = ['sphinx_design', 'sphinx_df_table']\nproject = author = 'p'\n"
    "version = '1'\nexclude_patterns = ['out']\nsimplepdf_use_weasyprint_api = True\n",
}

#: The texts of the pages that no printer may break.
SHORT: Final = {
    *(f"{10 + k}.{10 + n}" for k in range(12) for n in range(8)),
    *(f"2024-01-{n + 10}" for n in range(8)),
    *(f"€ 1,{n}87.60" for n in range(8)),
    *("Mistral AI", "Google", "Alibaba Cloud", "Microsoft", "Mounting rail", "Sensor head"),
    *(f"€ {r + 2},3{c + 10}.{c + 40}" for c in range(12) for r in range(4)),
    *(f"E{1000 + n}" for n in range(30)),
    *(f"{n + 100}.7 kg" for n in range(30)),
    *(f"€ 3,{n + 100}.99" for n in range(30)),
    *(f"2025-12-{n + 1:02d}" for n in range(30)),
    *(f"{n / 71:.3f}" for n in range(70)),
    *(f"Run {r}" for r in range(10)),
    *("North America", "Total", "Organisation", "Released", "HumanEval", "Revenue", "Profit"),
}

Word = tuple[str, float, float, float, float]


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that builds the page once with each builder."""

    @functools.cache
    def build(builder: str) -> Path:
        return print_with(builder, tmp_path_factory.mktemp(builder), FILES)

    return build


def print_with(builder: str, folder: Path, files: Mapping[str, str]) -> Path:
    """Return the PDF that ``builder`` makes in a process of its own."""
    write_files(folder / "docs", files)
    command = [sys.executable, "-m", "sphinx", "-T", "-b", builder, "docs", "out"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    [pdf] = (folder / "out").glob("*.pdf")
    return pdf


def lines_of(pdf: Path) -> str:
    """Return the lines of a PDF, with a single blank between words."""
    command = ["pdftotext", "-layout", str(pdf), "-"]
    text = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode()
    # Ligatures become letters.
    return re.sub(r"[^\S\n\f]+", " ", unicodedata.normalize("NFKC", text))


def words_of(pdf: Path) -> Iterator[tuple[float, list[Word]]]:
    """Yield the width of each page, and its words with their left, top, right and bottom."""
    command = ["pdftotext", "-bbox", str(pdf), "-"]
    xml = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode()
    root = ET.fromstring(re.sub(r"<!DOCTYPE.*?>|no word list\n", "", xml, flags=re.DOTALL))
    for sheet in root.iterfind(".//{*}page"):
        words = []
        for word in sheet.iterfind("{*}word"):
            edges = [float(word.attrib[name]) for name in ("xMin", "yMin", "xMax", "yMax")]
            left, top, right, bottom = edges
            words.append((word.text or "", left, top, right, bottom))
        yield float(sheet.attrib["width"]), words


both = pytest.mark.parametrize("builder", ["simplepdf", "rinoh"])


@both
def test_no_short_text_of_a_table_is_cut(builder: str, pdf: Callable[[str], Path]) -> None:
    lines = lines_of(pdf(builder))
    # A narrow blank is none to pdftotext.
    patterns = {text: re.escape(text).replace(r"\ ", " ?") for text in SHORT}
    cut = {
        text
        for text, pattern in patterns.items()
        if not re.search(rf"(?<![\w.,]){pattern}(?![\w,])", lines)
    }
    assert cut == set()


@both
def test_no_word_is_printed_over_another_or_off_the_page(
    builder: str, pdf: Callable[[str], Path]
) -> None:
    for width, words in words_of(pdf(builder)):
        assert all(left >= 0 and right <= width for _, left, _, right, _ in words)
        for number, (text, left, top, right, bottom) in enumerate(words):
            for other, start, above, stop, below in words[:number]:
                overlap = min(right, stop) - max(left, start)
                height = min(bottom, below) - max(top, above)
                assert overlap < 1 or height < (bottom - top) / 2, (text, other)


def test_headings_are_on_each_page_and_rows_are_whole(pdf: Callable[[str], Path]) -> None:
    seen = []
    for sheet in lines_of(pdf("simplepdf")).split("\f"):
        if codes := set(re.findall(r"\bE10\d\d\b", sheet)):
            seen.append(codes)
            assert "Code" in sheet
            assert "Weight" in sheet or "Description" in sheet
    # A row that is cut stands on two pages; and each of the panels has it once.
    assert len(seen) > 1


def test_a_table_that_fits_in_smaller_type_is_not_split(pdf: Callable[[str], Path]) -> None:
    text = lines_of(pdf("simplepdf"))
    assert "Heat (continued)" not in text
    assert text.count("Results of models (continued)") in {1, 2}


@both
def test_a_reference_leads_to_its_row(builder: str, pdf: Callable[[str], Path]) -> None:
    reader = PdfReader(pdf(builder))
    annotations = [
        annotation.get_object() for sheet in reader.pages for annotation in sheet.annotations or []
    ]
    assert "codes-e7" in {annotation.get("/Dest") for annotation in annotations}
    assert "codes-e7" in reader.named_destinations


def test_the_style_sheet_of_the_guide_repeats_headings_and_hyphenates_no_word(
    tmp_path: Path,
) -> None:
    code = "pd.DataFrame({'Word': ['internationalisation organisation'] * 60, 'Number': range(60)})"
    guide = Path(__file__).parents[2] / "docs" / "howto"
    [template] = re.findall(
        r"^   (\[TEMPLATE_CONFIGURATION\]\n(?:   .*\n)*)",
        (guide / "print.rst").read_text("utf-8"),
        re.MULTILINE,
    )
    [setting] = re.findall(
        r"^   (rinoh_documents = .*)", (guide / "print.rst").read_text("utf-8"), re.MULTILINE
    )
    files = {
        "index.rst": "Title\n=====\n\n" + page(code),
        "conf.py": f"{FILES['conf.py']}{setting}\n",
        "tables.rtt": textwrap.dedent(f"   {template}"),
        "tables.rts": (guide / "rinoh-tables.rts").read_text("utf-8"),
    }
    sheets = [
        sheet
        for sheet in lines_of(print_with("rinoh", tmp_path, files)).split("\f")
        if "internationalisation" in sheet
    ]
    assert len(sheets) > 1
    assert all("Word Number" in sheet for sheet in sheets)
    assert "".join(sheets).count("internationalisation") == 60
