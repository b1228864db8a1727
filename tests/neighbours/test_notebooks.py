"""The page for those who come from notebooks: each pair of sources shows the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bs4 import BeautifulSoup
from documentation import DATA, EXAMPLES, python
from sphinx_builds import html_rows, write_files

if TYPE_CHECKING:
    from pathlib import Path

OF_NOTEBOOKS = sorted(EXAMPLES.glob("notebook-*-before.*"))


def test_a_page_shows_what_its_notebook_has_shown(tmp_path: Path) -> None:
    cells = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n\n"
    frame = "{'a': ['**b**', ''], 'n': [10.3, 1.325]}"
    first = "```{code-cell}\nimport pandas as pd\n```\n\n"
    files = {
        "conf.py": "extensions = ['myst_nb', 'jupyter_sphinx', 'sphinx_df_table']\n",
        "index.md": "# Title\n",
        "moving/failing.md": f"{cells}# Failing\n\n{first}```{{code-cell}}\n1/0\n```\n",
        "moving/both.md": (
            f"{cells}# Both\n\n{first}```{{code-cell}}\ndf = pd.DataFrame({frame})\ndf\n"
            f"```\n\n```{{df-table}}\ndf\n```\n\n```{{df-table}}\n{frame}\n```\n"
        ),
    }
    for before in OF_NOTEBOOKS:
        after = before.with_name(before.name.replace("-before", ""))
        is_cell = before.suffix == ".md"
        text = f"{cells}# Cell\n\n{first}{before.read_text('utf-8')}"
        files[f"moving/{before.name}"] = text if is_cell else before.read_text("utf-8")
        files[f"moving/{after.name}"] = after.read_text("utf-8")
    write_files(tmp_path / "docs", {**DATA, **files})
    run = python("-m", "sphinx", "-b", "html", "docs", "html", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "failing.md: WARNING: Executing notebook failed: CellExecutionError" in run.stderr
    assert "both.md:19: WARNING: The code failed with NameError: name 'df' is not" in run.stderr
    for before in OF_NOTEBOOKS:
        cell, table = (
            BeautifulSoup(
                (tmp_path / "html" / "moving" / f"{name}.html").read_text(), "html.parser"
            )
            for name in (before.stem, before.stem.replace("-before", ""))
        )
        older, newer = (html_rows(page.select("table")[0]) for page in (cell, table))
        older, newer = older[-len(newer) + 1 :], newer[1:]
        has_index = newer[0][0] == "gas giant"
        assert [row if has_index else row[1:] for row in older] == newer
    both = (tmp_path / "html" / "moving" / "both.html").read_text()
    assert "<td>**b**</td>" in both
    assert "<td>10.300</td>" in both
    assert "<p>10.3</p>" in both
    assert "<strong>b</strong>" in both
