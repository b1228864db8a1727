"""Fixtures that all tests share: files in, a finished build out."""

from __future__ import annotations

import functools
import logging
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from jinja2 import BytecodeCache
from jinja2.sandbox import SandboxedEnvironment

from sphinx_df_table.client.runner import Runner
from sphinx_df_table.client.transport import can_fork

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jinja2.bccache import Bucket

from sphinx_builds import Build, borrow_forking_worker, borrow_pipe_worker, build_in

settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("default")

# Sphinx logs some 800 debug messages a build, a third of the time of a small one.
logging.disable(logging.DEBUG)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--pipes",
        action="store_true",
        help="run all code in one process that does not fork, as on macOS and Windows",
    )


def pytest_configure(config: pytest.Config) -> None:
    # Builds in other processes inherit it, and so do the processes of pytest-xdist.
    if config.getoption("pipes"):
        os.environ["DF_TABLE_NO_FORK"] = "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what does not hold without fork, and give the reason."""
    if not can_fork():
        for item in items:
            if mark := item.get_closest_marker("forks"):
                item.add_marker(pytest.mark.skip(reason=f"without fork, {mark.args[0]}"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Start half as many processes again as there are cores: tests often wait for others."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    return (os.cpu_count() or 1) * 3 // 2


class TemplateCache(BytecodeCache):
    """The byte code of templates, for the life of the process."""

    def __init__(self) -> None:
        self.codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.codes:
            bucket.bytecode_from_string(self.codes[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.codes[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def cached_templates() -> Iterator[None]:
    """Compile each of Sphinx's templates once, not in each build: that was most of its time."""
    environment = functools.partial(SandboxedEnvironment, bytecode_cache=TemplateCache())
    with pytest.MonkeyPatch.context() as patch:
        for module in ("sphinx.jinja2glue", "sphinx.util.template"):
            patch.setattr(f"{module}.SandboxedEnvironment", environment)
        yield


@pytest.fixture(autouse=True)
def lent_worker(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare tests the import of pandas, but those that are marked ``own_worker``."""
    if not request.node.get_closest_marker("own_worker"):
        runner = "sphinx_df_table.client.runner"
        monkeypatch.setattr(f"{runner}.ForkingWorker", borrow_forking_worker)
        if request.config.getoption("pipes"):
            monkeypatch.setattr(f"{runner}.PipeWorker", borrow_pipe_worker)


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Build a project from inline sources, as :func:`build_in` does, in the test's own folder.

    Called again in one test, it writes the given files into the same project and builds on.
    """
    return functools.partial(build_in, tmp_path)


@pytest.fixture(
    params=[
        pytest.param(True, marks=pytest.mark.forks("that is on Linux only"), id="forks"),
        pytest.param(False, id="runs all itself"),
    ]
)
def runner(request: pytest.FixtureRequest) -> Iterator[Runner]:
    """Both ways to run snippets, which keep the same promises as far as a page is concerned."""
    runner = Runner(forking=request.param)
    yield runner
    runner.stop()


@pytest.fixture
def own_catalogues(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a test's catalogues from later tests: Sphinx has them for the life of a process."""
    monkeypatch.setattr("sphinx.locale.translators", {})
