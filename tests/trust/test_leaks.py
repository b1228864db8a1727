"""What one page does to its process reaches no other page, and nothing of it reaches Sphinx."""

from __future__ import annotations

import builtins
import codecs
import copyreg
import csv
import decimal
import functools
import gc
import locale
import logging
import mimetypes
import os
import signal
import socket
import sys
import threading
import time
import warnings
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pytest
from docutils import nodes
from docutils.parsers.rst import directives, roles
from sphinx_builds import Build, Built, build_in, cell_texts, page

from sphinx_df_table.client.runner import Runner

if TYPE_CHECKING:
    from collections.abc import Callable

#: What a page does, and an expression that tells whether it was done.
LEAKS: Final = {
    # Python's own state.
    "working directory": ("os.chdir('/')", "os.getcwd()"),
    "environment": ("os.environ['LEAK'] = '1'; del os.environ['PATH']", "sorted(os.environ)"),
    "environment behind Python": ("os.putenv('LEAK', '1')", "os.popen('echo $LEAK').read()"),
    "module path": ("sys.path.insert(0, '/leak')", "sys.path"),
    "another module path": ("sys.path = ['/leak', *sys.path]", "sys.path"),
    "arguments": ("sys.argv.append('leak')", "sys.argv[1:]"),
    "modules": ("sys.modules['json'] = types.ModuleType('leak')", "__import__('json').__name__"),
    "finders": ("sys.meta_path.append(None)", "None in sys.meta_path"),
    "hooks of the path": ("sys.path_hooks.clear()", "len(sys.path_hooks)"),
    "import": (
        "old = builtins.__import__; builtins.__import__ = lambda *a, **k: old(*a, **k)",
        "type(builtins.__import__)",
    ),
    "builtins": ("builtins.len = lambda _: 99", "len('ab')"),
    "a new builtin": ("builtins.leak = 1", "hasattr(builtins, 'leak')"),
    "a removed builtin": ("del builtins.sorted", "hasattr(builtins, 'sorted')"),
    "recursion limit": ("sys.setrecursionlimit(5000)", "sys.getrecursionlimit()"),
    "exception hook": ("sys.excepthook = print", "sys.excepthook is sys.__excepthook__"),
    "display hook": ("sys.displayhook = print", "sys.displayhook is sys.__displayhook__"),
    "exceptions of threads": (
        "threading.excepthook = print",
        "threading.excepthook is threading.__excepthook__",
    ),
    "tracing": ("sys.settrace(lambda *_: None)", "sys.gettrace() is None"),
    "profiling": ("sys.setprofile(lambda *_: None)", "sys.getprofile() is None"),
    "switch interval": ("sys.setswitchinterval(0.5)", "sys.getswitchinterval()"),
    "long numbers": ("sys.set_int_max_str_digits(0)", "sys.get_int_max_str_digits()"),
    "garbage": ("gc.disable()", "gc.isenabled()"),
    "garbage thresholds": ("gc.set_threshold(7, 7, 7)", "gc.get_threshold()"),
    "streams": ("sys.stdout.close(); sys.stdout = None", "sys.stdout is None"),
    "threads": (
        "threading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
        "threading.active_count()",
    ),
    "at the end": ("atexit.register(print, 'leak')", "atexit._ncallbacks()"),
    # The process.
    "signal handlers": (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
        "signal.getsignal(signal.SIGTERM)",
    ),
    "blocked signals": (
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])",
        "signal.pthread_sigmask(signal.SIG_BLOCK, [])",
    ),
    "alarm": ("signal.signal(signal.SIGALRM, print); signal.alarm(99)", "signal.alarm(0) > 0"),
    "umask": ("os.umask(0o777)", "oct(os.umask(0o22))"),
    "niceness": ("os.nice(3)", "os.nice(0)"),
    "open files": (
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))",
        "resource.getrlimit(resource.RLIMIT_NOFILE)",
    ),
    "descriptors": ("os.dup2(os.open('/', os.O_RDONLY), 99)", "os.path.exists('/proc/self/fd/99')"),
    "time zone": ("os.environ['TZ'] = 'XXX-5'; time.tzset()", "time.tzname"),
    "socket timeout": ("socket.setdefaulttimeout(1.5)", "socket.getdefaulttimeout()"),
    # The standard library.
    "logging off": ("logging.disable()", "logging.root.manager.disable"),
    "logging handlers": (
        "logging.root.addHandler(logging.NullHandler())",
        "len(logging.root.handlers)",
    ),
    "logging levels": ("logging.addLevelName(30, 'LEAK')", "logging.getLevelName(30)"),
    "logging level": ("logging.root.setLevel(1)", "logging.root.level"),
    "logging class": (
        "logging.setLoggerClass(type('L', (logging.Logger,), {}))",
        "logging.getLoggerClass()",
    ),
    "warning filters": ("warnings.simplefilter('error')", "warnings.filters[:1]"),
    "locale": ("locale.setlocale(locale.LC_ALL, 'C.UTF-8')", "locale.setlocale(locale.LC_ALL)"),
    "decimal context": ("decimal.getcontext().prec = 3", "decimal.Decimal(1) / 7"),
    "decimal default": ("decimal.DefaultContext.prec = 3", "decimal.DefaultContext.prec"),
    "random state": ("random.seed(0)", "random.random() == random.Random(0).random()"),
    "csv limit": ("csv.field_size_limit(10)", "csv.field_size_limit()"),
    "csv dialects": ("csv.register_dialect('leak')", "csv.list_dialects()"),
    "json": ("json.dumps = lambda *a, **k: 'leak'", "json.dumps([1])"),
    "json encoder": ("json.JSONEncoder.default = print", "json.JSONEncoder.default is print"),
    "re": ("re.compile = lambda *a: 'leak'", "re.compile('a').__class__"),
    "mimetypes": ("mimetypes.add_type('leak/x', '.csv')", "mimetypes.guess_type('a.csv')"),
    "codec errors": (
        "codecs.register_error('strict', lambda e: ('', e.end))",
        "codecs.lookup_error('strict') is codecs.strict_errors",
    ),
    "copyreg": (
        "copyreg.pickle(complex, print)",
        "copyreg.dispatch_table.get(complex) is print",
    ),
    "abstract classes": (
        "collections.abc.Mapping.register(int)",
        "isinstance(1, collections.abc.Mapping)",
    ),
    "line cache": (
        "linecache.cache[json.__file__] = (1, None, ['leak'], '')",
        "linecache.getline(json.__file__, 1)",
    ),
    "temporary folder": ("tempfile.tempdir = '/leak'", "tempfile.gettempdir()"),
    "path class": ("pathlib.Path.exists = lambda *_: True", "pathlib.Path('/leak').exists()"),
    "date class": ("time.strftime = lambda *_: 'leak'", "time.strftime('%%')"),
    "context variables": (
        "decimal.setcontext(decimal.Context(prec=2))",
        "decimal.getcontext().prec",
    ),
    # pandas and NumPy.
    "read_csv": ("pd.read_csv = lambda *_: pd.Series([9])", "pd.read_csv(io.StringIO('a')).shape"),
    "a method of frames": ("pd.DataFrame.sum = lambda _: 'leak'", "pd.DataFrame({'a': [1]}).sum()"),
    "to_csv": ("pd.DataFrame.to_csv = lambda *_: 'leak'", "pd.DataFrame({'a': [1]}).to_csv()"),
    "pandas options": ("pd.options.display.precision = 1", "pd.options.display.precision"),
    "options object": ("pd.options = types.SimpleNamespace()", "hasattr(pd.options, 'display')"),
    "accessors": (
        "pd.api.extensions.register_dataframe_accessor('leak')(object)",
        "hasattr(pd.DataFrame, 'leak')",
    ),
    "dtypes": (
        "pd.core.dtypes.base._registry.dtypes.append(int)",
        "len(pd.core.dtypes.base._registry.dtypes)",
    ),
    "NumPy's random state": (
        "np.random.seed(0)",
        "np.random.random() == np.random.RandomState(0).random_sample()",
    ),
    "NumPy's print options": ("np.set_printoptions(precision=1)", "np.array([1 / 3])"),
    "NumPy's errors": ("np.seterr(all='raise')", "np.geterr()"),
    "a function of NumPy": ("np.sum = lambda _: 99", "np.sum([1])"),
    "Polars' options": (
        "import polars; polars.Config.set_tbl_rows(3)",
        "__import__('polars').Config.state()['POLARS_FMT_MAX_ROWS']",
    ),
    # Ours, which nothing keeps a snippet from importing.
    "this extension": (
        "import sphinx_df_table.frames.values as v; v.value_texts = lambda s: ['leak'] * len(s)",
        "__import__('sphinx_df_table.frames.values').frames.values.value_texts.__name__",
    ),
    "a module of the project": ("import counter; counter.n += 1", "__import__('counter').n"),
    "a file in memory": ("sys.leak = [1]", "getattr(sys, 'leak', None)"),
}

IMPORTS: Final = (
    "import atexit, builtins, codecs, collections.abc, copyreg, csv, decimal, gc, io, json, "
    "linecache, locale, logging, mimetypes, os, pathlib, random, re, resource, signal, socket, "
    "sys, tempfile, threading, time, types, warnings\n"
)


def looking(look: str, *, change: str = "pass", then: str = "") -> str:
    """A page that does ``change`` and shows, if it can, what ``look`` sees in its process."""
    code = f"{IMPORTS}old_str = str\n{change}\n{then}\npd.Series([old_str({look})])"
    return ":orphan:\n\n" + page(code)


def shown(built: Built, name: str) -> str:
    """The cell of the only table of a page."""
    [table] = built.tables(name)
    return cell_texts(table)[-1][-1]


def state_of_sphinx() -> dict[str, Any]:
    """What a snippet could change in this process, if it ran here."""
    return {
        "directory": os.getcwd(),
        "environment": dict(os.environ),
        "path": list(sys.path),
        "arguments": list(sys.argv),
        "finders": list(sys.meta_path),
        "json": sys.modules["json"].dumps,
        "builtins": dict(vars(builtins)),
        "recursion": sys.getrecursionlimit(),
        "hooks": (sys.excepthook, sys.displayhook, threading.excepthook),
        "interval": sys.getswitchinterval(),
        "garbage": (gc.isenabled(), gc.get_threshold()),
        "streams": (sys.stdin, sys.stdout, sys.stderr),
        "signals": {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGALRM)},
        "umask": _umask(),
        "zone": time.tzname,
        "sockets": socket.getdefaulttimeout(),
        "logging": (logging.root.manager.disable, list(logging.root.handlers), logging.root.level),
        "level name": logging.getLevelName(30),
        "warnings": list(warnings.filters),
        "locale": locale.setlocale(locale.LC_ALL),
        "decimal": decimal.getcontext().prec,
        "csv": (csv.field_size_limit(), csv.list_dialects()),
        "types": mimetypes.guess_type("a.csv"),
        "codecs": codecs.lookup_error("strict"),
        "copyreg": dict(copyreg.dispatch_table),
        "pandas": (pd.read_csv, pd.DataFrame.sum, pd.get_option("display.precision")),
        "accessors": hasattr(pd.DataFrame, "leak"),
        "NumPy": (np.sum, np.geterr(), np.get_printoptions()["precision"]),
        "roles": dict(vars(roles)["_roles"]),
        "directives": dict(vars(directives)["_directives"]),
    }


def _umask() -> int:
    mask = os.umask(0o22)
    os.umask(mask)
    return mask


#: What leaves nothing to show on the page that does it.
BREAKS_ITS_OWN_PAGE: Final = frozenset({"builtins", "options object"})


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Built]:
    """Give the project with all that leaks, built with so many readers.

    Its first page looks before the others leak, or leak and fail, and its last one behind.
    """
    looks = ", ".join(f"old_str({look})" for _, look in LEAKS.values())
    looking_at_all = f":orphan:\n\n{page(f'{IMPORTS}old_str = str{chr(10)}pd.Series([{looks}])')}"
    files = {"counter.py": "n = 0", "a.rst": looking_at_all, "z.rst": looking_at_all}
    for number, (change, look) in enumerate(LEAKS.values()):
        files[f"p{number:02}-does.rst"] = looking(look, change=change)
        failing = looking(look, change=change, then="raise ValueError('leak')")
        files[f"p{number:02}-fails.rst"] = failing

    @functools.cache
    def built(jobs: int) -> Built:
        folder = tmp_path_factory.mktemp(f"leaks{jobs}")
        build_in(folder, builder="dummy")
        before = state_of_sphinx()
        project = build_in(folder, files, builder="dummy", jobs=jobs, warns=None)
        assert state_of_sphinx() == before
        return project

    return built


@pytest.mark.xdist_group("leaks")
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("name", LEAKS)
def test_nothing_leaks_from_page_to_page_or_into_sphinx(
    name: str, jobs: int, projects: Callable[[int], Built]
) -> None:
    built = projects(jobs)
    number = list(LEAKS).index(name)
    before, later = [cell_texts(built.tables(page)[0])[1:][number][0] for page in "az"]
    assert before == later
    assert not built.tables(f"p{number:02}-fails")
    if name in BREAKS_ITS_OWN_PAGE:
        assert list(built.doctrees[f"p{number:02}-does"].findall(nodes.error))
    else:
        assert shown(built, f"p{number:02}-does") != before


@pytest.fixture(params=[True, False], ids=["forks", "runs all itself"])
def each_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run code in both ways; the second is that of systems that cannot fork."""
    if not request.param:
        run_all_in_one_process(monkeypatch)


def run_all_in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = Runner.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "forking", False)


@pytest.mark.usefixtures("each_way")
def test_modules_of_one_name_in_several_folders_are_several(build: Build) -> None:
    files = {"conf.py": "", "shared.py": "n = 0"}
    for name in "abc":
        code = (
            "import helper, package.part, shared\nshared.n += 1\n"
            "pd.Series([helper.name + package.part.name + str(shared.n)])"
        )
        files |= {
            f"{name}/helper.py": f"name = {name!r}",
            f"{name}/package/part.py": f"name = {name!r}",
            f"{name}/page.rst": ":orphan:\n\n" + page(code),
        }
    built = build(files, builder="dummy")
    assert [shown(built, f"{name}/page") for name in "abc"] == ["aa1", "bb1", "cc1"]


#: What a snippet does to its process, and an expression that must not tell later snippets.
TRACES: Final = {
    "working directory": ("os.chdir('/')", "os.getcwd()"),
    "a folder that is gone": (
        "f = tempfile.mkdtemp(); os.chdir(f); os.rmdir(f)",
        "os.path.exists('index.rst')",
    ),
    "module path": ("sys.path.append('/x'); sys.path.pop(0)", "sys.path"),
    "another module path": ("sys.path = ['/x', *sys.path]", "sys.path"),
    "arguments": ("sys.argv.append('x')", "sys.argv"),
    "another list of arguments": ("sys.argv = ['x']", "sys.argv"),
    "environment": ("os.environ['X'] = 'x'; del os.environ['PATH']", "sorted(os.environ.items())"),
    "no environment": ("os.environ.clear()", "sorted(os.environ.items())"),
    "time zone": ("os.environ['TZ'] = 'XXX-5'; time.tzset()", "time.tzname"),
    "time zone without a name": (
        "os.environ['TZ'] = 'XXX-5'; time.tzset(); del os.environ['TZ']",
        "time.tzname",
    ),
    "pandas options": ("pd.set_option('display.precision', 2)", "pd.options.display.precision"),
    "several options": (
        "pd.options.display.max_rows = None; pd.options.display.html.border = 7",
        "(pd.options.display.max_rows, pd.options.display.html.border)",
    ),
    "an option with warnings as errors": (
        "warnings.simplefilter('error'); pd.options.display.precision = 2",
        "pd.options.display.precision",
    ),
    "warning filters": ("warnings.simplefilter('error')", "warnings.filters"),
    "no filters": ("warnings.resetwarnings()", "warnings.filters"),
    "showing warnings": ("warnings.showwarning = print", "warnings.showwarning is print"),
    "streams": ("sys.stdout.close(); sys.stdout = None", "sys.stdout.name"),
    "standard input": ("sys.stdin = io.StringIO('x')", "sys.stdin.read()"),
    "descriptors": ("os.close(1); os.close(2)", "os.fstat(2).st_size >= 0"),
    "__main__": ("sys.modules['__main__'].x = 1", "hasattr(sys.modules['__main__'], 'x')"),
    "names": ("pd.leak, globals()['leak'] = 1, 1", "'leak' in globals()"),
}

#: How a snippet ends that has left traces, and whether its process goes on.
ENDS: Final = {
    "comes to its end": "",
    "fails": "raise ValueError",
    "exits": "sys.exit()",
    "kills its process": "os._exit(0)",
    "goes on for ever": "while True: pass",
}


@pytest.mark.parametrize("name", TRACES)
def test_a_snippet_finds_its_surroundings_as_the_first_did(name: str, build: Build) -> None:
    change, look = TRACES[name]
    looks = page(f"{IMPORTS}pd.Series([str({look})])")
    leaves = [page(f"{IMPORTS}{change}\n{end}", options=":timeout: 0.3") for end in ENDS.values()]
    text = "\n".join([looks, *(part for leave in leaves for part in (leave, looks))])
    # The first of those that leave traces has nothing to show, the others fail.
    built = build(text, builder="dummy", warns=len(ENDS))
    first, *others = [cell_texts(table)[-1][-1] for table in built.tables()]
    assert others == [first] * len(ENDS)


@pytest.mark.parametrize("name", TRACES)
def test_set_up_leaves_only_names(name: str, build: Build) -> None:
    change, look = TRACES[name]
    looks = page(f"{IMPORTS}pd.Series([str({look})])")
    setup = page(f"{IMPORTS}{change}").replace("df-table", "df-setup")
    built = build(f"{looks}\n{setup}\n{looks}", builder="dummy")
    first, last = [cell_texts(table)[-1][-1] for table in built.tables()]
    assert (first == last) == (name not in {"names", "__main__"})


@pytest.mark.parametrize("name", TRACES)
def test_without_forking_pages_find_their_surroundings_too(
    name: str, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_all_in_one_process(monkeypatch)
    change, look = TRACES[name]
    look = look.replace("sys.argv", "sys.argv[1:]")
    files = {
        "a.rst": looking(look),
        "b.rst": looking(look, change=change, then="raise ValueError"),
        "c.rst": looking(look),
    }
    built = build(files, builder="dummy", warns=1)
    assert shown(built, "a") == shown(built, "c")


PREAMBLE: Final = """\
import types
frame = pd.DataFrame({'a': [1], 'b': [[1]]})
things = {'list': [1], 'set': {1}}
box = types.SimpleNamespace(n=1)
class Kept:
    n = 1
def function(): return function.n
function.n = 1
"""

#: What a page does to what the preamble made.
MUTATIONS: Final = {
    "a frame": ("frame.loc[0, 'a'] = 9", "frame['a'][0]"),
    "a cell's list": ("frame['b'][0].append(9)", "frame['b'][0]"),
    "a dictionary": ("things['list'].append(9); things['set'].add(9)", "things"),
    "any object": ("box.n = 9", "box.n"),
    "a class": ("Kept.n = 9", "Kept.n"),
    "a function": ("function.n = 9", "function()"),
    "a name": ("del globals()['frame']; frame = 9", "type(frame)"),
}


@pytest.mark.usefixtures("each_way")
@pytest.mark.parametrize("name", MUTATIONS)
def test_what_the_preamble_made_is_each_page_s_own(name: str, build: Build) -> None:
    change, look = MUTATIONS[name]
    files = {
        "a.rst": looking(look),
        # Once as a snippet, and once as set-up that the whole page shares.
        "b.rst": looking(look, change=change),
        "c.rst": looking("1", change=change).replace("df-table", "df-setup")
        + page(f"pd.Series([str({look})])"),
        "d.rst": looking(look),
    }
    built = build(files, builder="dummy", df_table_preamble=PREAMBLE)
    assert shown(built, "a") == shown(built, "d") != shown(built, "b")


def test_roles_and_directives_of_a_snippet_are_no_one_else_s(build: Build) -> None:
    code = (
        "from docutils.parsers.rst import Directive, directives, roles\n"
        "roles.register_local_role('leak', lambda *_: 1)\n"
        "roles.register_canonical_role('leak', lambda *_: 1)\n"
        "directives.register_directive('leak', Directive)\npd.Series([1])"
    )
    other = ":orphan:\n\n:leak:`x`\n\n.. leak::\n"
    files = {"a.rst": other, "b.rst": ":orphan:\n\n" + page(code), "c.rst": other}
    built = build(files, builder="dummy", warns=None)
    assert shown(built, "b") == "1"
    for name in "ac":
        said = "\n".join(line for line in built.warnings if f"{name}.rst" in line)
        assert 'Unknown interpreted text role "leak"' in said
        assert 'Unknown directive type "leak"' in said


@pytest.mark.own_worker
def test_the_process_of_snippets_holds_no_sphinx(build: Build) -> None:
    code = "import sys\npd.Series([{'sphinx', 'docutils', 'pytest'} & sys.modules.keys() == set()])"
    assert shown(build(page(code), builder="dummy"), "index") == "True"
