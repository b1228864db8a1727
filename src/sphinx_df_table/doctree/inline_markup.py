"""Parse the text of a cell as inline markup, within limits, and without effects on the page."""

from __future__ import annotations

import contextlib
import functools
import re
import types
from logging import WARNING
from typing import TYPE_CHECKING, Any, Final

from docutils import frontend, nodes
from docutils.parsers.rst import Parser, languages
from docutils.parsers.rst.states import Inliner
from sphinx import addnodes
from sphinx.util import logging

from sphinx_df_table.doctree.allowlist import describe_forbidden_address, rebuild
from sphinx_df_table.doctree.cells import CellMarkupError, Parse, check_html
from sphinx_df_table.doctree.data_marks import restrict_docutils, restrict_markdown_it
from sphinx_df_table.doctree.parser_limits import Budget, guard_page, guard_roles
from sphinx_df_table.model.text import LONGEST_MESSAGE, to_one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docutils.parsers.rst.states import RSTState

    from sphinx_df_table.doctree.data_marks import ParseLine

#: Start-strings of inline markup, and what begins explicit markup. A text without any of them needs
#: no parser. An underscore within a word is none.
_START_STRING: Final = r"[*`|@$<\[{~!]|(?<![^\W_])_|_(?![^\W_])|://|mailto:|www\."
_RST_START_STRING: Final = re.compile(rf"{_START_STRING}|^\.\.\s")
_MYST_START_STRING: Final = re.compile(rf"{_START_STRING}|&(?:#\w+|\w+);|\)=$")

#: The limit of start-strings times length for a line to be parsed: parsers search from each
#: start-string to the end of the line, and docutils recurses for each address.
_MAX_PARSE_COST: Final = 1_000_000

#: The limit of nested nodes: copying and pickling a page recurse as deep.
_MAX_DEPTH: Final = 20

#: docutils' message on a lone backtick or bar, which is text and no broken markup.
_LONE_START_STRING: Final = re.compile("Inline .* start-string without end-string")

#: What parsers leave out of a text without markup: the backslashes that escape, and blanks.
_IGNORED_IN_TEXT: Final = re.compile(r"[\\\s]")

#: Directives, targets and other explicit markup, which inline parsers do not read.
_EXPLICIT_RST: Final = re.compile(
    r"\.\.\s+(?:_.+:(?:\s|$)|\[.+\]\s|\|.+\|\s|[a-zA-Z][\w:+.-]*::(?:\s|$))"
)
_EXPLICIT_MYST: Final = re.compile(r"\([^()]+\)=\s*$|(?:`{3,}|:{3,})\{")

#: Links and roles of reStructuredText, which are code in Markdown.
_RST: Final = re.compile(
    r"(?<!`)`[^`<>]+ <[^`<>]+>`__?(?!\w)|(?<![\w`}]):[a-zA-Z][\w:+.-]{0,60}:`[^`]+`"
)


@contextlib.contextmanager
def inline_parser(parse: ParseLine, state: RSTState, /, *, as_rst: bool) -> Iterator[Parse]:
    """Return a context with a parser of the lines of one table that changes no other text.

    It neither registers references nor logs messages. References are registered later, see
    :mod:`sphinx_df_table.doctree.references`.

    :param parse: the page's own parser of inline text; returns nodes and messages.
    :param state: that parser's state in the page, docutils' own or MyST-Parser's mock of it.
    :param as_rst: whether a Markdown page has reStructuredText in its cells.
    """
    document = state.document
    renderer: Any = getattr(state, "_renderer", None)  # MyST-Parser's
    is_markdown = bool(renderer) and not as_rst
    start_string = _MYST_START_STRING if is_markdown else _RST_START_STRING
    budget = Budget()
    with contextlib.ExitStack() as stack:
        stack.enter_context(guard_page(document, document.settings.env))
        stack.enter_context(guard_roles(budget))
        if is_markdown:
            stack.enter_context(_restrict_myst(renderer))
            parse = restrict_markdown_it(parse, renderer.md)
        elif renderer:
            parse = _create_rst_parser(document)
        else:
            parse = restrict_docutils(parse, state.inliner)
        log = stack.enter_context(logging.suppress_logging())
        #: What the parser made of each line, of which every cell gets nodes of its own.
        parsed: dict[str, list[nodes.Node]] = {}

        def parse_line(text: str) -> list[nodes.Node]:
            cost = len(start_string.findall(text)) * len(text)
            if not 0 < cost < _MAX_PARSE_COST:
                return []
            if text in parsed:
                return list(map(rebuild, parsed[text]))
            budget.spend_on_line(cost)
            _check_language(text, is_markdown=is_markdown)
            log.clear()
            try:
                with restored_parser(state):
                    found, messages = parse(text)
            except RecursionError:
                return []
            problems = [message[0].astext() for message in messages if message["level"] > 1]
            problems += [r.getMessage() for r in log.buffer if r.levelno >= WARNING]
            found = _check_markup(found, problems, text)
            rebuilt = list(map(rebuild, found))
            for node in rebuilt:
                budget.spend_on_references(node)
            # The id that a role has asked for belongs to one node.
            if not any(node["ids"] for top in found for node in top.findall(nodes.Element)):
                parsed[text] = found
            return rebuilt

        yield parse_line


def _create_rst_parser(document: nodes.document) -> ParseLine:
    """Return a parser of reStructuredText for a ``document`` that is written in Markdown."""
    settings = frontend.get_default_settings(Parser())
    vars(settings).update(vars(document.settings))
    inliner = Inliner()
    inliner.init_customizations(settings)
    memo = types.SimpleNamespace(
        document=document,
        reporter=document.reporter,
        language=languages.get_language(settings.language_code, document.reporter),
        inliner=inliner,
    )
    parse = functools.partial(inliner.parse, lineno=0, memo=memo, parent=document)
    return restrict_docutils(parse, inliner)


@contextlib.contextmanager
def restored_parser(state: RSTState, /) -> Iterator[None]:
    """Restore MyST-Parser's place in the page, which it does not do itself if a role fails."""
    renderer: Any = getattr(state, "_renderer", None)
    current_node = getattr(renderer, "current_node", None)
    try:
        yield
    finally:
        if renderer:
            renderer.current_node = current_node


@contextlib.contextmanager
def _restrict_myst(renderer: Any) -> Iterator[None]:
    """Disable what MyST-Parser takes from data beyond markup.

    That is: typographic replacements; classes, ids and other attributes in braces; expressions
    of Jinja, which can do all that Python can, except for plain names.
    """
    rule = "render_substitution_inline"
    substitute = renderer.rules[rule]

    def substitute_name(token: Any) -> None:
        if token.content.strip() not in renderer.md_config.substitutions:
            raise CellMarkupError("a cell may have only the name of a substitution in {{ }}")
        substitute(token)

    def copy_title(token: Any, node: nodes.Element, keys: Sequence[str] = (), **_: Any) -> None:
        if "reftitle" in keys and "title" in token.attrs:
            node["reftitle"] = token.attrs["title"]
        if "target" in keys and renderer.md_config.links_external_new_tab:
            node["target"], node["rel"] = "_blank", "noreferrer noopener"

    renderer.rules[rule] = substitute_name
    renderer.copy_attributes = copy_title
    try:
        with renderer.md.reset_rules():
            renderer.md.disable(["replacements", "smartquotes"], ignoreInvalid=True)
            yield
    finally:
        renderer.rules[rule] = substitute
        del renderer.copy_attributes


def _check_language(text: str, *, is_markdown: bool) -> None:
    """Check that a line is not written as a block, HTML or in the other language of pages.

    :raises CellMarkupError: if it is: parsers of inline markup take it for text.
    """
    explicit = _EXPLICIT_MYST if is_markdown else _EXPLICIT_RST
    if explicit.match(text):
        raise CellMarkupError("a directive or target is not allowed in a cell", works_with="block")
    if is_markdown and _RST.search(text):
        raise CellMarkupError("this is reStructuredText on a Markdown page", works_with="rst")
    check_html(text, works_with="block" if is_markdown else "")


def _check_markup(found: list[nodes.Node], problems: list[str], text: str) -> list[nodes.Node]:
    """Return ``found`` without targets and index entries of links, or nothing if it is text.

    :param problems: the messages of the parser.
    :raises CellMarkupError: if it was clearly meant as markup, but is broken.
    """
    for problem in problems:
        if not _LONE_START_STRING.search(problem):
            raise CellMarkupError(to_one_line(problem, LONGEST_MESSAGE).rstrip("."))
    if problems or _depth(found) > _MAX_DEPTH:
        return []
    if all(isinstance(node, nodes.Text) for node in found):
        # A substitution, an entity, or a role that returns text.
        shown = "".join(node.astext() for node in found)
        is_same = _IGNORED_IN_TEXT.sub("", shown) == _IGNORED_IN_TEXT.sub("", text)
        return [] if is_same else [nodes.Text(shown)]
    if any(isinstance(node, (nodes.reference, addnodes.pending_xref)) for node in found):
        # Links come with targets and index entries. Without a link, these are not allowed.
        found = [
            node
            for node in found
            if not isinstance(node, (nodes.target, addnodes.index)) or node.children
        ]
    is_text = any(_is_text(node) for top in found for node in top.findall())
    return [] if is_text or drops_backslashes(found, text) else found


def _is_text(node: nodes.Node) -> bool:
    """Return whether ``node`` is an address or a name that its line was not meant to have.

    :raises CellMarkupError: if it is a link in backticks to the page's next anonymous target.
    """
    if is_bare_url(node):
        return bool(describe_forbidden_address(node.astext()))
    if not isinstance(node, nodes.reference) or not node.get("anonymous"):
        return False
    # The page counts its targets without a name, so that data would change its other links.
    if node.rawsource.startswith("`"):
        raise CellMarkupError("a link without an address or name is not allowed in a cell")
    return True


def _depth(siblings: Iterable[nodes.Node]) -> int:
    return max((1 + _depth(node.children) for node in siblings), default=0)


def is_bare_url(node: nodes.Node, /) -> bool:
    """Return whether ``node`` is a link whose text is its address."""
    return isinstance(node, nodes.reference) and node.get("refuri") == node.astext()


def drops_backslashes(found: Sequence[nodes.Node], text: str, /) -> bool:
    """Return whether ``found`` is text and addresses only, and lacks backslashes of ``text``."""
    are_plain = all(
        isinstance(node, nodes.Text)
        or is_bare_url(node)
        or (isinstance(node, nodes.reference) and node.get("refuri") == f"mailto:{node.astext()}")
        for node in found
    )
    return are_plain and "\\" in text and "".join(node.astext() for node in found) != text
