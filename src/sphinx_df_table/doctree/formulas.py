"""TEMP."""

from __future__ import annotations

import re
from typing import Final

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
