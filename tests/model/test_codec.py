"""What goes from process to process arrives as it was, and nothing else is taken for it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from asking import request
from hypothesis import given
from strategies import any_frame

from sphinx_df_table.frames.frame import lay_out_frame
from sphinx_df_table.model.codec import (
    decode_end,
    decode_reply,
    decode_request,
    decode_start,
    encode_note,
    encode_reply,
    encode_request,
)
from sphinx_df_table.model.errors import SnippetError
from sphinx_df_table.model.options import TableOptions
from sphinx_df_table.model.protocol import (
    Destination,
    Download,
    ProcessEnd,
    Reply,
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
    assert decode_reply(encode_reply(reply)) == reply


def test_requests_and_what_is_said_of_files_arrive_as_they_were() -> None:
    plain = request("x = 1", Path("folder"))
    asked = dataclasses.replace(
        plain,
        setups=(Setup(source=plain.source, timeout=1.5),),
        missing=(("x", "line 3"),),
        destination=Destination(root="/", folder="f\udcff", stem="é", taken=("a.csv",)),
    )
    for one in (plain, asked, dataclasses.replace(asked, options=None)):
        assert decode_request(encode_request(one)) == one
    reply = Reply(results=(Result(download=Download(path="x", rows=2, is_whole=True)),))
    assert decode_reply(encode_reply(reply)) == reply


def test_an_error_arrives_with_all_that_it_says() -> None:
    error = SnippetError("It failed.", kind="E", filename="page.rst", line=7)
    reply = decode_reply(encode_reply(Reply(error=error)))
    assert reply is not None
    assert type(reply.error) is SnippetError
    assert vars(reply.error) == vars(error)


def test_half_an_answer_is_none() -> None:
    whole = encode_reply(Reply(output="x"))
    assert isinstance(decode_reply(whole), Reply)
    for end in range(len(whole) - 1):
        assert decode_reply(whole[:end]) is None
    assert decode_reply(b"7\n") is None
    assert decode_reply(encode_note(STARTED)) is None


def test_that_code_begins_is_read_from_a_line_that_says_so_alone() -> None:
    line = encode_note(STARTED)
    assert decode_start(line) == STARTED
    for other in (encode_note(ENDED), encode_reply(Reply()), line[:20]):
        assert decode_start(other) is None
    assert decode_start(line.replace(b"2.5", b"soon")) is None


def test_that_a_process_has_ended_is_read_from_a_line_that_says_so_alone() -> None:
    line = encode_note(ENDED)
    assert decode_end(line) == ENDED
    for other in (encode_note(STARTED), encode_reply(Reply()), line[:20]):
        assert decode_end(other) is None
