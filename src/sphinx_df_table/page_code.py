"""The code of one page, run piece by piece: the preamble, set-up, and snippets."""

from __future__ import annotations

import dataclasses
import os
import sys
import warnings
from typing import TYPE_CHECKING

from sphinx_df_table.errors import TableError
from sphinx_df_table.files import NO_LOOKS
from sphinx_df_table.lasting import LastingState
from sphinx_df_table.mentions import mentions_in
from sphinx_df_table.outcomes import Outcome, outcomes_of, results_of
from sphinx_df_table.protocol import Reply, Started
from sphinx_df_table.sharing import NO_NAMES
from sphinx_df_table.snippet import SnippetResult, run_preamble, run_setup, run_snippet
from sphinx_df_table.surroundings import fresh_surroundings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sphinx_df_table.options import TableOptions
    from sphinx_df_table.protocol import Place, Request, Setup
    from sphinx_df_table.source import Source
    from sphinx_df_table.watch import FileWatch

    #: Says that code begins to run: its time is counted from here.
    Begin = Callable[[Started], None]


class PageCode:
    """What the code of one page has come to: the names of earlier code, and the files it saw."""

    def __init__(self, place: Place, watch: FileWatch) -> None:
        self.place = place
        self.is_new = True
        self._watch = watch
        self._names = NO_NAMES
        self._setups = 0
        self._error: TableError | None = None
        self._looks = NO_LOOKS
        self._paths: Mapping[str, str] = {}

    def answer(self, request: Request, begin: Begin) -> Reply:
        """Do what ``request`` asks for; nothing that its code does is raised.

        :param begin: called before code of any kind runs.
        """
        if self.is_new:
            self._prepare(request, begin)
        if self._error:
            return Reply(error=self._error, looks=self._looks)
        self._start_watch()
        if failed := self._run_missing(request.setups[self._setups :], begin):
            return self._reply(failed)
        begin(Started(kind="snippet", limit=request.timeout))
        paths = self._note_mentions(request.source.text)
        self._watch.note_patterns(request.depends, directory=self.place.directory)
        if request.options is None:
            self._paths = paths
            return self._reply(self._set_up(request.source, request.missing))
        return self._shown(request, request.options)

    def _prepare(self, request: Request, begin: Begin) -> None:
        """Run the preamble, and leave the process as each snippet is to find it."""
        self.is_new = False
        warnings.resetwarnings()
        for category in (ResourceWarning, ImportWarning):
            warnings.simplefilter("ignore", category)
        sys.argv[:] = [self.place.filename]
        sys.path[:0] = [self.place.directory, self.place.configuration_directory]
        os.chdir(self.place.configuration_directory)
        self._start_watch()
        if preamble := request.preamble:
            begin(Started(kind="preamble", limit=request.preamble_timeout))
            self._paths = self._note_mentions(preamble)
            # Functions that it defines run in the page's folder.
            self._note_mentions(preamble, directory=self.place.configuration_directory)
            try:
                self._names = run_preamble(preamble, filename=self.place.filename)
            except TableError as error:
                self._error = error
        self._looks = self._watch.stop()
        os.chdir(self.place.directory)

    def _run_missing(self, setups: Sequence[Setup], begin: Begin) -> SnippetResult | None:
        """Run set-up that an earlier process of this page has run; return what fails now."""
        for setup in setups:
            begin(Started(kind="setup", limit=setup.timeout))
            self._paths = self._note_mentions(setup.source.text)
            result = self._set_up(setup.source, ())
            if result.error:
                return result
        return None

    def _set_up(self, source: Source, missing: Sequence[tuple[str, str]]) -> SnippetResult:
        """Run set-up; if it does not fail, what it defines is there from now on."""
        with fresh_surroundings():
            self._names, result = run_setup(
                source, names=self._names, missing=dict(missing), filename=self.place.filename
            )
        if not result.error:
            self._setups += 1
        return result

    def _shown(self, request: Request, options: TableOptions) -> Reply:
        """Run a snippet, and lay out what it leaves behind."""
        destination = request.destination
        outcomes: list[Outcome] = []
        state = LastingState()
        with fresh_surroundings():
            ran = run_snippet(
                request.source,
                names=self._names,
                missing=dict(request.missing),
                filename=self.place.filename,
                variable=options.variable,
            )
            if not ran.error:
                outcomes = outcomes_of(ran.value, options, in_full=destination is not None)
        reply = self._reply(ran)
        is_last = not state.is_unchanged()
        # The watch is over: what is made for the page is none of the files that its code looks at.
        results = results_of(outcomes, destination)
        return dataclasses.replace(reply, results=results, is_last=is_last)

    def _start_watch(self) -> None:
        self._watch.start(roots=self.place.roots, without=self.place.own_directories)

    def _note_mentions(self, code: str, *, directory: str = "") -> Mapping[str, str]:
        """Note the files that ``code`` names; return the paths that it gives names to."""
        mentions = mentions_in(code, variables=self._paths, filename=self.place.filename)
        self._watch.note_mentions(mentions, directory=directory or self.place.directory)
        return mentions.variables

    def _reply(self, ran: SnippetResult) -> Reply:
        """End the watch, and return what is to be said of code that ran, but for its results."""
        looks = self._looks.merged(self._watch.stop())
        return Reply(error=ran.error, looks=looks, warnings=ran.warnings)
