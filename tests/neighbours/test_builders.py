"""Builders of other projects, and those of Sphinx that few use, show tables whole.

Each build is a process of its own, as some of them change Sphinx for good.
"""

from __future__ import annotations

import html
import pickle
import re
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Final

import pytest
from pypdf import PdfReader
from sphinx_builds import page, write_files

if TYPE_CHECKING:
    from pathlib import Path

#: Builders with the extensions and the file of the page that each of them needs and writes.
BUILDERS: Final = {
    "confluence": ("sphinxcontrib.confluencebuilder,sphinxcontrib.mermaid", "index.conf"),
    "singleconfluence": ("sphinxcontrib.confluencebuilder,sphinxcontrib.mermaid", "index.conf"),
    "markdown": ("sphinx_markdown_builder", "index.md"),
    "html": ("sphinx_llm.txt", "index.html.md"),
    "docx": ("sphinx_docx", "p.docx"),
    "rinoh": ("", "p.pdf"),
    "json": ("", "index.fjson"),
    "pickle": ("", "index.fpickle"),
    "htmlhelp": ("", "index.html"),
    "qthelp": ("", "index.html"),
}

MERGED: Final = """\
columns = pd.MultiIndex.from_tuples([('Over', 'left'), ('Over', 'right'), ('Other', 'end')])
pd.DataFrame([['3.10', 1.5, 'first\\nsecond'], ['3.9', 2.25, '']], columns=columns)"""
TABS: Final = "{'One': pd.DataFrame({'v': ['3.10', '3.9']}), 'Two': pd.DataFrame({'w': [1]})}"
LINKS: Final = """\
links = [':doc:`the other page <other>`', ':ref:`the label <label>`']
pd.DataFrame({'to': [*links, '`out <https://example.org>`_'], 'k': 'same', 'n': '**bold**'})"""

FILES: Final = {
    "index.rst": "Title\n=====\n\n.. toctree::\n\n   other\n\n"
    "See :ref:`merged` and :numref:`merged`.\n\n"
    + page(MERGED, title="Caption", options=":name: merged\n:download:\n:show-source: below")
    + page(TABS, title="In tabs", options=":name: tabs\n:download:")
    + page(LINKS, options=":hoist-constants:\n:max-rows: 9\n:download:"),
    "other.rst": ".. _label:\n\nOther\n=====\n\nText.\n",
}


def read_text(path: Path) -> str:
    """Return the text that a builder wrote, without its markup."""
    if path.suffix == ".pdf":
        return " ".join(page.extract_text() for page in PdfReader(path).pages)
    if path.suffix == ".fpickle":
        text = pickle.loads(path.read_bytes())["body"]
    elif path.suffix == ".docx":
        with zipfile.ZipFile(path) as document:
            text = document.read("word/document.xml").decode()
    else:
        text = path.read_text("utf-8").replace("\\n", " ").replace('\\"', '"')
    return " ".join(html.unescape(re.sub("<[^<>]*>", " ", text)).split())


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_builder_shows_all_of_a_table(builder: str, tmp_path: Path) -> None:
    needed, name = BUILDERS[builder]
    extensions = ["sphinx_df_table", "sphinx_design", *filter(None, needed.split(","))]
    settings = {
        "extensions": extensions,
        "project": "p",
        "author": "a",
        "version": "1",
        "numfig": True,
        "exclude_patterns": ["out"],
        "confluence_publish": False,
        "confluence_space_key": "T",
    }
    conf = "".join(f"{name} = {value!r}\n" for name, value in settings.items())
    write_files(tmp_path / "docs", {**FILES, "conf.py": conf})
    command = [sys.executable, "-m", "sphinx", "-T", "-b", builder, "docs", "out"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "index.rst" not in done.stderr
    text = read_text(tmp_path / "out" / name)
    places = [text.find(word) for word in ("Caption", "Over", "left", "right", "end", "first")]
    assert places == sorted(places)
    assert -1 not in places
    for word in ("3.10", "1.5", "second", "3.9", "2.25", "One", "Two", "the other page", "same"):
        assert word in text, word
    # In Markdown, a merged heading is repeated, and no program that reads it gets 3.1.
    if name.endswith(".md"):
        assert "| Over left | Over right | Other end |" in text
    assert not re.search(r"\b3\.1\b", text)
