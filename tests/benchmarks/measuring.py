"""Measuring builds from outside: their seconds, their memory and the files they leave."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from projects import Page


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one process and all that it started cost; what it left behind.

    :param memory: the most that Sphinx's own process held.
    :param lines: the number of table rows on the built pages.
    """

    wall: float
    cpu: float
    memory: int | None = None
    doctrees: int | None = None
    lines: int | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A project's sources, and where they are built to."""

    pages: tuple[Page, ...]
    sources: Path
    output: Path

    @property
    def doctrees(self) -> Path:
        return self.output / "doctrees"

    @property
    def html(self) -> Path:
        return self.output / "html"


def measure(command: Sequence[str | Path], /, *, peak: Path, log: Path) -> Run:
    """Run ``command`` and what it starts to the end.

    :raises SystemExit: if it fails or says anything.
    """
    environment = os.environ | {"BENCHMARK_PEAK": str(peak)}
    # An installed package is compiled once, not by each build; so are the modules here.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with log.open("wb") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    lines = log.read_text("utf-8", "replace").splitlines()
    # What a kernel has to say of its connection is no warning of the build.
    said = "\n".join(line for line in lines if not line.startswith("[IPKernelApp]"))
    if process.returncode or said:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{said}")
    return Run(wall=wall, cpu=usage.ru_utime + usage.ru_stime)


def build(site: Site, /, *, jobs: int) -> Run:
    """Build what is not yet built of ``site``."""
    site.output.mkdir(exist_ok=True)
    peak = site.output / "peak"
    run = measure(
        [
            *(sys.executable, "-m", "sphinx", "-q", "-b", "html", "-j", str(jobs)),
            *("-d", site.doctrees, site.sources, site.html),
        ],
        peak=peak,
        log=site.output / "log",
    )
    return dataclasses.replace(
        run,
        memory=1024 * int(peak.read_text()),
        doctrees=sum((site.doctrees / f"{p.name}.doctree").stat().st_size for p in site.pages),
        lines=sum((site.html / f"{p.name}.html").read_text().count("<tr") for p in site.pages),
    )


def build_anew(site: Site, /, *, jobs: int) -> Run:
    """Build all of ``site``."""
    shutil.rmtree(site.output, ignore_errors=True)
    return build(site, jobs=jobs)
