"""What code does to its process: it costs that table at most, and nothing outlives the build."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final

import pytest
from asking import LOOP, ask, assert_nothing_runs, descendants, is_running, show, shown, values
from sphinx_builds import Build, page, write_files

from sphinx_df_table.client.runner import Runner
from sphinx_df_table.client.transport import can_fork
from sphinx_df_table.model.errors import SnippetError

if TYPE_CHECKING:
    from pathlib import Path

#: Builds that start a worker each: one that others use as well would tell nothing of its end.
own_worker: Final = pytest.mark.own_worker

#: For code that may or may not be shown: either way, one warning at most.
EITHER: Final = "The code|The result"

OWN: Final = "\npd.DataFrame({'value': ['own']})"

#: Finds the way to say that code begins, and says so of code of no kind.
FALSE_NOTE: Final = (
    "import sys\nframe = sys._getframe()\nwhile 'send' not in frame.f_locals:\n"
    "    frame = frame.f_back\n"
    'frame.f_locals[\'send\'](b\'{"kind":"other","limit":"long"}\\n\')'
)

#: Code that harms its process, and the warning on its table; nothing where that is shown.
HARMS: Final = {
    "sys.exit": ("import sys\nsys.exit(0)", "SystemExit: 0, at: sys.exit"),
    "exit()": ("exit()", "(SystemExit|NameError)"),
    "quit(0)": ("quit(0)", "(SystemExit|NameError)"),
    "os._exit": ("import os\nos._exit(0)", "process exited with status 0"),
    "os.abort": ("import os\nos.abort()", r"killed by signal 6 \(SIGABRT\)"),
    "segfault": ("import ctypes\nctypes.string_at(0)", r"signal 11 \(SIGSEGV\)"),
    "faulthandler": (
        "import faulthandler, ctypes\nfaulthandler.enable()\nctypes.string_at(0)",
        r"signal 11 \(SIGSEGV\)",
    ),
    "a note of no kind": (FALSE_NOTE, ""),
    "SIGKILL": ("import os\nos.kill(os.getpid(), 9)", r"signal 9 \(SIGKILL\)"),
    "SIGTERM": ("import os\nos.kill(os.getpid(), 15)", r"signal 15 \(SIGTERM\)"),
    "SIGINT": ("import os, time\nos.kill(os.getpid(), 2)\ntime.sleep(9)", "KeyboardInterrupt"),
    "SIGHUP": ("import os\nos.kill(os.getpid(), 1)", r"signal 1 \(SIGHUP\)"),
    "SIGSTOP": ("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", "Timed out after"),
    "SIGKILL to the group": ("import os\nos.killpg(0, 9)", r"signal 9 \(SIGKILL\)"),
    "SIGKILL to the parent": (
        "import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(9)",
        "process ended without a reply",
    ),
    "SIGTERM to the parent": (
        "import os, time\nos.kill(os.getppid(), 15)\ntime.sleep(9)",
        "process ended without a reply",
    ),
    "SIGINT to the parent": ("import os, time\nos.kill(os.getppid(), 2)\ntime.sleep(.2)", ""),
    "SIGHUP to the parent": ("import os, time\nos.kill(os.getppid(), 1)\ntime.sleep(.2)", ""),
    "SIGUSR1 to the parent": ("import os, time\nos.kill(os.getppid(), 10)\ntime.sleep(.2)", ""),
    "SIGSTOP to the parent": ("import os, signal\nos.kill(os.getppid(), signal.SIGSTOP)", ""),
    "SIGSTOP to the parent, and loop": (
        "import os, signal\nos.kill(os.getppid(), signal.SIGSTOP)\nwhile True: pass",
        "Timed out after",
    ),
    "swallowing loop": (
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "Timed out after 1 seconds",
    ),
    "sleep": ("import time\ntime.sleep(99)", "Timed out after 1 seconds"),
    "blocked signals": (
        (
            "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\n"
            "while True: pass"
        ),
        "Timed out after 1 seconds",
    ),
    "blocked signals, and a table": (
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())",
        "",
    ),
    "ignored signals": (
        "import signal\nfor n in (1, 2, 13, 15, 17): signal.signal(n, signal.SIG_IGN)",
        "",
    ),
    "deep recursion": ("def f(): return f()\nf()", "RecursionError"),
    "deepest recursion": (
        "import sys\nsys.setrecursionlimit(10**8)\ndef f(x): return [*map(f, [x])]\nf(1)",
        "(SIGSEGV|RecursionError|MemoryError)",
    ),
    "deep repr": ("x = []\nfor _ in range(10**6): x = [x]\nrepr(x)", "(SIGSEGV|RecursionError)"),
    "low recursion limit": ("import sys\nsys.setrecursionlimit(60)", EITHER),
    "daemon thread": (
        (
            "import threading, time\ndef f():\n    while True: print('x'); time.sleep(.01)\n"
            "threading.Thread(target=f, daemon=True).start()"
        ),
        "",
    ),
    "thread": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=[999]).start()",
        "",
    ),
    "thread that exits later": (
        "import threading, os\nthreading.Timer(.3, os._exit, [0]).start()",
        "",
    ),
    "thread that interrupts later": (
        "import threading, _thread\nthreading.Timer(.3, _thread.interrupt_main).start()",
        "",
    ),
    "executor": (
        (
            "from concurrent.futures import ThreadPoolExecutor\nimport time\n"
            "e = ThreadPoolExecutor()\ne.submit(time.sleep, 999)"
        ),
        "",
    ),
    "multiprocessing": (
        (
            "import multiprocessing as m, time\n"
            "p = m.get_context('fork').Process(target=time.sleep, "
            "args=[999])\np.start()"
        ),
        "",
    ),
    "subprocess": ("import subprocess\nsubprocess.Popen(['sleep', '999'])", ""),
    "fork, child returns": ("import os\nos.fork()", ""),
    "fork, child raises": ("import os\nif not os.fork(): raise ValueError", ""),
    "fork, child exits": ("import os, sys\nif not os.fork(): sys.exit()", ""),
    "fork, child sleeps": ("import os, time\nif not os.fork(): time.sleep(999)", ""),
    "fork, parent exits": ("import os\nif os.fork(): os._exit(0)\n", "exited with status 0"),
    "forks": ("import os\nfor _ in range(6): os.fork()", ""),
    "many forks": (
        "import os, time\nfor _ in range(100):\n    if not os.fork(): time.sleep(999)",
        "",
    ),
    "closerange": ("import os\nos.closerange(0, 9999)", EITHER),
    "closerange from 3": ("import os\nos.closerange(3, 9999)", EITHER),
    "closed stdout": ("import sys\nsys.stdout.close()\nsys.__stdout__.close()", ""),
    "os.close": ("import os\nfor n in (0, 1, 2): os.close(n)", ""),
    "no streams": ("import sys\nsys.stdin = sys.stdout = sys.stderr = None", ""),
    "odd streams": ("import sys\nsys.stdout = sys.stderr = object()", ""),
    "dup2": ("import os\nos.dup2(os.open('/dev/null', os.O_RDWR), 1)", ""),
    "dup2 over the connection": ("import os\nos.dup2(1, 3)", EITHER),
    "lines": ("for n in range(10**6): print(n)", ""),
    "garbage": ("import os\nos.write(1, bytes(range(256)) * 1000)", ""),
    "fake warnings": (
        (
            "import os, sys\nfor f in sys.stdout, sys.stderr:\n"
            "    print('index.rst:1: WARNING: fake [df_table.snippet]', file=f)"
        ),
        "",
    ),
    "fake answers": (
        (
            "import os, contextlib\nfor n in range(99):\n    with contextlib.suppress(OSError):\n"
            '        os.write(n, b\'\\n{"results": [], "error": {"subtype": "snippet",'
            ' "message": "fake", "kind": "", "filename": "", "line": 0}, "dependencies":'
            ' {"files": [], "globs": []}, "output": "", "warnings": [], "is_last":'
            " false}\\n')"
        ),
        "",
    ),
    "fake ends": (
        (
            "import os, contextlib\nfor n in range(99):\n    with contextlib.suppress(OSError):\n"
            '        os.write(n, b\'\\n{"by_signal": true, "status": 9}\\n\')'
        ),
        EITHER,
    ),
    "fake starts": (
        (
            "import os, contextlib, time\nwhile True:\n  time.sleep(.1)\n"
            "  for n in range(99):\n    with contextlib.suppress(OSError):\n"
            '        os.write(n, b\'\\n{"started": "snippet"}\\n\')'
        ),
        "Timed out after 1 seconds",
    ),
    "half lines": (
        (
            "import os, contextlib\nfor n in range(99):\n    with contextlib.suppress(OSError):\n"
            "        os.write(n, b'{\"results\": ')"
        ),
        "",
    ),
    "input()": ("input('name? ')", "EOFError"),
    "stdin": ("import sys, os\nassert not sys.stdin.read()\nassert not os.read(0, 1)", ""),
    "alarm": (
        "import signal\nsignal.setitimer(signal.ITIMER_REAL, .1)\nimport time\ntime.sleep(9)",
        r"SIGALRM",
    ),
    "alarm for later": ("import signal\nsignal.setitimer(signal.ITIMER_REAL, .2)", ""),
    "alarm that raises later": (
        (
            "import signal\ndef f(*_): raise KeyboardInterrupt\nsignal.signal(signal.SIGALRM, f)\n"
            "signal.setitimer(signal.ITIMER_REAL, .2)"
        ),
        "",
    ),
    "umask": ("import os\nos.umask(0o777)", ""),
    "atexit": (
        (
            "import atexit, time, os\natexit.register(time.sleep, 999)\n"
            "atexit.register(print, 'end')\natexit.register(os._exit, 3)"
        ),
        "",
    ),
    "deleted folder": ("import os, tempfile\nf = tempfile.mkdtemp()\nos.chdir(f)\nos.rmdir(f)", ""),
    "trace": ("import sys\ndef f(*_): raise ValueError('traced')\nsys.settrace(f)", EITHER),
    "slow profile": ("import sys, time\nsys.setprofile(lambda *_: time.sleep(.01))", EITHER),
    "bare thread": (
        (
            "import _thread, os, time\n"
            "_thread.start_new_thread(lambda: (time.sleep(.2), os._exit(0)), ())\ntime.sleep(.05)"
        ),
        "",
    ),
    "late fault": ("import faulthandler\nfaulthandler.dump_traceback_later(.2, exit=True)", ""),
    "child that kills its parent": (
        "import subprocess\nsubprocess.Popen(['sh', '-c', 'sleep .2; kill -9 $PPID'])",
        "",
    ),
    "child that reads requests": (
        "import os\nif not os.fork(): os.read(3, 10**6); os._exit(0)",
        "",
    ),
    "lines without end": (
        "import os\nwhile True: os.write(3, b'x\\n' * 100)",
        "Timed out after 1 seconds",
    ),
    "a line without end": (
        "import os\nwhile True: os.write(3, b'x' * 2**20)",
        "Timed out after 1 seconds",
    ),
    "patched numpy": ("np.asarray = None", EITHER),
    "patched types": ("import types\ntypes.ModuleType = None", EITHER),
    "gc": ("import gc\ngc.disable()", ""),
    "RLIMIT_NOFILE": (
        "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))",
        EITHER,
    ),
    "RLIMIT_FSIZE": ("import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))", EITHER),
    "RLIMIT_CPU": (
        "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (0, 1))\nwhile True: pass",
        "SIG(XCPU|KILL)",
    ),
    "RLIMIT_NPROC": ("import resource\nresource.setrlimit(resource.RLIMIT_NPROC, (0, 0))", ""),
    "nice": ("import os\nos.nice(19)", ""),
    "no open": ("import builtins\nbuiltins.open = None", ""),
    "no print": ("import builtins\nbuiltins.print = None", ""),
    "no __import__": ("import builtins\nbuiltins.__import__ = None", EITHER),
    "no isinstance": ("import builtins\nbuiltins.isinstance = None", EITHER),
    "no builtins": ("import builtins\nbuiltins.__dict__.clear()", EITHER),
    "no json": ("import json\njson.dumps = json.loads = None", EITHER),
    "no dup2": ("import os\nos.dup2 = os._exit = os.getpid = None", EITHER),
    "no clock": ("import time\ntime.monotonic = time.time = None", ""),
    "no exit": ("import sys\nsys.exit = None", ""),
    "no modules": ("import sys\nsys.modules.clear()", EITHER),
    "no pandas": ("import sys\ndel sys.modules['pandas']", EITHER),
    "no path": ("import sys\nsys.path = None", EITHER),
    "no patched pandas": ("pd.DataFrame.__init__ = None", EITHER),
    "terminal": ("open('/dev/tty')", "OSError"),
    "exec": ("import os\nos.execv('/bin/true', ['true'])", "process exited with status 0"),
    "exec and sleep": (
        "import os\nos.execv('/bin/sleep', ['sleep', '9'])",
        "exited with|Timed out",
    ),
    # A loop would keep a core busy until the worker of all tests ends.
    "new session": (
        "import os, time\nif not os.fork():\n    os.setsid()\n    time.sleep(99)",
        "",
    ),
}


DATA: Final = "pd.DataFrame({'n': [len(pd.read_csv('a.csv'))]})"

#: A page's next table, which is there long enough for what comes late.
NEXT: Final = page("import time\ntime.sleep(0.3)\n" + DATA)


#: What is done to the parent of the code's process would be done to Sphinx.
FORKS: Final = pytest.mark.forks("the code's process has Sphinx's as its parent, and no socket 3")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=FORKS if re.search("getppid|os.write[(]3", HARMS[name][0]) else ())
        for name in HARMS
    ],
)
def test_harm_to_a_process_costs_one_table(name: str, build: Build) -> None:
    code, message = HARMS[name]
    timeout = ":timeout: 1" if "Timed out" in message else ""
    harmed = page(code + OWN, options=timeout)
    files = {
        "index.rst": f"{page(DATA)}\n{harmed}\n{NEXT}",
        "other.rst": f":orphan:\n\n{page(DATA)}",
        "a.csv": "a\n1\n2\n",
    }
    built = build(files, builder="dummy", warns=None)
    assert values(built, "other") == ["2"]
    if message == EITHER:
        assert len(built.warnings) <= 1
    else:
        assert len(built.warnings) == bool(message)
    for warning in built.warnings:
        assert warning.startswith(f"{built.source / 'index.rst'}:")
        assert re.search(message, warning)
        subtype = "data" if "The result cannot" in warning else "snippet"
        assert warning.endswith(f" [df_table.{subtype}]")
    assert values(built) == (["2", "2"] if built.warnings else ["2", "own", "2"])


def test_common_code_keeps_the_process_of_its_page(build: Build) -> None:
    common = [
        "import random\nrandom.seed(1)\nnp.random.seed(1)",
        "import warnings\nwarnings.simplefilter('ignore')\nwarnings.warn('x')",
        "pd.set_option('display.precision', 2)\nimport os\nos.chdir('/')\nos.environ['X'] = 'x'",
        "import logging, decimal, locale, sqlite3, asyncio, csv\nlogging.basicConfig()",
        "import sys\nsys.path.insert(0, '/')\nsys.argv.append('x')\nsys.stdout.close()",
        "import subprocess\nsubprocess.run(['true'], check=True, capture_output=True)",
        (
            "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor() as e:\n"
            "    list(e.map(abs, [1]))"
        ),
        "df = pd.DataFrame({'a': [1]})\ndf.style.to_html()\ndf.to_json()\nrepr(df.describe())",
        "import polars, pyarrow",
    ]
    pid = "\npd.DataFrame({'value': [__import__('os').getpid()]})"
    built = build("\n".join(page(code + pid) for code in common), builder="dummy")
    assert len(values(built)) == len(common)
    assert len(set(values(built))) == 1


#: Ways to start a process that is not to be found again; each writes down its number.
ESCAPES: Final = {
    "child": "if not os.fork(): stay()",
    "session": "if not os.fork():\n    os.setsid()\n    stay()",
    "orphan": "if not os.fork():\n    if os.fork(): os._exit(0)\n    stay()",
    "daemon": (
        "if not os.fork():\n    os.setsid()\n    if os.fork(): os._exit(0)\n"
        "    os.chdir('/')\n    os.closerange(0, 99)\n    stay()"
    ),
    "deaf daemon": (
        "if not os.fork():\n    os.setsid()\n    for n in (1, 2, 15): signal.signal(n, 1)\n"
        "    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\n"
        "    if os.fork(): os._exit(0)\n    stay()"
    ),
    "family": ("for _ in 'abc':\n  if not os.fork():\n    os.setsid()\n    os.fork()\n    stay()"),
    "stopped": (
        "if not os.fork():\n    os.setsid()\n    if os.fork(): os._exit(0)\n    note()\n"
        "    os.kill(os.getpid(), signal.SIGSTOP)\n    stay()"
    ),
    "program": (
        "import subprocess\nwith open('pids', 'a') as f:\n"
        "    print(subprocess.Popen(['setsid', '--fork', 'sh', '-c', "
        "'echo $$ >> pids; exec sleep 999']).wait())"
    ),
    "multiprocessing": (
        "import multiprocessing\n"
        "multiprocessing.get_context('fork').Process(target=stay, daemon=False).start()"
    ),
}

#: What the code does once that process is there.
FAREWELLS: Final = {
    "exits": "os._exit(0)",
    "kills the worker": "os.kill(os.getppid(), 9); time.sleep(9)",
    "ends the worker": "os.kill(os.getppid(), 15); time.sleep(9)",
    "stops the worker": "os.kill(os.getppid(), signal.SIGSTOP)",
}

ESCAPE: Final = """\
import os, signal, time

PIDS = os.path.abspath('pids')

def note():
    with open(PIDS, 'a') as f:
        f.write(f'{os.getpid()}\\n')

def stay():
    note()
    while True:
        try: time.sleep(99)
        except BaseException: pass

"""
WAIT: Final = "\nwhile not os.path.exists(PIDS) or not os.path.getsize(PIDS): time.sleep(.01)\n"


#: Only Linux makes a process the parent of orphans, and only the worker that forks asks for it.
FORKS_SESSIONS: Final = pytest.mark.forks("processes with a session of their own are not found")


@own_worker
@pytest.mark.parametrize(
    ("way", "farewell"),
    [
        *(
            pytest.param(way, "shows its table", marks=FORKS_SESSIONS if "setsid" in code else ())
            for way, code in ESCAPES.items()
        ),
        *(
            pytest.param(way, farewell, marks=FORKS_SESSIONS)
            for way in ("daemon", "stopped")
            for farewell in FAREWELLS
        ),
    ],
)
def test_nothing_outlives_the_build(way: str, farewell: str, build: Build) -> None:
    code = ESCAPE + ESCAPES[way] + WAIT + FAREWELLS.get(farewell, "") + OWN
    before = descendants(os.getpid())
    built = build(f"{page(code)}\n{show('1')}", builder="dummy", warns=None)
    assert len(built.warnings) <= 1
    assert values(built)[-1] == "1"
    pids = [int(line) for line in (built.source / "pids").read_text().split()]
    assert pids
    assert_nothing_runs(pids)
    assert descendants(os.getpid()) <= before


#: What a build is told to end with, and whom: all its processes, as a terminal does, or it alone.
ENDS: Final = {
    "SIGINT to all": (signal.SIGINT, os.killpg),
    "SIGINT": (signal.SIGINT, os.kill),
    "SIGTERM to all": (signal.SIGTERM, os.killpg),
    "SIGTERM": (signal.SIGTERM, os.kill),
    "SIGHUP": (signal.SIGHUP, os.kill),
    "SIGKILL to all": (signal.SIGKILL, os.killpg),
    "SIGKILL": (signal.SIGKILL, os.kill),
}


#: Whoever runs the tests may have signals ignored, as nohup does.
ENDING: Final = """\
import signal
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
extensions = ["sphinx_df_table"]
"""


def started_build(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    """A build with a process group of its own, in which each page has started its code."""
    # Without fork, the worker's own session is found.
    daemon = ESCAPE + ESCAPES["daemon" if can_fork() else "child"] + WAIT
    code = daemon + "open(f'running-{os.getpid()}', 'w').close()\n" + LOOP
    pages = {f"p{number}.rst": f":orphan:\n\n{page(code)}" for number in range(8)}
    write_files(folder, {"conf.py": ENDING, **pages})
    command = [sys.executable, "-m", "sphinx", "-q", *options, str(folder), str(folder / "out")]
    with (folder / "log").open("wb") as log:
        build = subprocess.Popen(command, stdout=log, stderr=log, process_group=0)
    while len(list(folder.glob("running-*"))) < (2 if options else 1):
        assert build.poll() is None
        time.sleep(0.05)
    return build


@own_worker
@pytest.mark.parametrize(
    ("end", "options"),
    [
        *((end, ()) for end in ENDS),
        *((end, ("-j", "2")) for end in ("SIGINT to all", "SIGTERM", "SIGHUP", "SIGKILL")),
    ],
)
def test_a_build_that_is_ended_leaves_no_process(
    end: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    number, send = ENDS[end]
    build = started_build(tmp_path, *options)
    started = descendants(build.pid)
    started |= {int(pid) for pid in (tmp_path / "pids").read_text().split()}
    # The keeper, the worker, a page; the daemon. Or the worker alone.
    assert len(started) >= (4 if can_fork() else 1)
    send(build.pid, number)
    # The snippet itself has 60 seconds.
    build.wait(timeout=30)
    assert build.returncode != 0
    assert_nothing_runs(started)


@pytest.mark.forks("there is no process around the worker")
@own_worker
def test_a_build_that_is_ended_while_its_worker_is_stopped_leaves_no_process(
    tmp_path: Path,
) -> None:
    build = started_build(tmp_path)
    started = descendants(build.pid)
    for pid in started:
        os.kill(pid, signal.SIGSTOP)
    # All others come of it; one of them may have ended since, and be nobody's any more.
    keeper = max(started, key=lambda pid: len(descendants(pid)))
    build.kill()
    build.wait(timeout=30)
    # Whoever stops the keeper itself has to let it go on.
    os.kill(keeper, signal.SIGCONT)
    assert_nothing_runs(started)


@own_worker
def test_the_exit_status_is_that_of_a_warning(tmp_path: Path) -> None:
    codes = ["import sys\nsys.exit(0)", "import os\nos._exit(0)", "exit()", "quit()"]
    if can_fork():
        codes.append("import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(9)")
    text = "Title\n=====\n\n" + "\n".join([*map(page, codes), show("1")])
    write_files(tmp_path, {"conf.py": "extensions = ['sphinx_df_table']", "index.rst": text})
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "text", str(tmp_path), "out"]
    for options, status in (([], 0), (["-E", "-W", "--keep-going"], 1)):
        run = subprocess.run(
            [*command, *options], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert run.returncode == status
        assert run.stderr.count("index.rst:") == len(codes)
        assert "value" in (tmp_path / "out" / "index.txt").read_text()


@FORKS
@own_worker
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
def test_a_page_that_ends_the_worker_costs_no_other_reader_a_table(
    number: signal.Signals, build: Build
) -> None:
    good = f":orphan:\n\n{show('1', 'import time; time.sleep(.3)')}"
    code = f"import os, time\nos.kill(os.getppid(), {number.value})\ntime.sleep(.5)" + OWN
    files = {f"p{n}.rst": good for n in range(12)} | {"p5.rst": ":orphan:\n\n" + page(code)}
    built = build(files, builder="dummy", jobs=2, warns=None)
    assert len(built.warnings) <= 1
    assert [values(built, f"p{n}") for n in range(12) if n != 5] == [["1"]] * 11


@own_worker
def test_a_mask_of_new_files_does_not_reach_files_to_download(build: Build) -> None:
    code = "import os\nos.umask(0o777)" + OWN
    built = build(page(code, options=":download:"))
    [link] = built.html().select("a[download]")
    path = built.output / str(link["href"])
    assert path.read_text() == "value\nown\n"
    assert path.stat().st_mode & 0o400


@own_worker
def test_code_leaves_no_file_of_ours(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    victim = "os.getppid()" if can_fork() else "os.getpid()"
    codes = ["import os\nos._exit(0)", f"import os\nos.kill({victim}, 9)", "print('x' * 9999)"]
    text = "\n".join(page(code + OWN) for code in codes)
    built = build({"index.rst": text, "a.csv": "a\n1\n"}, builder="dummy", warns=None)
    assert not list(temporary.iterdir())
    assert {path.name for path in built.source.iterdir()} == {"index.rst", "a.csv"}


@pytest.mark.forks("the connections are pipes, which have no names")
@own_worker
def test_the_connections_have_no_name_that_others_could_open(tmp_path: Path) -> None:
    look = (
        "import os, socket\nown = socket.socket(fileno=os.dup(3))\n"
        "pd.Series([repr((own.getsockname(), own.getpeername()))])"
    )
    runner = Runner(forking=True)
    assert shown(ask(runner, look, tmp_path)) == "('', '')"
    runner.stop()


@own_worker
def test_an_end_or_a_stop_is_followed_by_a_new_process(runner: Runner, tmp_path: Path) -> None:
    with pytest.raises(SnippetError, match="exited with status 3"):
        ask(runner, "import os; os._exit(3)", tmp_path)
    assert shown(ask(runner, "pd.Series([1])", tmp_path)) == "1"
    with pytest.raises(SnippetError, match=r"Timed out after 0\.5 seconds"):
        ask(runner, LOOP, tmp_path, timeout=0.5)
    assert shown(ask(runner, "pd.Series([2])", tmp_path)) == "2"


@own_worker
def test_a_worker_that_is_gone_is_replaced(runner: Runner, tmp_path: Path) -> None:
    worker = "os.getppid()" if runner._forking else "os.getpid()"
    pid = int(shown(ask(runner, f"import os\npd.Series([{worker}])", tmp_path)))
    os.kill(pid, signal.SIGKILL)
    assert not is_running(pid)
    assert shown(ask(runner, "pd.Series([2])", tmp_path)) == "2"


#: What leaves a process unfit to run any more.
RUIN = {
    "descriptors": "import os\nos.closerange(0, 9999)",
    "limit": "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))",
    "path": "import sys\nsys.path = None",
    "options": "pd.options = None",
    "folder": "import os, tempfile\nf = tempfile.mkdtemp()\nos.chdir(f)\nos.rmdir(f)",
    "answers": (
        "import os, contextlib\nfor n in range(3, 9):\n    with contextlib.suppress(OSError):\n"
        "        os.write(n, b'{\"table\":null}\\n[]\\n7')"
    ),
}


@own_worker
@pytest.mark.parametrize("name", RUIN)
def test_what_ruins_a_process_costs_no_more_than_a_table(
    name: str, runner: Runner, tmp_path: Path
) -> None:
    code = f"{RUIN[name]}\npd.Series([1])"
    for expected in ("1", "2"):
        with contextlib.suppress(SnippetError):
            reply = ask(runner, code, tmp_path)
            assert isinstance(reply.error, SnippetError) or shown(reply) == "1"
        again = None
        with contextlib.suppress(SnippetError):
            again = ask(runner, "pd.Series([1])", tmp_path)
        reply = again or ask(runner, "pd.Series([1])", tmp_path)
        assert reply.error or shown(reply) == "1"
        assert shown(ask(runner, f"pd.Series([{expected}])", tmp_path)) == expected
