"""Processes that code starts find what the page's code defines, however they are started."""

from __future__ import annotations

import os
from typing import Final

import pytest
from asking import assert_nothing_runs, descendants, values
from sphinx_builds import Build, page

METHODS: Final = ("fork", "spawn", "forkserver")

#: What calls the function ``f`` for 1 and 2 in two other processes.
WAYS: Final = {
    "Pool": (
        "import multiprocessing\n"
        "with multiprocessing.get_context('METHOD').Pool(2) as pool:\n"
        "    found = pool.map(f, [1, 2])\n"
    ),
    "ProcessPoolExecutor": (
        "import concurrent.futures, multiprocessing\n"
        "context = multiprocessing.get_context('METHOD')\n"
        "with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:\n"
        "    found = list(pool.map(f, [1, 2]))\n"
    ),
    "Process": (
        "import multiprocessing\n"
        "context = multiprocessing.get_context('METHOD')\n"
        "def put(queue, x): queue.put(f(x))\n"
        "queue = context.SimpleQueue()\n"
        "found = []\n"
        "for x in (1, 2):\n"
        "    process = context.Process(target=put, args=(queue, x))\n"
        "    process.start()\n"
        "    found.append(queue.get())\n"
        "    process.join()\n"
    ),
    "default method": (
        "import multiprocessing\n"
        "multiprocessing.set_start_method('METHOD', force=True)\n"
        "if __name__ == '__main__':\n"
        "    with multiprocessing.Pool(2) as pool:\n"
        "        found = pool.map(f, [1, 2])\n"
    ),
}

#: Ways to define ``f``, all of the same values: 11 and 12.
DEFINITIONS: Final = {
    "function": "def f(x): return x + 10",
    "function of a library": "import operator\nf = operator.methodcaller('__add__', 10)",
    "default": "ten = 10\ndef f(x, y=ten): return x + y",
    "global": "tens = {'a': [10]}\ndef f(x): return x + tens['a'][0]",
    "global that was changed": "tens = []\ndef f(x): return x + tens[0]\ntens.append(10)",
    "global that took time": "ten = int(pd.Series([4, 6]).sum())\ndef f(x): return x + ten",
    "frame": "frame = pd.DataFrame({'a': [10]})\ndef f(x): return x + int(frame['a'].sum())",
    "pandas": "def f(x): return int(pd.Series([x, 10]).sum())",
    "imports": "import os.path as p, xml.dom.minidom\ndef f(x):\n"
    "    return x + len(p.join('ab', 'cdefghi')) * bool(xml.dom.minidom.Node)",
    "future": (
        "from __future__ import annotations\n"
        "import dataclasses\n"
        "@dataclasses.dataclass\n"
        "class Ten:\n"
        "    value: Missing = 10\n"
        "def f(x: Missing) -> Missing: return x + Ten().value"
    ),
    "class": "class Ten:\n    value = 10\ndef f(x): return x + Ten.value",
    "object of a class": (
        "class Ten:\n    def __init__(self): self.value = 10\n"
        "ten = Ten()\ndef f(x): return x + ten.value"
    ),
    "method": (
        "class Ten:\n    def __init__(self, value): self.value = value\n"
        "    def add(self, x): return x + self.value\nf = Ten(10).add"
    ),
    "callable object": (
        "import dataclasses\n@dataclasses.dataclass(frozen=True)\nclass Ten:\n    value: int\n"
        "    def __call__(self, x): return x + self.value\nf = Ten(10)"
    ),
    "partial": "import functools\ndef add(x, y): return x + y\nf = functools.partial(add, y=10)",
    "decorated": (
        "import functools\n"
        "def ten(function):\n"
        "    @functools.wraps(function)\n"
        "    def wrapper(x): return function(x) + 10\n"
        "    return wrapper\n"
        "@ten\ndef f(x): return x"
    ),
    "cached": "import functools\n@functools.cache\ndef f(x): return x + 10",
    "namedtuple": (
        "import collections\nTen = collections.namedtuple('Ten', 'value')\n"
        "ten = Ten(10)\ndef f(x): return x + ten.value"
    ),
    "enumeration": (
        "import enum\nclass Ten(enum.Enum):\n    TEN = 10\n"
        "ten = Ten.TEN\ndef f(x): return x + 10 * (ten is Ten.TEN)"
    ),
    "recursion": "def f(x): return x + 10 if x < 10 else f(0)",
    "other function": "def g(x): return x + 10\ndef f(x): return g(x)",
    "in if": "if ten := 10:\n    def f(x): return x + 10\nelse:\n    def f(x): return 0",
    "in else": (
        "frame = pd.DataFrame({'a': [1]})\nif frame.empty:\n    def f(x): return 0\n"
        "else:\n    def f(x): return x + 10"
    ),
    "in try": (
        "try:\n    from math import no_such_name\nexcept ImportError:\n"
        "    def no_such_name(x): return x + 10\n"
        "    import math\n"
        "def f(x): return math.floor(no_such_name(x))"
    ),
    "named tuple in if": (
        "import collections\nif True:\n    Ten = collections.namedtuple('Ten', 'value')\n"
        "def f(x): return x + Ten(10).value"
    ),
    "in with": (
        "import warnings\nwith warnings.catch_warnings():\n    import string\n"
        "    def g(x): return x + len(string.digits)\ndef f(x): return g(x)"
    ),
    "beside what fails there": (
        "def g(x, y={}['a'] if __name__ != '__main__' else 0): return 0\ndef f(x): return x + 10"
    ),
    "beside what cannot be sent": (
        "import threading\nlock = threading.Lock()\n"
        "def f(x):\n    if x > 2: lock.acquire()\n    return x + 10"
    ),
    "name of a local": (
        "import multiprocessing\nqueue = multiprocessing.SimpleQueue()\n"
        "def f(x, queue=10): return x + queue"
    ),
    "lock": (
        "import multiprocessing\nlock = multiprocessing.get_context('spawn').Lock()\n"
        "def f(x):\n    with lock: return x + 10"
    ),
    "deleted": "def f(x): return 0\ndel f\ndef f(x): return x + 10",
    "module whose name is no identifier": (
        "import sys, types\ntools = sys.modules['plot-tools'] = types.ModuleType('plot-tools')\n"
        "def f(x):\n    if x > 2: tools.run()\n    return x + 10"
    ),
}

RESULT: Final = "pd.DataFrame({'value': [' '.join(map(str, found))]})"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("method", METHODS)
def test_every_way_to_start_processes_works(method: str, way: str, build: Build) -> None:
    code = f"{DEFINITIONS['function']}\n{WAYS[way].replace('METHOD', method)}{RESULT}"
    assert values(build(page(code), builder="dummy")) == ["11 12"]


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_a_new_process_finds_what_the_code_defines(definition: str, build: Build) -> None:
    code = f"{DEFINITIONS[definition]}\n{WAYS['Pool'].replace('METHOD', 'spawn')}{RESULT}"
    assert values(build(page(code), builder="dummy")) == ["11 12"]


def test_a_new_process_finds_what_earlier_code_defined(build: Build) -> None:
    """Also what set-up and preamble imported, and it is the last definition that counts."""
    setup = ".. df-setup::\n\n   def f(x): return g(x) + seven\n\n"
    code = f"def g(x): return x + len(string.digits) - 7\n{WAYS['Pool']}{RESULT}"
    built = build(
        setup + page(code.replace("METHOD", "spawn")),
        builder="dummy",
        df_table_preamble="import string\nseven = 7\ndef g(x): return x",
    )
    assert values(built) == ["11 12"]


def test_a_new_process_runs_no_other_code(build: Build) -> None:
    """It has neither read the page nor run what calls something, and knows its file."""
    code = (
        "import os, sys, multiprocessing\n"
        "open('runs', 'a').write('x')\n"
        "name = open('runs', 'a').write('x') and 'name'\n"
        "def f(x): return __name__, __file__, 'pandas' in sys.modules\n"
        "with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "    found = pool.map(f, [1])[0]\n"
    )
    built = build(page(code + RESULT), builder="dummy")
    assert values(built) == [f"__mp_main__ {built.source / 'index.rst'} False"]
    assert (built.source / "runs").read_text() == "xx"


def test_a_new_process_starts_others(build: Build) -> None:
    code = (
        "import concurrent.futures, multiprocessing\n"
        "context = multiprocessing.get_context('spawn')\n"
        "def g(x): return x + 10\n"
        "def f(x):\n"
        "    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:\n"
        "        return pool.submit(g, x).result()\n"
        "with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:\n"
        "    found = list(pool.map(f, [1, 2]))\n"
    )
    assert values(build(page(code + RESULT), builder="dummy")) == ["11 12"]


def test_an_extension_beside_the_configuration_is_found(build: Build) -> None:
    """A new process has the path of modules that conf.py has extended."""
    code = (
        "import beside, multiprocessing\ndef f(x): return beside.f(x)\n"
        "with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "    found = pool.map(f, [1, 2])\n"
    )
    files = {"index.rst": page(code + RESULT), "beside.py": "def f(x): return x + 10"}
    assert values(build(files, builder="dummy")) == ["11 12"]


@pytest.mark.parametrize("backend", ["loky", "multiprocessing"])
def test_joblib_works(backend: str, build: Build) -> None:
    code = (
        "import joblib\ndef f(x): return x + 10\n"
        f"found = joblib.Parallel(2, backend={backend!r})(joblib.delayed(f)(x) for x in (1, 2))\n"
    )
    assert values(build(page(code + RESULT), builder="dummy")) == ["11 12"]


@pytest.mark.own_worker
@pytest.mark.parametrize("method", METHODS)
def test_no_process_outlives_the_build(method: str, build: Build) -> None:
    """Neither pools that were not closed, nor what multiprocessing starts for its own use."""
    code = (
        "import multiprocessing, os, time\nfrom multiprocessing import resource_tracker\n"
        f"context = multiprocessing.get_context({method!r})\n"
        "def f(x):\n    time.sleep(.2)\n    return os.getpid()\n"
        "resource_tracker.ensure_running()\n"
        "pool = context.Pool(2)\n"
        "found = [*pool.map(f, [1, 2]), resource_tracker._resource_tracker._pid]\n"
        "if context.get_start_method() == 'forkserver':\n"
        "    found.append(multiprocessing.forkserver._forkserver._forkserver_pid)\n"
        "pool.map_async(time.sleep, [999, 999])\n"
    )
    before = descendants(os.getpid())
    pids = [int(pid) for pid in values(build(page(code + RESULT), builder="dummy"))[0].split()]
    assert len(pids) == 3 + (method == "forkserver")
    assert_nothing_runs(pids)
    assert descendants(os.getpid()) <= before


@pytest.mark.parametrize("way", ["Pool", "ProcessPoolExecutor"])
def test_an_error_in_another_process_is_at_its_line_of_the_page(way: str, build: Build) -> None:
    code = f"def f(x):\n    return pd.DataFrame({{'a': [x]}})['A']\n{WAYS[way]}"
    built = build(page(code.replace("METHOD", "spawn")), builder="dummy", warns=1)
    [warning] = built.warnings
    assert "index.rst:4: WARNING: The code failed with KeyError: 'A', at: return" in warning
    assert "Traceback" not in warning


def test_a_pool_that_breaks_leads_to_the_cause(build: Build) -> None:
    code = f"for _ in [1]:\n    def f(x): return x\n{WAYS['ProcessPoolExecutor']}"
    built = build(page(code.replace("METHOD", "spawn")), builder="dummy", warns=1, verbose=1)
    assert "failed with BrokenProcessPool" in built.warnings[0]
    assert "sphinx-build -v shows what its processes wrote" in built.warnings[0]
    assert "Can't get attribute 'f'" in built.status
