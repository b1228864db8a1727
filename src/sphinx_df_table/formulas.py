"""Which formulas data may hold: those that only set mathematics, in TeX and in a browser.

TeX and MathJax are programs: their commands read files, run other programs, define new commands
and make links to scripts. So a formula has none but these, and nothing that makes one.
"""

from __future__ import annotations

import re
from typing import Final

#: Of what LaTeX, amsmath and amssymb have, and MathJax, too.
_COMMANDS: Final = frozenset(
    r"""
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda
    mu nu xi omicron pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega
    Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
    aleph beth gimel daleth ell hbar hslash imath jmath wp Re Im eth mho partial nabla infty
    emptyset varnothing angle measuredangle triangle square blacksquare Box Diamond lozenge
    clubsuit diamondsuit heartsuit spadesuit flat natural sharp checkmark dagger ddagger S P
    forall exists nexists neg lnot top bot complement prime backprime degree
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
    mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak mathscr mathnormal boldsymbol
    text textrm textbf textit textsf texttt rm bf it sf tt cal
    displaystyle textstyle scriptstyle scriptscriptstyle
    frac dfrac tfrac cfrac binom dbinom tbinom sqrt root of over choose atop stackrel overset
    underset substack boxed phantom hphantom vphantom
    dots ldots cdots vdots ddots dotsc dotsb dotsm dotsi colon
    quad qquad thinspace medspace thickspace negthinspace
    """.split()  # noqa: SIM905 - one name a line would be four hundred
)

#: A command, or a character of which TeX makes commands, comments, columns or an end.
_SPECIAL: Final = re.compile(r"\\([A-Za-z]+)|\\(.)|\^\^|[%$#&\\]", re.DOTALL)

#: What a backslash makes a character or a blank of.
_ESCAPED: Final = frozenset("{}|_%$#&,:;!> ")


def is_harmless_formula(formula: str, /) -> bool:
    """Tell whether ``formula`` does no more than set mathematics, within its own braces."""
    for found in _SPECIAL.finditer(formula):
        name, character = found.groups()
        if name not in _COMMANDS and character not in _ESCAPED:
            return False
    return _has_even_braces(formula)


def _has_even_braces(formula: str) -> bool:
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", formula):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0
