"""Faults in code and in what it leaves: one located warning, a box, and all else intact."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Final

import pytest
from docutils import nodes
from sphinx_builds import Build, Built, build_in, cell_texts, page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

GOOD: Final = page("pd.DataFrame({'good': [1]})")
SHOWN: Final = [["good"], ["1"]]

CELL: Final = "class C:\n    {}\npd.DataFrame({{'a': [C()]}})"

#: Code, the number of its failing line (0: the directive's), what is said, and the subtype.
FAULTS: Final = {
    "raised": ("x = 1\nraise ValueError('no data')", 2, "ValueError: no data", "snippet"),
    "quoted": ("1 / 0  # see", 1, "ZeroDivisionError: division by zero, at: 1 / 0", "snippet"),
    "empty message": ("raise OSError", 1, "failed with OSError, at:", "snippet"),
    "message of lines": (r"raise ValueError('a\n\nb')", 1, "ValueError: a b, at:", "snippet"),
    "huge message": ("raise ValueError('x' * 10**6)", 1, "ValueError: x{400}…, at:", "snippet"),
    "unprintable": (r"raise ValueError('\x1b[31m\u202e')", 1, r"\\x1b\[31m\\u202e", "snippet"),
    "bell and null": (r"raise ValueError('\a\0\x9b')", 1, r"\\x07\\x00\\x9b", "snippet"),
    "surrogate": (r"raise ValueError('a\udc80')", 1, r"ValueError: a\\udc80", "snippet"),
    "carriage return": (r"raise ValueError('a\rb: WARNING: c')", 1, "a b: WARNING: c", "snippet"),
    "percent": ("raise ValueError('100 %s %d %')", 1, "ValueError: 100 %s %d %, at", "snippet"),
    "braces": ("raise ValueError('{0} {x!r}')", 1, r"ValueError: \{0\} \{x!r\}, at", "snippet"),
    "colour": ("raise ValueError('**a** `b`_ |c|')", 1, r"\*\*a\*\* `b`_ \|c\|, at", "snippet"),
    "unspeakable": (
        "class E(Exception):\n    def __str__(self): return 1\nraise E",
        3,
        r"E: \(its message cannot be formed\)",
        "snippet",
    ),
    "exit in the message": (
        "class E(Exception):\n    def __str__(self): exit(0)\nraise E",
        3,
        r"E: \(its message cannot be formed\)",
        "snippet",
    ),
    "recursion in the message": (
        "class E(Exception):\n    def __str__(self): return str(self)\nraise E",
        3,
        r"E: \(its message cannot be formed\)",
        "snippet",
    ),
    "message of an odd type": (
        (
            "class S(str):\n  def __getitem__(self, i): exit(1)\n  __iter__ = __len__ = split = 1\n"
            "class E(Exception):\n    def __str__(self): return S('odd')\nraise E"
        ),
        6,
        "failed with E: odd, at: raise E",
        "snippet",
    ),
    "odd arguments": ("raise ValueError({'a': [1]}, ...)", 1, r"ValueError: \(\{'a'", "snippet"),
    "hostile argument": (
        "class R:\n    def __repr__(self): raise ValueError\nraise KeyError(R())",
        3,
        r"KeyError: \(its message cannot be formed\)",
        "snippet",
    ),
    "hostile string of an argument": (
        "class R(str):\n    def __str__(self): exit(1)\nraise KeyError(R('x'))",
        3,
        "KeyError: 'x'",
        "snippet",
    ),
    "odd type": (
        (
            "class M(type):\n    @property\n    def __name__(cls): raise RuntimeError\n"
            "class E(Exception, metaclass=M): pass\nraise E"
        ),
        5,
        "failed with E, at: raise E",
        "snippet",
    ),
    "odd class": (
        "class E(Exception):\n    @property\n    def __class__(self): exit(1)\nraise E('x')",
        4,
        "failed with E: x, at: raise E",
        "snippet",
    ),
    "odd traceback": (
        "class E(Exception):\n    __traceback__ = __cause__ = __context__ = args = 1\nraise E('x')",
        1,
        # No line is known, so none is quoted.
        r"failed with E: x \(caused by int: 1\)\. \[",
        "snippet",
    ),
    "long type name": ("raise type('E' * 999, (Exception,), {})", 1, "with E{120}…", "snippet"),
    "type name of lines": (
        r"raise type('a\nb: WARNING: \x1b', (Exception,), {})('x')",
        1,
        r"failed with a b: WARNING: \\x1b: x",
        "snippet",
    ),
    "type name of nothing": ("raise type('', (Exception,), {})('x')", 1, "with : x", "snippet"),
    "syntax": ("x = 1\nif x:\npass", 3, "IndentationError: expected an indented", "snippet"),
    "indentation": ("x = 1\n  y = 2", 2, "IndentationError: unexpected indent", "snippet"),
    "dedent": ("if 1:\n        x = 1\n    y = 2", 3, "IndentationError: unindent does", "snippet"),
    "open bracket": ("x = 1\ny = (2,\nz = 3", 2, "SyntaxError: .*'\\('", "snippet"),
    "open string": ("x = 1\ny = '''2\nz = 3", 2, "SyntaxError: unterminated triple", "snippet"),
    "syntax at run time": ("x = 1\neval('1 +')", 2, "SyntaxError: invalid syntax", "snippet"),
    "syntax that is not told": ("raise SyntaxError", 1, "SyntaxError, at:", "snippet"),
    "syntax of our file": (
        "x = 1\nraise SyntaxError('x', (__file__, 'soon', 1, ''))",
        2,
        "SyntaxError: x.*, at: raise",
        "snippet",
    ),
    "return": ("x = 1\nreturn x", 2, "SyntaxError: 'return' outside function", "snippet"),
    "await": ("await x", 1, "SyntaxError: 'await' outside function", "snippet"),
    "yield": ("x = 1\nyield x", 2, "SyntaxError: 'yield' outside function", "snippet"),
    "async with": ("async with x: pass", 1, "SyntaxError: 'async with' outside", "snippet"),
    "break": ("x = 1\nbreak", 2, "SyntaxError: 'break' outside loop", "snippet"),
    "nonlocal": ("nonlocal x", 1, "SyntaxError: nonlocal decl", "snippet"),
    "future": ("x = 1\nfrom __future__ import annotations", 2, "SyntaxError: from __f", "snippet"),
    "print statement": ("print 'x'", 1, "SyntaxError: Missing parentheses", "snippet"),
    "magic": ("%matplotlib inline\ndf = 1", 1, "SyntaxError: invalid syntax", "snippet"),
    "prompt": (">>> df = 1", 1, "SyntaxError: invalid syntax", "snippet"),
    "null": ("x = '''\0'''", 1, "(null|SyntaxError)", "snippet"),
    "odd blank": ("x =\u00a01", 1, "SyntaxError: invalid non-printable", "snippet"),
    "curly quotes": ("x = \u201ca\u201d", 1, "SyntaxError: invalid character", "snippet"),
    "long line": (f"x = [{'1,' * 50_000}]\n1 / 0", 2, "ZeroDivisionError", "snippet"),
    "long failing line": (f"x = [{'1,' * 50_000}] / 0", 1, "TypeError: unsupported", "snippet"),
    "nested brackets": ("x = 1\n" + "(" * 300, 2, "SyntaxError: (too many|'\\(')", "snippet"),
    "nested signs": ("x = " + "-" * 50_000 + "1", 1, "(Recursion|Memory)Error", "snippet"),
    "nested calls": ("x" + "()" * 50_000, 1, "(Recursion|Memory|Name)Error", "snippet"),
    "nested sums": ("1" + "+1" * 50_000, 1, "(RecursionError|MemoryError)", "snippet"),
    "digits": ("int('1' * 5000)", 1, "ValueError: Exceeds the limit", "snippet"),
    "helper": (
        "def rate(x):\n    y = x + 1\n    return y / 0\n\nz = rate(1)",
        3,
        "ZeroDivisionError: .*, at: return y / 0",
        "snippet",
    ),
    "module": ("x = 1\nimport broken_module", 2, "ZeroDivisionError", "snippet"),
    "module of bad syntax": ("x = 1\nimport bad_syntax", 2, "SyntaxError", "snippet"),
    "module that ends": ("x = 1\nimport ending", 2, "SystemExit: 3", "snippet"),
    "no module": ("import no_such_module", 1, "ModuleNotFoundError: No module named", "snippet"),
    "deep inside pandas": (
        "df = pd.DataFrame({'a': [1]})\ndf = (\n    df\n    .merge(df, on='b')\n)",
        4,
        "KeyError: 'b', at: .merge",
        "snippet",
    ),
    "missing file": ("df = pd.read_csv('gone.csv')", 1, "FileNotFoundError: .*gone.csv", "snippet"),
    "no text": ("pd.read_csv('latin.csv')", 1, "UnicodeDecodeError: 'utf-8' codec", "snippet"),
    "unicode": (r"'\udc80'.encode()", 1, "UnicodeEncodeError: 'utf-8' codec", "snippet"),
    "memory": ("raise MemoryError", 1, "failed with MemoryError, at", "snippet"),
    "exit": ("import sys\nsys.exit(0)", 2, "SystemExit: 0", "snippet"),
    "exit()": ("exit()", 1, "(SystemExit|NameError)", "snippet"),
    "interrupt": ("raise KeyboardInterrupt", 1, "KeyboardInterrupt, at:", "snippet"),
    "generator exit": ("raise GeneratorExit('x')", 1, "GeneratorExit: x, at:", "snippet"),
    "stop": ("next(iter([]))", 1, "StopIteration, at: next", "snippet"),
    "cancelled": ("import asyncio\nraise asyncio.CancelledError", 2, "CancelledError", "snippet"),
    "base": ("raise BaseException('x')", 1, "BaseException: x", "snippet"),
    "not an exception": ("raise 'x'", 1, "TypeError: exceptions must derive", "snippet"),
    "recursion": ("def f(): f()\nf()", 1, "RecursionError", "snippet"),
    "assertion": ("assert False", 1, "AssertionError, at: assert False", "snippet"),
    "pandas' own": ("pd.DataFrame({'a': [1], 'b': [1, 2]})", 1, "ValueError: All arr", "snippet"),
    "asynchronous": (
        "import asyncio\nasync def f():\n    raise ValueError('later')\nasyncio.run(f())",
        3,
        "ValueError: later, at: raise",
        "snippet",
    ),
    "generator": (
        "def f():\n    yield 1\n    raise ValueError('second')\ndf = pd.DataFrame(f())",
        3,
        "ValueError: second, at: raise",
        "snippet",
    ),
    "group": (
        "raise ExceptionGroup('g', [ValueError('a'), ExceptionGroup('h', [KeyError('b')])])",
        1,
        r"ExceptionGroup: g \(2 sub-exceptions\) \(ValueError: a; KeyError: 'b'\), at:",
        "snippet",
    ),
    "large group": (
        "raise BaseExceptionGroup('g', [KeyboardInterrupt(n) for n in range(9)])",
        1,
        r"\(KeyboardInterrupt: 0; KeyboardInterrupt: 1; KeyboardInterrupt: 2; …\), at:",
        "snippet",
    ),
    "unspeakable group": (
        "class E(Exception):\n    def __str__(self): return 1\nraise ExceptionGroup('g', [E()])",
        3,
        r"\(E: \(its message cannot be formed\)\)",
        "snippet",
    ),
    "cause": (
        "try:\n    1 / 0\nexcept Exception as e:\n    raise ValueError('no rates') from e",
        4,
        r"ValueError: no rates \(caused by ZeroDivisionError: division by zero\), at:",
        "snippet",
    ),
    "cause of itself": ("e = ValueError('x')\nraise e from e", 2, "ValueError: x, at:", "snippet"),
    "unspeakable cause": (
        "class E(Exception):\n    def __str__(self): return 1\nraise ValueError('x') from E()",
        3,
        r"ValueError: x \(caused by E: \(its message cannot be formed\)\)",
        "snippet",
    ),
    "context": (
        "try:\n    1 / 0\nexcept Exception:\n    missing",
        4,
        "NameError: name 'missing' is not defined, at: missing",
        "snippet",
    ),
    "notes": ("e = ValueError('x')\ne.add_note('n')\nraise e", 3, "ValueError: x", "snippet"),
    "unhashable name": ("raise NameError('x', name=[])", 1, "NameError: x, at:", "snippet"),
    "no arguments": ("e = KeyError()\ne.args = ()\nraise e", 3, "KeyError, at:", "snippet"),
    "raising warning": (
        "import warnings\nwarnings.simplefilter('error')\nwarnings.warn('x')",
        3,
        "UserWarning: x",
        "snippet",
    ),
    "unspeakable warning": (
        (
            "import warnings\nclass W(UserWarning):\n def __str__(self): raise ValueError('gone')\n"
            "warnings.warn(W())"
        ),
        3,
        "ValueError: gone",
        "snippet",
    ),
    "nothing to show": (
        "import math\nx = 1\ndef f(): pass",
        0,
        r"the last line is not an expression and there is no variable 'df' \(defined: math, x, f\)",
        "snippet",
    ),
    "nothing at the end": (
        "x = 1\nprint(x)",
        0,
        r"the value of the last line is None and there is no variable 'df' \(defined: x\)",
        "snippet",
    ),
    "nothing at all": (
        "pass",
        0,
        r"there is no variable 'df' \(the code defines none\)",
        "snippet",
    ),
    "comment": ("# df", 0, r"there is no variable 'df' \(the code defines none\)", "snippet"),
    "deleted": (
        "df = 1\ndel df",
        0,
        r"there is no variable 'df' \(the code defines none\)",
        "snippet",
    ),
    "no frame": ("df = [1, 2]", 0, "variable 'df', of type list, cannot be shown", "data"),
    "no frame at the end": ("42", 0, "last expression, of type int, cannot", "data"),
    "frame of nothing": ("df = None", 0, "variable 'df', of type NoneType, cannot", "data"),
    "class": ("pd.DataFrame", 0, "last expression, of type type, cannot", "data"),
    "no columns": ("pd.DataFrame(index=[1])", 0, "has no columns", "data"),
    "coroutine": (
        "async def f(): return pd.DataFrame()\nx = f()\nx.close()\nx",
        0,
        "coroutine",
        "data",
    ),
    "hostile class": (
        "class C:\n    @property\n    def __class__(self): raise ValueError('no class')\nC()",
        3,
        "ValueError: no class",
        "snippet",
    ),
    "hostile attributes": (
        "class C:\n    def __getattribute__(self, name): raise ValueError(name)\ndf = C()",
        2,
        "ValueError: __",
        "snippet",
    ),
    "no text of a cell": (
        CELL.format("def __str__(self): raise RuntimeError('gone')"),
        0,
        "column 'a' cannot be converted to text: RuntimeError: gone",
        "data",
    ),
    "no representation of a cell": (
        CELL.format("def __repr__(self): raise RuntimeError('gone')"),
        0,
        "column 'a' cannot be converted to text: RuntimeError: gone",
        "data",
    ),
    "exit in a cell": (CELL.format("def __str__(self): exit(4)"), 0, "SystemExit: 4", "data"),
    "recursion in a cell": (CELL.format("def __str__(self): return str(self)"), 0, "Recu", "data"),
    "number for a text": (CELL.format("def __str__(self): return 1"), 0, "TypeError", "data"),
    "unspeakable cell": (
        (
            "class E(Exception):\n    def __str__(self): return 1\n"
            "class C:\n    def __str__(self): raise E\npd.Series([C()])"
        ),
        0,
        r"E: \(its message cannot be formed\)",
        "data",
    ),
    "no text of a label": (
        (
            "class C:\n    def __str__(self): raise RuntimeError('gone')\n"
            "pd.DataFrame([[1]], columns=[C()])"
        ),
        0,
        "column's label cannot be converted to text: RuntimeError: gone",
        "data",
    ),
    "no text of an index": (
        (
            "class C:\n    def __str__(self): raise RuntimeError('gone')\n"
            "pd.DataFrame({'a': [1]}, index=[C()])"
        ),
        0,
        "cannot be converted to text: RuntimeError: gone",
        "data",
    ),
    "wild frame": (
        "class F(pd.DataFrame):\n    @property\n    def iloc(self): exit(1)\nF({'a': [1]})",
        0,
        "cannot be laid out as a table: SystemExit: 1",
        "data",
    ),
    "broken frame": (
        (
            "class F(pd.DataFrame):\n  def __getattribute__(self, name): raise ValueError('wild')\n"
            "F({'a': [1]})"
        ),
        0,
        "ValueError: wild",
        None,
    ),
    "half a frame": ("pd.DataFrame.__new__(pd.DataFrame)", 0, "(Attribute|Recursion)Er", None),
    "wild dictionary": (
        (
            "class D(dict):\n  def keys(self): raise ValueError('wild')\n  items = values = keys\n"
            "D(a=[1])"
        ),
        0,
        "ValueError: wild",
        "data",
    ),
    "wild rows": (
        "class D(dict):\n    def get(self, *_): raise ValueError('wild')\n[D(a=1)]",
        0,
        "ValueError: wild",
        "data",
    ),
    "uneven columns": ("{'a': [1], 'b': [1, 2]}", 0, "ValueError: All arrays", "data"),
}

#: Objects that are odd, but have a text: the table is there.
HARMLESS: Final = {
    "no equality": (
        CELL.format(
            "def __eq__(self, other): raise ValueError\n    __hash__ = None\n"
            "    def __str__(self): return 'text'"
        ),
        "text",
    ),
    "no hash": (
        CELL.format("def __hash__(self): raise ValueError\n    def __str__(self): return 'text'"),
        "text",
    ),
    "no format": (
        CELL.format(
            "def __format__(self, spec): raise ValueError\n    def __str__(self): return 'text'"
        ),
        "text",
    ),
    "no truth": (
        CELL.format("def __bool__(self): raise ValueError\n    def __str__(self): return 'text'"),
        "text",
    ),
    "no length": (
        CELL.format("def __len__(self): raise ValueError\n    def __str__(self): return 'text'"),
        "text",
    ),
    "no order": (
        CELL.format(
            "def __lt__(self, other): raise ValueError\n    def __str__(self): return 'text'"
        ),
        "text",
    ),
    "string of its own": (
        (
            "class S(str):\n    def __str__(self): exit(1)\n    __format__ = __repr__ = __str__\n"
            "pd.DataFrame({'a': [S('text')]})"
        ),
        "text",
    ),
    "subclass": (
        (
            "class F(pd.DataFrame):\n    _metadata = ['x']\n    @property\n"
            "    def _constructor(self): return F\nF({'a': ['text']})"
        ),
        "text",
    ),
    "raising finalizer": (
        "class D:\n    def __del__(self): raise ValueError\nD()\npd.Series(['text'], name='a')",
        "text",
    ),
    "wild hooks": (
        (
            "import sys\nsys.excepthook = sys.displayhook = sys.unraisablehook = None\n"
            "pd.Series(['text'], name='a')"
        ),
        "text",
    ),
    "caught": ("try:\n    1 / 0\nexcept Exception: pass\npd.Series(['text'], name='a')", "text"),
    "last of doubles": ("pd.DataFrame([[1, 'text']], columns=['a', 'a'])", "text"),
    "semicolons": ("x = 1; df = pd.Series(['text']);", "text"),
    "leading blank lines": ("\n\ndf = pd.Series(['text'])", "text"),
}

LEAD: Final = "Title\n=====\n\nText.\n\n"
#: The directive stands in this line; its code begins two lines below.
DIRECTIVE: Final = 6

MODULES: Final[Mapping[str, str | bytes]] = {
    "broken_module.py": "x = 1\n\n1 / 0\n",
    "bad_syntax.py": "x = (\n",
    "ending.py": "import sys\nsys.exit(3)\n",
    "latin.csv": b"a\n\xe4\n",
}


def file_name(name: str) -> str:
    return re.sub(r"\W", "-", name)


#: A first page that leads to all others.
INDEX: Final = "Title\n=====\n\n.. toctree::\n   :glob:\n\n   *\n\n"


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A project with a page for each fault: a good table, the fault, and a good one again."""
    codes = {name: code for name, (code, *_) in FAULTS.items()}
    codes |= {name: code for name, (code, _) in HARMLESS.items()}
    pages = {
        f"{file_name(name)}.rst": f"{LEAD}{page(code)}\n{GOOD}" for name, code in codes.items()
    }
    files = {"index.rst": INDEX + GOOD, **pages, **MODULES}
    return build_in(tmp_path_factory.mktemp("faulty"), files, builder="dummy", warns=None)


def warnings_of(built: Built, page: str) -> list[str]:
    return [line for line in built.warnings if line.startswith(f"{built.source / page}.rst:")]


@pytest.mark.xdist_group("faulty")
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_located_warning(name: str, faulty: Built) -> None:
    _, line, message, subtype = FAULTS[name]
    [warning] = warnings_of(faulty, file_name(name))
    number = DIRECTIVE + 1 + line if line else DIRECTIVE
    place, _, said = warning.partition(": WARNING: ")
    if subtype:
        assert place == f"{faulty.source / file_name(name)}.rst:{number}"
        assert said.endswith(f" [df_table.{subtype}]")
    assert re.search(message, said)
    assert said.isprintable()
    assert len(said) < 1000


@pytest.mark.xdist_group("faulty")
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_leaves_a_box_and_all_else(name: str, faulty: Built) -> None:
    [box] = faulty.doctrees[file_name(name)].findall(nodes.error)
    assert "could not be built" in box.astext()
    assert str(faulty.folder) not in box.astext()
    assert "Traceback" not in box.astext()
    assert [cell_texts(table) for table in faulty.tables(file_name(name))] == [SHOWN]


@pytest.mark.xdist_group("faulty")
@pytest.mark.parametrize("name", HARMLESS)
def test_odd_things_are_shown(name: str, faulty: Built) -> None:
    _, text = HARMLESS[name]
    assert not warnings_of(faulty, file_name(name))
    first, second = map(cell_texts, faulty.tables(file_name(name)))
    assert first[-1][-1] == text
    assert second == SHOWN


@pytest.mark.xdist_group("faulty")
def test_pages_without_a_fault_are_whole(faulty: Built) -> None:
    assert [cell_texts(table) for table in faulty.tables()] == [SHOWN]
    assert len(faulty.warnings) == len(FAULTS)


def test_a_failing_snippet_can_be_silenced(build: Build) -> None:
    built = build(page("1/0"), builder="dummy", suppress_warnings=["df_table.snippet"])
    assert list(built.doctrees["index"].findall(nodes.error))
    assert built.returned == 0


def test_a_failing_snippet_fails_a_build_that_takes_warnings_as_errors(tmp_path: Path) -> None:
    source = tmp_path / "page"
    source.mkdir()
    (source / "conf.py").write_text("extensions = ['sphinx_df_table']")
    (source / "index.rst").write_text(page("1/0") + GOOD)
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "text", str(source), str(tmp_path / "o")]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    assert "good" in (tmp_path / "o" / "index.txt").read_text()
    fatal = subprocess.run([*command, "-E", "-W", "--keep-going"], check=False, capture_output=True)
    assert fatal.returncode == 1
    assert "good" in (tmp_path / "o" / "index.txt").read_text()


#: Directives whose code docutils takes for something else, and what is said.
MISTAKEN: Final = {
    "nothing": (".. df-table::\n", "There is no code. Leave an empty line"),
    "title alone": (".. df-table:: title\n\n", "There is no code. Leave an empty line"),
    "no empty line": (".. df-table::\n   df = pd.DataFrame()\n", "There is no code. Leave"),
    "lines": (".. df-table::\n   df = pd.DataFrame()\n   df\n", "There is no code. Leave"),
    "on the line": (".. df-table:: df = pd.read_csv('a.csv')\n", "There is no code. Leave"),
    "on the line, and goes on": (
        ".. df-table:: df = pd.read_csv('a.csv')\n\n   df.head()\n",
        r"The caption is code: df = pd.read_csv\('a.csv'\). Leave an empty line",
    ),
    "first paragraph": (
        ".. df-table::\n   import json\n   x = 2\n\n   pd.Series([1])\n",
        "The caption is code: import json x = 2. Leave an empty line",
    ),
    **{
        code: (f".. df-table::\n   {code}\n\n   pd.Series([1])\n", "The caption is code: ")
        for code in (
            "df = load()",
            "df['a'] = 0",
            "df['a'] += 1",
            "df.columns = a",
            "x = df.dropna()",
            "x = df['a']",
            "total = sum(df)",
            "df: pd.DataFrame = load()",
            "import a as b",
            "from a import b",
        )
    },
    "invalid escape": (
        r".. df-table:: x = df['\d']" + "\n\n   pd.Series([1])\n",
        "The caption is code: x =",
    ),
}


@pytest.mark.parametrize("name", MISTAKEN)
def test_code_in_the_place_of_the_title_is_one_warning(name: str, build: Build) -> None:
    text, message = MISTAKEN[name]
    built = build(LEAD + text + "\n\n" + GOOD, builder="dummy", warns=1)
    [warning] = built.warnings
    assert warning.startswith(f"{built.source / 'index.rst'}:{DIRECTIVE}: WARNING: ")
    assert warning.endswith("[df_table.snippet]")
    assert re.search(message, warning)
    assert [cell_texts(table) for table in built.tables()] == [SHOWN]


def test_titles_that_read_like_code_are_titles(build: Build) -> None:
    titles = ["df.describe()", "n = 5", "import", "import duties", "Costs", "Costs (ms)", "# 1"]
    titles += ["x, y", "a = b", "for all", "True", "(", r"\d", "lambda x: x", "[1, 2]"]
    titles += ["speed = distance / time", "F1 = 2 - P / (P + R)", "k = -1", "n = 5, 6", "y = f(x)"]
    titles += ["class A: mild", "n: int", 'Status = "open"', 'Mode = "fast"', "a = b[0]"]
    titles += ["y = f(x) / 2", "y = a.b(x)", "df = 4", "df = n - 1", "x = [1, 2]", "n += 1"]
    titles += ["for x in y: z", "print(x)", "x: f(y) = 2"]
    text = "\n\n".join(page("pd.DataFrame({'good': [1]})", title=title) for title in titles)
    built = build(text, builder="dummy", smartquotes=False)
    shown = [table[0].astext() for table in built.tables()]
    assert shown == [title.replace("\\", "") for title in titles]


def test_code_in_the_place_of_the_title_is_one_warning_in_markdown(build: Build) -> None:
    text = "# Title\n\n```{df-table} df = pd.read_csv('a.csv')\n\ndf.head()\n```\n"
    built = build({"index.md": text}, builder="dummy", extensions=("myst_parser",), warns=1)
    assert "index.md:3: WARNING: The caption is code: df = " in built.warnings[0]


#: Objects whose text takes for ever: the time limit is there for them, too.
ENDLESS: Final = {
    "text": CELL.format("def __str__(self):\n        while True: pass"),
    "message": ("class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E"),
    "length": (
        "class F(pd.DataFrame):\n    def __len__(self):\n        while True: pass\n"
        "df = F({'a': [1]})\nlen(df)"
    ),
    "rows": "def f():\n    while True: yield 1\ndf = pd.DataFrame({'a': f()})\nlist(f())",
    "finalizer": "class D:\n    def __del__(self):\n        while True: pass\nD()\npd.Series([1])",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_never_ends_is_stopped(name: str, build: Build) -> None:
    text = f"{LEAD}{page(ENDLESS[name], options=':timeout: 0.5')}\n{GOOD}"
    built = build(text, builder="dummy", warns=1, df_table_timeout=30)
    assert f"index.rst:{DIRECTIVE}: WARNING: Timed out after 0.5 seconds" in built.warnings[0]
    assert [cell_texts(table) for table in built.tables()] == [SHOWN]


#: Code of a set-up that only its own process may be asked to read.
DEEP: Final = {
    "signs": "x = " + "-" * 50_000 + "1",
    "sums": "x = 1" + "+1" * 50_000,
    "calls": "x = y" + "()" * 50_000,
    "attributes": "x = y" + ".z" * 50_000,
    "brackets": "x = " + "(" * 50_000,
    "branches": "if x: pass\n" + "elif x: pass\n" * 5_000,
    "null": "x = '\0'",
}


@pytest.mark.parametrize("name", DEEP)
def test_code_too_deep_to_read_costs_what_is_below_it_alone(name: str, build: Build) -> None:
    setup = page(DEEP[name]).replace("df-table", "df-setup")
    built = build(f"{GOOD}\n{setup}\n{GOOD}", builder="dummy", warns=None)
    shown = [cell_texts(table) for table in built.tables()]
    # Which of these fail depends on the version of Python.
    assert (len(built.warnings), shown) in [(0, [SHOWN] * 2), (2, [SHOWN])]


FAULT: Final = "x = 1\nx / 0"


def nested(*lines: str, text: str) -> str:
    """``text`` in directives, each in the one before."""
    for line in reversed(lines):
        text = f"{line}\n\n" + textwrap.indent(text, "   ")
    return text


#: Places on pages with a fault, besides those where tables are at home.
PLACES: Final = {
    "only in a note": nested(".. only:: not x", ".. note::", text=page(FAULT)),
    "list in a container": nested(
        ".. container:: a", text="* Text.\n\n" + textwrap.indent(page(FAULT), "  ")
    ),
    "deep": nested(*[".. container:: a"] * 9, text=page(FAULT)),
    "block quotes": "Text.\n\n   Text.\n\n" + textwrap.indent(page(FAULT), " " * 6),
    "class": nested(".. class:: a", text=page(FAULT)),
    "topic": nested(".. sidebar:: Side", text=page(FAULT)),
    "version": nested(".. versionadded:: 1.0", text=page(FAULT)),
    "options": page(FAULT, options=":index: show\n:align: left\n:depends: *.csv\n   *.txt"),
    "title of lines": page(FAULT, title="A title\n   of lines\n   of text"),
    "behind a comment": "..\n   A comment\n   of lines.\n\n" + page(FAULT),
    "behind a substitution": ".. |x| replace:: y\n\n|x|\n\n" + page(FAULT),
    "behind an included file": ".. include:: part.txt\n\n" + page(FAULT),
    "behind a shown file": ".. literalinclude:: part.txt\n\n" + page(FAULT),
    "behind wide letters": "\u8868\u0301 \U0001f600\u00a0x\n\n" + page(FAULT),
    "field list": ":orphan:\n:field: x\n\n" + page(FAULT),
}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(end, marks=pytest.mark.xdist_group(name), id=name)
        for name, end in (("Unix", "\n"), ("Windows", "\r\n"))
    ],
)
def misplaced(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A project with a page for each place, behind a prolog, with either end of lines."""
    files = {
        f"{file_name(name)}.rst": f"{LEAD}{text}\n".replace("\n", request.param)
        for name, text in PLACES.items()
    }
    return build_in(
        tmp_path_factory.mktemp("misplaced"),
        {**files, "part.txt": "Text.\n\nMore.\n", "index.rst": INDEX},
        builder="dummy",
        warns=None,
        rst_prolog=".. |a| replace:: b\n\n.. |c| replace:: d",
    )


@pytest.mark.parametrize("name", PLACES)
def test_the_line_of_a_fault_is_the_page_s(name: str, misplaced: Built) -> None:
    file = misplaced.source / f"{file_name(name)}.rst"
    lines = file.read_text("utf-8").split("\n")
    number = next(n for n, line in enumerate(lines, 1) if "x / 0" in line)
    [warning] = warnings_of(misplaced, file_name(name))
    assert warning.startswith(f"{file}:{number}: WARNING: ")
    assert "ZeroDivisionError: division by zero, at: x / 0" in warning
