"""Messages between the processes are decoded as they were, and other lines are dropped."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from asking import request
from hypothesis import given
from strategies import any_frame

from sphinx_df_table.frames.frame import lay_out_frame
from sphinx_df_table.model.codec import decode, encode
from sphinx_df_table.model.errors import SnippetError
from sphinx_df_table.model.options import TableOptions
from sphinx_df_table.model.protocol import (
    Destination,
    Download,
    ProcessEnd,
    Reply,
    Request,
    Result,
    Setup,
    Started,
)

if TYPE_CHECKING:
    import pandas as pd

STARTED = Started(kind="setup", limit=2.5)
ENDED = ProcessEnd(by_signal=True, status=9)


@given(any_frame())
def test_a_table_arrives_as_it_was(frame: pd.DataFrame) -> None:
    table = lay_out_frame(frame, TableOptions(index="hide")).table
    reply = Reply(results=(Result(table=table),))
    assert decode(Reply, encode(reply)) == reply


def test_requests_and_downloads_arrive_as_they_were() -> None:
    plain = request("x = 1", Path("folder"))
    asked = dataclasses.replace(
        plain,
        setups=(Setup(source=plain.source, timeout=1.5),),
        destination=Destination(root="/", folder="f\udcff", stem="é", taken=("a.csv",)),
    )
    for one in (plain, asked, dataclasses.replace(asked, options=None)):
        assert decode(Request, encode(one)) == one
    reply = Reply(results=(Result(download=Download(path="x", rows=2, is_whole=True)),))
    assert decode(Reply, encode(reply)) == reply


def test_an_error_arrives_with_all_its_fields() -> None:
    error = SnippetError("It failed.", kind="E", filename="page.rst", line=7)
    reply = decode(Reply, encode(Reply(error=error)))
    assert reply is not None
    assert type(reply.error) is SnippetError
    assert vars(reply.error) == vars(error)


def test_half_a_reply_or_another_line_is_dropped() -> None:
    whole = encode(Reply(output="x"))
    assert isinstance(decode(Reply, whole), Reply)
    for end in range(len(whole) - 1):
        assert decode(Reply, whole[:end]) is None
    for line in (b"7\n", b'{"results":7}\n', b'{"results":[7]}\n', b'{"results":[{"label":7}]}\n'):
        assert decode(Reply, line) is None
    assert decode(Reply, b'{"results":' + b"[" * 100_000 + b"\n") is None
    assert decode(Reply, encode(STARTED)) is None


def test_the_start_of_code_is_decoded_from_its_own_line_only() -> None:
    line = encode(STARTED)
    assert decode(Started, line) == STARTED
    for other in (encode(ENDED), encode(Reply()), line[:20]):
        assert decode(Started, other) is None
    assert decode(Started, line.replace(b"2.5", b"soon")) is None


def test_the_end_of_a_process_is_decoded_from_its_own_line_only() -> None:
    line = encode(ENDED)
    assert decode(ProcessEnd, line) == ENDED
    for other in (encode(STARTED), encode(Reply()), line[:20]):
        assert decode(ProcessEnd, other) is None
