"""Which inline markup and which TeX may stand in a cell, and where its links may lead."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from docutils import nodes
from sphinx import addnodes

from sphinx_df_table.model.text import LONGEST_MESSAGE, LONGEST_QUOTE, to_one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What a cell may consist of, beside kinds of ``inline`` that other extensions define.
#: Exactly these classes: ``download_reference``, for one, is a subclass of ``reference`` and
#: would publish a file that the data names.
_ALLOWED: Final = (
    nodes.Text,
    nodes.abbreviation,
    nodes.acronym,
    nodes.citation_reference,
    nodes.emphasis,
    nodes.footnote_reference,
    nodes.inline,
    nodes.literal,
    nodes.math,
    nodes.reference,
    nodes.strong,
    nodes.subscript,
    nodes.substitution_reference,
    nodes.superscript,
    nodes.title_reference,
    addnodes.literal_emphasis,
    addnodes.literal_strong,
    addnodes.manpage,
    addnodes.pending_xref,
)

_ALLOWED_SCHEMES: Final = ("http", "https", "mailto", "ftp")

#: Blanks and control characters, which browsers skip before and within a scheme.
_SKIPPED: Final = re.compile(r"[\0-\x20\x7f-\xa0\u2028\u2029\ufeff]")


def reason_to_reject(node: nodes.Node, /) -> str:
    """Return what of ``node`` is not allowed; nothing if it may be in a cell."""
    if not _is_allowed(node):
        return type(node).__name__
    if isinstance(node, nodes.math) and (objection := reason_to_reject_tex(node.astext())):
        return to_one_line(objection, LONGEST_MESSAGE)
    if isinstance(node, nodes.reference) and not is_bare_url(node):
        address = node.get("refuri", "")
        if not has_allowed_scheme(address):
            return f"a link to {to_one_line(address.partition(':')[0], LONGEST_QUOTE)}:"
        if _names_a_host_alone(address):
            return "a link without a scheme"
    return ""


def _is_allowed(node: nodes.Node) -> bool:
    """Tell whether ``node`` is of a kind that may be in a cell.

    Other extensions have kinds of ``inline``. One without texts, such as an icon, is made of its
    attributes, which may be HTML.
    """
    return type(node) in _ALLOWED or (isinstance(node, nodes.inline) and bool(node.children))


def is_bare_url(node: nodes.Node, /) -> bool:
    """Tell whether ``node`` is the link of an address that stands alone."""
    return isinstance(node, nodes.reference) and node.get("refuri") == node.astext()


def _is_plain_mail_address(node: nodes.Node) -> bool:
    return isinstance(node, nodes.reference) and node.get("refuri") == f"mailto:{node.astext()}"


def loses_backslashes(found: Sequence[nodes.Node], text: str, /) -> bool:
    """Tell whether ``found`` lacks some of ``text``, though that has no markup but addresses."""
    are_plain = all(
        isinstance(node, nodes.Text) or is_bare_url(node) or _is_plain_mail_address(node)
        for node in found
    )
    return are_plain and "\\" in text and "".join(node.astext() for node in found) != text


def has_allowed_scheme(address: str, /) -> bool:
    """Tell whether ``address`` is relative, or of a scheme that leads to no code."""
    # Nor may one come of a colon that is written in another way, if someone reads it twice.
    scheme = re.match(r"[^/?#]*?:", html.unescape(unquote(_SKIPPED.sub("", address))))
    return scheme is None or scheme.group()[:-1].lower() in _ALLOWED_SCHEMES


def _names_a_host_alone(address: str) -> bool:
    """Tell whether ``address`` has the scheme of the page, which may be that of files."""
    return bool(re.match(r"[/\\]{2}", _SKIPPED.sub("", address)))


#: Of what LaTeX, amsmath and amssymb have, and MathJax, too.
_COMMANDS: Final = frozenset(
    r"""
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda
    mu nu xi pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega
    Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
    aleph beth gimel daleth ell hbar hslash imath jmath wp Re Im eth mho partial nabla infty
    emptyset varnothing angle measuredangle triangle square blacksquare Box Diamond lozenge
    clubsuit diamondsuit heartsuit spadesuit flat natural sharp checkmark dagger ddagger S P
    forall exists nexists neg lnot top bot complement prime backprime
    arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf
    limsup ln log max min Pr sec sin sinh sup tan tanh operatorname bmod pmod mod pod
    sum prod coprod int iint iiint oint bigcap bigcup bigvee bigwedge bigoplus bigotimes bigodot
    biguplus bigsqcup limits nolimits
    pm mp times div cdot ast star circ bullet cap cup vee wedge land lor setminus smallsetminus
    oplus ominus otimes oslash odot uplus sqcap sqcup amalg wr ltimes rtimes dotplus boxplus
    boxminus boxtimes boxdot circledast circledcirc bigcirc bigtriangleup bigtriangledown
    leq le leqq leqslant geq ge geqq geqslant ll lll gg ggg neq ne equiv sim simeq approx approxeq
    cong doteq propto asymp prec preceq succ succeq in notin ni subset subseteq subsetneq supset
    supseteq supsetneq sqsubset sqsubseteq sqsupset sqsupseteq vdash dashv models vDash Vdash
    mid nmid parallel nparallel perp lesssim gtrsim lessgtr gtrless lessapprox gtrapprox
    nless ngtr nleq ngeq nsim ncong nsubseteq nsupseteq not smile frown bowtie triangleq
    because therefore between pitchfork
    to gets leftarrow rightarrow leftrightarrow Leftarrow Rightarrow Leftrightarrow
    longleftarrow longrightarrow longleftrightarrow Longleftarrow Longrightarrow
    Longleftrightarrow uparrow downarrow updownarrow Uparrow Downarrow Updownarrow mapsto
    longmapsto hookleftarrow hookrightarrow leftharpoonup leftharpoondown rightharpoonup
    rightharpoondown rightleftharpoons nearrow searrow swarrow nwarrow implies impliedby iff
    leadsto xleftarrow xrightarrow
    langle rangle lbrace rbrace lbrack rbrack lceil rceil lfloor rfloor lvert rvert lVert rVert
    vert Vert backslash left right middle big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr
    biggr Biggr bigm Bigm biggm Biggm
    acute bar breve check ddot dot grave hat mathring tilde vec widehat widetilde overline
    underline overbrace underbrace overrightarrow overleftarrow
    mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak mathnormal boldsymbol
    text textrm textbf textit textsf texttt rm bf it sf tt cal
    displaystyle textstyle scriptstyle scriptscriptstyle
    frac dfrac tfrac cfrac binom dbinom tbinom sqrt root of over choose atop stackrel overset
    underset substack boxed phantom hphantom vphantom
    dots ldots cdots vdots ddots dotsc dotsb dotsm dotsi colon
    varGamma varDelta varTheta varLambda varXi varPi varSigma varUpsilon varPhi varPsi varOmega
    digamma dag ddag dddot mathop mathrel mathbin mathord mathopen mathclose iiiint idotsint
    varprojlim injlim surd ldotp cdotp intercal smash mathstrut pmb mbox space
    rightleftarrows leftrightarrows circlearrowleft multimap twoheadrightarrow rightsquigarrow
    upharpoonright trianglelefteq vartriangleleft gtreqless bigstar blacktriangle precsim
    preccurlyeq lessdot Subset curlyvee sphericalangle nRightarrow
    quad qquad thinspace medspace thickspace negthinspace
    """.split()  # noqa: SIM905 - one name a line would be four hundred
)

#: Where ``&`` parts columns, and two backslashes rows.
_ENVIRONMENTS: Final = frozenset(
    {"matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "cases"}
)

#: A command, or a character of which TeX makes commands, groups, comments, columns or an end.
_SPECIAL: Final = re.compile(
    r"\\(?:(?P<edge>begin|end)\{(?P<environment>\w*)\}|(?P<name>[A-Za-z]+)|(?P<character>.))"
    r"|\^\^|[%$#&\\{}]",
    re.DOTALL,
)

#: What a backslash makes a character or a blank of.
_ESCAPED: Final = frozenset("{}|_%$#&,:;!> ")

#: Commands that need one argument, and two.
_ONE: Final = (
    r"sqrt|operatorname|p?mod|pod|acute|bar|breve|check|d{1,3}ot|grave|hat|mathring|tilde|vec"
    r"|wide(?:hat|tilde)|over(?:line|brace|leftarrow|rightarrow)|under(?:line|brace)"
    r"|math(?:rm|bf|it|sf|tt|cal|bb|frak|normal|op|rel|bin|ord|open|close)|text(?:rm|bf|it|sf|tt)?"
    r"|boldsymbol|pmb|mbox|smash|substack|boxed|[hv]?phantom|not|left|right|middle"
    r"|x(?:left|right)arrow|[bB]igg?[lrm]?"
)
_TWO: Final = r"[dtc]?frac|[dt]?binom|stackrel|overset|underset"
_ARGUMENT: Final = r"(?:\{[^{}]*\}|[A-Za-z0-9]|\\[A-Za-z]+)"

#: Where TeX would stop: no argument, two exponents or indices, an index in words, a length.
_BROKEN: Final = re.compile(
    rf"(?:(?<!\\)[\^_]|\\(?:{_ONE}|{_TWO})(?![A-Za-z])"
    rf"|\\(?:{_TWO})(?![A-Za-z])\s*{_ARGUMENT})\s*(?:$|[}}&^_]|\\\\|\\end(?![A-Za-z]))"
    r"|\\sqrt\s*\[[^\]]*$"
    rf"|\^\s*{_ARGUMENT}\s*[\^']|(?<!\\)_\s*{_ARGUMENT}\s*_"
    r"|\\(?:text\w*|mbox)\s*\{[^{}]*(?<!\\)[\^_]"
    r"|\\\\\s*[\[*]"
)


def reason_to_reject_tex(formula: str, /) -> str:
    """Return what of ``formula`` is not allowed.

    :returns: nothing if it does no more than set mathematics, within its own braces.
    """
    inside: list[str] = []
    is_even = True
    for found in _SPECIAL.finditer(formula):
        if not _is_allowed_command(found, inside):
            command = rf"\{found['edge']}" if found["edge"] else found.group()
            return f"a formula with commands for more than mathematics ({command})"
        is_even = is_even and _enter_or_leave(found, inside)
    if inside or not is_even or _BROKEN.search(formula):
        return "a formula that is not complete"
    return ""


def _is_allowed_command(found: re.Match[str], inside: list[str]) -> bool:
    if found.group() in {"&", r"\\"}:
        return bool(inside) and inside[-1] in _ENVIRONMENTS
    return (
        found.group() in {"{", "}"}
        or found["environment"] in _ENVIRONMENTS
        or found["name"] in _COMMANDS
        or found["character"] in _ESCAPED
    )


def _enter_or_leave(found: re.Match[str], inside: list[str]) -> bool:
    """Keep in ``inside`` what is open; tell whether ``found`` ends nothing else."""
    if found.group() == "{" or found["name"] == "left" or found["edge"] == "begin":
        inside.append(found["environment"] or found.group())
        return True
    if found.group() == "}" or found["name"] == "right" or found["edge"] == "end":
        opened = found["environment"] or {"}": "{", r"\right": r"\left"}[found.group()]
        return bool(inside) and inside.pop() == opened
    return found["name"] != "middle" or inside[-1:] == [r"\left"]
