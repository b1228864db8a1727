"""Distinguish the stars, underscores, dollars and angle brackets of data from those of markup.

Parsers take any two stars that fit for emphasis, as in ``src/*.c and include/*.h``, which changes
data without a message. The rules here are stricter, and the same in both languages of pages.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from docutils.utils import escape2null

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docutils import nodes

#: The nodes and messages that a parser returns for a line.
ParsedLine = tuple["list[nodes.Node]", "list[nodes.system_message]"]
ParseLine = Callable[[str], ParsedLine]

#: What a method of docutils' parser returns: the text before, the nodes, the text after.
_Inlines = tuple[str, "list[nodes.Node]", str, "list[nodes.system_message]"]

#: Code and roles in both languages.
_CODE: Final = r"(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)"

#: Escaped characters, code and roles, runs of stars or dollars.
_TOKEN: Final = re.compile(rf"\\.|{_CODE}|(?P<run>\*+|\$+)")

#: Code, and tags of the elements of HTML that authors write into texts. Other names in angle
#: brackets are data.
_TAG: Final = re.compile(
    rf"{_CODE}|<(?P<void>br|hr|img|wbr)(?:\s[^<>]{{0,999}})?/?>|<(?P<end>/)?(?P<name>a|abbr|b|big|"
    r"blockquote|center|cite|code|del|details|div|em|font|h[1-6]|i|ins|kbd|li|mark|ol|p|pre|q|s|"
    r"samp|small|span|strike|strong|sub|summary|sup|table|td|tr|tt|u|ul|var)(?:\s[^<>]{0,999})?>",
    re.IGNORECASE,
)

#: The limit of tags and backticks times length for a text to be searched.
_MAX_SEARCH_COST: Final = 1_000_000

#: The sign that closes each opening bracket or quote.
_PARTNERS: Final = dict(
    zip(
        "([{<\"'\u201c\u2018«„\uff08\uff3b\u3008\u300a\u300c\u300e\u3010",
        ")]}>\"'\u201d\u2019»\u201c\uff09\uff3d\u3009\u300b\u300d\u300f\u3011",
        strict=True,
    )
)

#: Punctuation of Chinese and Japanese, which has no blanks around it.
_WIDE: Final = "\u3001\u3002\uff01\uff0c\uff0e\uff1a\uff1b\uff1f"

#: What may follow emphasis: closing signs up to a blank, which reStructuredText may escape, or the
#: end; wide signs; a hyphen or dash of a word; the address of a link in Markdown.
_AFTER_EMPHASIS: Final = re.compile(
    rf"[.,;:!?…)\]}}>\"'\u201d\u2019»]*(?:\\?\s|$|[{_WIDE}\uff09\uff3d\u3009\u300b\u300d\u300f\u3011])"
    r"|[-\u2010-\u2015][^\W\d_]|\][(\[{]"
)

#: What neither emphasis nor a formula begins or ends with, and what emphasis does not.
_NO_BEGINNING: Final = re.compile(r"[\s/,;:!?…)\]}>]")
_NO_END: Final = re.compile(r"[\s/(\[{<]\Z")
_NO_WORDS: Final = re.compile(r"[.=|@_]|.*[-@_]\Z")

#: What no formula begins or ends with.
_NO_FORMULA: Final = re.compile(r"[\"'.]|.*[\",;.]\Z")

#: What a formula within a word begins with, as in ``CO$_2$``.
_SCRIPT: Final = re.compile(r"[\\^_]")


def find_html(text: str, /) -> str:
    """Return the name of the first element of HTML in ``text``, outside of code.

    :returns: an empty string if there is none: no tag has its end, and none needs no end.
    """
    if "<" not in text or (text.count("<") + text.count("`")) * len(text) > _MAX_SEARCH_COST:
        return ""
    opened: dict[str, str] = {}
    for tag in _TAG.finditer(text):
        if tag["void"]:
            return tag["void"]
        if tag["name"]:
            name = tag["name"].lower()
            if tag["end"] and name in opened:
                return opened[name]
            if not tag["end"]:
                opened.setdefault(name, tag["name"])
    return ""


def find_pairs(line: str, /) -> Mapping[int, int]:
    """Return the stars and dollars in ``line`` that are markup, in pairs without others between.

    *Stars* are if the first follow the beginning, a blank, an opening bracket or a quote, and the
    last precede the end, a blank, closing punctuation or a hyphen. *Dollars* are by `Pandoc's
    rule <https://pandoc.org/MANUAL.html#math>`__ and, unless the formula begins with a script or a
    command, not beside a letter or digit. Neither are if they enclose a blank or slash at an end,
    or a closing sign at the beginning.

    :returns: the position of the first run of each pair → that of the last.
    """
    runs = [match for match in _TOKEN.finditer(line) if match["run"]]
    pairs = {}
    for mark, is_pair in (("*", _is_emphasis), ("$", _is_formula)):
        same = [run for run in runs if run["run"][0] == mark]
        end = 0
        for first, last in itertools.pairwise(same):
            before, after = line[max(first.start() - 1, 0) : first.start()], line[last.end() :]
            content = line[first.end() : last.start()]
            if (
                first.start() >= end
                and first["run"] == last["run"]
                and not _NO_BEGINNING.match(content)
                and not _NO_END.search(content)
                and is_pair(before, content, after)
            ):
                end = last.end()
                pairs[first.start()] = last.start()
    return pairs


def _is_emphasis(before: str, content: str, after: str) -> bool:
    if before and not before.isspace() and before not in _PARTNERS and before not in _WIDE:
        return False
    if _NO_WORDS.match(content) or _PARTNERS.get(before, "\0") in content:
        return False
    return bool(_AFTER_EMPHASIS.match(after))


def _is_formula(before: str, content: str, after: str) -> bool:
    if _NO_FORMULA.match(content) or _PARTNERS.get(before, "\0") in content:
        return False
    if _SCRIPT.match(content):
        return not re.match(r"[\d_]", after)
    return not re.match(r"[\w^*|\])}]", before) and not re.match(r"[\w({]", after)


def restrict_docutils(parse: ParseLine, inliner: Any, /) -> ParseLine:
    """Return ``parse`` with emphasis only where :func:`find_pairs` finds it.

    :param inliner: docutils' own parser, which parses the rest of a line after each markup.
    """

    def parse_restricted(line: str) -> ParsedLine:
        escaped = escape2null(line)
        pairs = find_pairs(line)

        def restrict(method: Callable[..., _Inlines]) -> Callable[..., _Inlines]:
            def parse_stars(inliner: Any, match: re.Match[str], lineno: int) -> _Inlines:
                rest = match.string
                position = len(line) - len(rest) + match.start("start")
                # A role may parse a text of its own.
                if position in pairs or not escaped.endswith(rest):
                    return method(inliner, match, lineno)
                return rest[: match.end()], [], rest[match.end() :], []

            return parse_stars

        restricted = {mark: restrict(inliner.dispatch[mark]) for mark in ("*", "**")}
        inliner.dispatch = {**inliner.dispatch, **restricted}
        try:
            return parse(line)
        finally:
            del inliner.dispatch

    return parse_restricted


def restrict_markdown_it(parse: ParseLine, md: Any, /) -> ParseLine:
    """Return ``parse`` with emphasis and formulas only where :func:`find_pairs` finds them.

    Underscores are no emphasis, which names such as ``__init__`` would become.

    :param md: the instance of ``markdown_it.MarkdownIt`` by which MyST-Parser parses.
    """
    ruler = md.inline.ruler
    rules = {rule.name: rule.fn for rule in ruler.__rules__}

    def parse_restricted(line: str) -> ParsedLine:
        pairs = find_pairs(line)

        def tokenize_stars(state: Any, silent: bool) -> bool:
            if state.src != line:  # a substitution
                return bool(rules["emphasis"](state, silent))
            is_first = state.pos in pairs
            if not is_first and state.pos not in pairs.values():
                return False
            known = len(state.delimiters)
            is_token = rules["emphasis"](state, silent)
            for delimiter in state.delimiters[known:]:
                delimiter.open, delimiter.close = is_first, not is_first
            return bool(is_token)

        def tokenize_dollars(state: Any, silent: bool) -> bool:
            is_pair = state.src != line or state.pos in pairs
            return is_pair and bool(rules["math_inline"](state, silent))

        restricted = {"emphasis": tokenize_stars, "math_inline": tokenize_dollars}
        names = restricted.keys() & rules.keys()
        for name in names:
            ruler.at(name, restricted[name])
        try:
            return parse(line)
        finally:
            for name in names:
                ruler.at(name, rules[name])

    return parse_restricted
