"""Fixtures that all tests share: files in, a finished build out."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from sphinx_df_table.client.runner import Runner
from sphinx_df_table.client.transport import CAN_FORK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

from sphinx_builds import Build, LentWorker, build_in

settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("default")


@pytest.fixture(autouse=True)
def lent_worker(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare tests the import of pandas, but those that are marked ``own_worker``."""
    if not request.node.get_closest_marker("own_worker"):
        monkeypatch.setattr("sphinx_df_table.client.runner.ForkingWorker", LentWorker.borrow)


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Build a project from inline sources, as :func:`build_in` does, in the test's own folder.

    Called again in one test, it writes the given files into the same project and builds on.
    """
    return functools.partial(build_in, tmp_path)


@pytest.fixture(
    params=[
        pytest.param(
            True, marks=pytest.mark.skipif(not CAN_FORK, reason="forks on Linux only"), id="forks"
        ),
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
