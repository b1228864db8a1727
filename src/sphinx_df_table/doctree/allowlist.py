"""Check nodes, TeX formulas and link addresses against what is allowed in a cell."""

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

#: The classes of nodes that are allowed in a cell, beside other extensions' kinds of ``inline``.
#: Subclasses are not: ``download_reference``, for one, is a subclass of ``reference`` and would
#: publish a file that the data names.
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

#: Names of other nodes in messages.
_FORBIDDEN: Final = {
    nodes.image: "an image",
    nodes.raw: "raw HTML or LaTeX",
    nodes.target: "a target",
    addnodes.download_reference: "a download",
    addnodes.index: "an index entry",
}

_ALLOWED_SCHEMES: Final = ("http", "https", "mailto", "ftp")

#: Blanks and control characters, which browsers skip before and within a scheme.
_SKIPPED_IN_URL: Final = re.compile(r"[\0-\x20\x7f-\xa0\u2028\u2029\ufeff]")

#: Commands for mathematics of LaTeX, amsmath and amssymb that MathJax has, too.
_TEX_COMMANDS: Final = frozenset(
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

#: Environments in which ``&`` separates columns, and two backslashes separate rows.
_TEX_ENVIRONMENTS: Final = frozenset(
    {"matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "cases"}
)

#: A TeX command, or a character that starts a command, group, comment or column or ends a
#: formula.
_TEX_TOKEN: Final = re.compile(
    r"\\(?:(?P<edge>begin|end)\{(?P<environment>\w*)\}|(?P<name>[A-Za-z]+)|(?P<character>.))"
    r"|\^\^|[%$#&\\{}]",
    re.DOTALL,
)

#: Characters that a backslash turns into themselves or a space.
_TEX_ESCAPED: Final = frozenset("{}|_%$#&,:;!> ")

#: Commands that require one argument, and two.
_ONE_ARGUMENT: Final = (
    r"sqrt|operatorname|p?mod|pod|acute|bar|breve|check|d{1,3}ot|grave|hat|mathring|tilde|vec"
    r"|wide(?:hat|tilde)|over(?:line|brace|leftarrow|rightarrow)|under(?:line|brace)"
    r"|math(?:rm|bf|it|sf|tt|cal|bb|frak|normal|op|rel|bin|ord|open|close)|text(?:rm|bf|it|sf|tt)?"
    r"|boldsymbol|pmb|mbox|smash|substack|boxed|[hv]?phantom|not|left|right|middle"
    r"|x(?:left|right)arrow|[bB]igg?[lrm]?"
)
_TWO_ARGUMENTS: Final = r"[dtc]?frac|[dt]?binom|stackrel|overset|underset"
_ARGUMENT: Final = r"(?:\{[^{}]*\}|[A-Za-z0-9]|\\[A-Za-z]+)"

#: Errors at which TeX stops: no argument, two exponents or indices, an index in text, a length.
_TEX_ERROR: Final = re.compile(
    rf"(?:(?<!\\)[\^_]|\\(?:{_ONE_ARGUMENT}|{_TWO_ARGUMENTS})(?![A-Za-z])"
    rf"|\\(?:{_TWO_ARGUMENTS})(?![A-Za-z])\s*{_ARGUMENT})\s*(?:$|[}}&^_]|\\\\|\\end(?![A-Za-z]))"
    r"|\\sqrt\s*\[[^\]]*$"
    rf"|\^\s*{_ARGUMENT}\s*[\^']|(?<!\\)_\s*{_ARGUMENT}\s*_"
    r"|\\(?:text\w*|mbox)\s*\{[^{}]*(?<!\\)[\^_]"
    r"|\\\\\s*[\[*]"
)


def describe_forbidden(node: nodes.Node, /) -> str:
    """Return a description of ``node``, itself or its formula or address, if it is not allowed.

    :returns: an empty string if it is allowed in a cell.
    """
    # Kinds of ``inline`` without children, such as an icon, consist of attributes, which may
    # be HTML.
    if type(node) not in _ALLOWED and not (isinstance(node, nodes.inline) and node.children):
        return _FORBIDDEN.get(type(node), f"the node {type(node).__name__}")
    if isinstance(node, nodes.math) and (forbidden := describe_forbidden_tex(node.astext())):
        return to_one_line(forbidden, LONGEST_MESSAGE)
    if isinstance(node, nodes.reference) and not is_bare_url(node):
        address = node.get("refuri", "")
        if not has_allowed_scheme(address):
            return f"a link to {to_one_line(address.partition(':')[0], LONGEST_QUOTE)}:"
        # It has the scheme of the page, which may be ``file:``.
        if re.match(r"[/\\]{2}", _SKIPPED_IN_URL.sub("", address)):
            return "a link without a scheme"
    return ""


def is_bare_url(node: nodes.Node, /) -> bool:
    """Return whether ``node`` is a link whose text is its address."""
    return isinstance(node, nodes.reference) and node.get("refuri") == node.astext()


def has_allowed_scheme(address: str, /) -> bool:
    """Return whether ``address`` is relative, or has a scheme that runs no code."""
    # Even if an entity or percent sign stands for the colon, and is decoded twice.
    scheme = re.match(r"[^/?#]*?:", html.unescape(unquote(_SKIPPED_IN_URL.sub("", address))))
    return scheme is None or scheme.group()[:-1].lower() in _ALLOWED_SCHEMES


def drops_backslashes(found: Sequence[nodes.Node], text: str, /) -> bool:
    """Return whether ``found`` is text and addresses only, and lacks backslashes of ``text``."""
    are_plain = all(
        isinstance(node, nodes.Text)
        or is_bare_url(node)
        or (isinstance(node, nodes.reference) and node.get("refuri") == f"mailto:{node.astext()}")
        for node in found
    )
    return are_plain and "\\" in text and "".join(node.astext() for node in found) != text


def describe_forbidden_tex(formula: str, /) -> str:
    """Return a description of ``formula`` if it is not allowed.

    :returns: an empty string if it only typesets mathematics, with balanced groups.
    """
    groups: list[str] = []
    is_balanced = True
    for token in _TEX_TOKEN.finditer(formula):
        text, edge = token.group(), token["edge"]
        if text in {"&", r"\\"}:
            is_allowed = bool(groups) and groups[-1] in _TEX_ENVIRONMENTS
        else:
            is_allowed = (
                text in {"{", "}"}
                or token["environment"] in _TEX_ENVIRONMENTS
                or token["name"] in _TEX_COMMANDS
                or token["character"] in _TEX_ESCAPED
            )
        if not is_allowed:
            return "a formula with " + (rf"\{edge}" if edge else text)
        if text == "{" or token["name"] == "left" or edge == "begin":
            groups.append(token["environment"] or text)
        elif text == "}" or token["name"] == "right" or edge == "end":
            opening = token["environment"] or {"}": "{", r"\right": r"\left"}[text]
            is_balanced = is_balanced and bool(groups) and groups.pop() == opening
        elif token["name"] == "middle":
            is_balanced = is_balanced and groups[-1:] == [r"\left"]
    if groups or not is_balanced or _TEX_ERROR.search(formula):
        return "an incomplete or invalid formula"
    return ""
