"""Answer requests, one after the other, in the process that runs the code."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import sys
import traceback
from typing import IO, TYPE_CHECKING

from sphinx_df_table import protocol, wire
from sphinx_df_table.errors import SnippetError
from sphinx_df_table.memory import hint_at_limit, limit_memory, make_room_for_report, ran_out
from sphinx_df_table.output import Output
from sphinx_df_table.page_code import PageCode
from sphinx_df_table.surroundings import fresh_surroundings
from sphinx_df_table.watch import FileWatch, forget_modules

if TYPE_CHECKING:
    from collections.abc import Callable


def serve(requests: IO[bytes], replies: IO[bytes], *, is_shared: bool) -> None:
    """Answer requests until there are no more. Snippets see neither stream, nor a terminal.

    :param is_shared: whether requests of several pages come here, one page after the other.
    """
    sys.dont_write_bytecode = True
    own_process = os.getpid()
    watch = FileWatch()
    page: PageCode | None = None
    with Output() as output, contextlib.ExitStack() as surroundings:
        while line := requests.readline():
            token, _, line = line.partition(b" ")
            request = wire.decode_request(line)
            send = functools.partial(_send, replies, token)
            if page is None or page.place != request.place:
                surroundings.close()
                if is_shared:
                    surroundings.enter_context(fresh_surroundings())
                    surroundings.callback(forget_modules, request.place.roots)
                page = PageCode(request.place, watch)
            try:
                with output.captured():
                    if page.is_new and not is_shared:
                        limit_memory(request.memory)
                    reply = page.answer(request, functools.partial(_send_note, send))
                is_last = reply.is_last or ran_out()
                reply = dataclasses.replace(reply, output=output.text(), is_last=is_last)
                line = wire.encode_reply(reply)
            except Exception as error:
                reply = _unusable(error)
                line = wire.encode_reply(reply)
            if os.getpid() != own_process:
                # A snippet forked, and this is its child, come back from it.
                os._exit(0)
            send(line)
            if reply.is_last:
                return


def _unusable(error: Exception) -> protocol.Reply:
    """Return what is to be said where code broke what every snippet needs, or we did."""
    make_room_for_report(error)
    what = SnippetError(
        "The code left its process in a state that nothing more can run in; sphinx-build -v "
        f"shows what failed.{hint_at_limit()}"
    )
    return protocol.Reply(error=what, output=traceback.format_exc(), is_last=True)


def _send(replies: IO[bytes], token: bytes, line: bytes) -> None:
    # A snippet that wrote here may have left half a line.
    replies.write(b"\n" + token + b" " + line)
    replies.flush()


def _send_note(send: Callable[[bytes], None], code: protocol.Started) -> None:
    send(wire.encode_note(code))
