"""Check that a TeX formula only typesets mathematics, and does so without an error.

TeX is a programming language, and one error may cost the whole PDF. So a formula has to match a
grammar of lists, groups, atoms with scripts, and commands whose arguments are known.
"""

from __future__ import annotations

import re
from typing import Final

#: The limit of characters: the width of a formula, which no line breaks, must be less than
#: TeX's longest length of 16,383 points.
_MAX_LENGTH: Final = 1_000

#: The limit of nested lists. TeX has 255 levels of groups, of which a command may need several.
_MAX_DEPTH: Final = 20

#: The levels that an argument counts for which TeX typesets up to eight times, in each of which
#: a nested one is typeset eight times again.
_REPEATED_DEPTH: Final = 5

#: The limit of columns in amsmath's matrices, and in its ``cases``.
_MAX_COLUMNS: Final = 10
_MAX_CASES_COLUMNS: Final = 2


def _commands(names: str) -> frozenset[str]:
    return frozenset(f"\\{name}" for name in names.split())


#: Commands that stand for one symbol, which needs no braces as a script or an argument. All
#: commands are those for mathematics of LaTeX, amsmath and amssymb that MathJax has, too.
_SYMBOLS: Final = _commands(r"""
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda
    mu nu xi pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta
    Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega varGamma varDelta varTheta varLambda varXi
    varPi varSigma varUpsilon varPhi varPsi varOmega digamma aleph beth gimel daleth ell hbar
    hslash imath jmath wp Re Im eth mho partial nabla infty emptyset varnothing angle
    measuredangle sphericalangle triangle square blacksquare Box Diamond lozenge clubsuit
    diamondsuit heartsuit spadesuit flat natural sharp checkmark dagger ddagger dag ddag S P
    bigstar blacktriangle ldotp cdotp forall exists nexists neg lnot top bot complement prime
    backprime pm mp times div cdot ast star circ bullet cap cup vee wedge land lor setminus
    smallsetminus oplus ominus otimes oslash odot uplus sqcap sqcup amalg wr ltimes rtimes
    dotplus boxplus boxminus boxtimes boxdot circledast circledcirc bigcirc bigtriangleup
    bigtriangledown intercal curlyvee lessdot leq le leqq leqslant geq ge geqq geqslant ll lll
    gg ggg equiv sim simeq approx approxeq propto asymp prec preceq succ succeq precsim
    preccurlyeq in ni subset subseteq subsetneq supset supseteq supsetneq Subset sqsubset
    sqsubseteq sqsupset sqsupseteq vdash dashv vDash Vdash mid nmid parallel nparallel perp
    lesssim gtrsim lessgtr gtrless gtreqless lessapprox gtrapprox nless ngtr nleq ngeq nsim
    ncong nsubseteq nsupseteq smile frown triangleq trianglelefteq vartriangleleft multimap
    because therefore between pitchfork to gets leftarrow rightarrow leftrightarrow Leftarrow
    Rightarrow Leftrightarrow uparrow downarrow updownarrow Uparrow Downarrow Updownarrow
    leftharpoonup leftharpoondown rightharpoonup rightharpoondown rightleftharpoons nearrow
    searrow swarrow nwarrow leadsto rightleftarrows leftrightarrows circlearrowleft
    twoheadrightarrow rightsquigarrow upharpoonright nRightarrow langle rangle lbrace rbrace
    lbrack rbrack lceil rceil lfloor rfloor lvert rvert lVert rVert vert Vert backslash { } | %
    $ # &
""")

#: Commands for spaces, and for symbols that TeX composes, which need braces as a script.
_COMPOSED: Final = _commands(r"""
    bowtie cdots ddots dots dotsb dotsc dotsi dotsm ldots vdots colon cong doteq iff implies
    impliedby longleftarrow longrightarrow longleftrightarrow Longleftarrow Longrightarrow
    Longleftrightarrow hookleftarrow hookrightarrow mapsto longmapsto models ne neq notin surd
    bmod mathstrut _
    quad qquad thinspace medspace thickspace negthinspace , : ; ! >
""") | {"\\ ", "~"}

#: Operators, which ``\limits`` may follow.
_OPERATORS: Final = _commands(r"""
    arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf injlim ker lg lim
    liminf limsup ln log max min Pr sec sin sinh sup tan tanh varprojlim
    sum prod coprod int iint iiint iiiint idotsint oint bigcap bigcup bigvee bigwedge bigoplus
    bigotimes bigodot biguplus bigsqcup
""")

#: Commands without arguments that typeset nothing, so that a script after them belongs to the
#: atom before them.
_SWITCHES: Final = _commands(r"""
    rm bf it sf tt cal displaystyle textstyle scriptstyle scriptscriptstyle space
""")

_LIMITS: Final = _commands("limits nolimits")

#: Commands that divide a whole list into two, as in ``{n \choose k}``.
_INFIX: Final = _commands("over choose atop")

#: Commands with formulas as arguments, and the number of these.
_ARGUMENTS: Final = dict.fromkeys(
    _commands(r"""
    sqrt operatorname pmod mod pod acute bar breve check dot ddot dddot grave hat mathring tilde
    vec widehat widetilde overline underline overbrace underbrace overrightarrow overleftarrow
    mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak mathnormal boldsymbol pmb
    mathop mathrel mathbin mathord mathopen mathclose smash boxed phantom hphantom vphantom
    xleftarrow xrightarrow
    """),
    1,
) | dict.fromkeys(
    _commands("frac dfrac tfrac cfrac binom dbinom tbinom stackrel overset underset"), 2
)

#: Those that put the argument into the list around them, without a group.
_INLINE: Final = _commands("mod pmod pod")

_WIDE_ACCENTS: Final = _commands("widehat widetilde")
_ACCENTS: Final = _WIDE_ACCENTS | _commands(r"""
    acute bar breve check dot ddot grave hat mathring tilde vec
""")

#: Commands and switches to another font. That of text is an OpenType font for XeTeX and LuaTeX.
_TEXT_FONTS: Final = _commands("mathrm mathbf mathit mathsf mathtt operatorname")
_TEXT_FONT_SWITCHES: Final = _commands("rm bf it sf tt")
_FONTS: Final = _TEXT_FONTS | _commands("mathcal mathbb mathfrak mathnormal")

#: Those whose result has the scripts of an accent in the argument.
_TRANSPARENT: Final = _ACCENTS | _FONTS | {"{", r"\mathord"}

#: Those that typeset an argument several times, to choose one of the results.
_REPEATED: Final = _commands(r"""
    overrightarrow overleftarrow boldsymbol pmb smash phantom hphantom vphantom widehat widetilde
    xleftarrow xrightarrow overset underset
""")

#: Those that may have a formula in brackets before the argument, or a letter in brackets.
_FORMULA_OPTIONS: Final = _commands("sqrt xleftarrow xrightarrow")
_LETTER_OPTIONS: Final = {r"\smash": "tb", r"\cfrac": "lr"}

#: Commands with an argument that is text.
_TEXTS: Final = _commands("text textrm textbf textit textsf texttt mbox")

#: Those that need no braces as a script, though they have an argument.
_SCRIPTS: Final = (_FONTS | _TEXTS) - _commands("operatorname mbox")

#: Characters that a backslash makes text.
_TEXT_COMMANDS: Final = _commands(r"{ } _ % $ # & ,") | {"\\ "}

_DELIMITERS: Final = frozenset("()[]/|.<>") | _commands(r"""
    langle rangle lbrace rbrace lbrack rbrack lceil rceil lfloor rfloor lvert rvert lVert rVert
    vert Vert backslash uparrow downarrow updownarrow Uparrow Downarrow Updownarrow { } |
""")

#: Commands that a delimiter follows.
_SIZES: Final = _commands(r"""
    big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm biggm Biggm
""")

#: Environments in which ``&`` separates columns, and two backslashes separate rows.
_ENVIRONMENTS: Final = dict.fromkeys(
    ("matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix"), _MAX_COLUMNS
) | {"cases": _MAX_CASES_COLUMNS}

_STRUCTURES: Final = _commands("left substack") | {rf"\begin{{{name}}}" for name in _ENVIRONMENTS}

_KNOWN: Final = frozenset().union(
    *(_SYMBOLS, _COMPOSED, _OPERATORS, _SWITCHES, _LIMITS, _INFIX, _ARGUMENTS, _TEXTS, _SIZES),
    *(_STRUCTURES, {rf"\end{{{name}}}" for name in _ENVIRONMENTS}),
    _commands(r"middle right not \ "),
)

#: Primes are one token with a ``^`` that follows at once, because TeX makes one superscript of
#: both, but not if there is a blank between them.
_TOKEN: Final = re.compile(
    r"\\(?:begin|end)\{\w*\}|\\[A-Za-z]+|\\.|'+\^?|[ \n]+|.", re.DOTALL | re.ASCII
)

#: Characters that pdfTeX has no symbol for, and a blank line, which ends a paragraph.
_UNPRINTABLE: Final = re.compile(r"[^\n -~]|\n *\n")


def describe_forbidden_tex(formula: str, /) -> str:
    """Return a description of ``formula`` if it is not allowed.

    :returns: an empty string if it only typesets mathematics, which neither pdfTeX, XeTeX nor
        LuaTeX answers with an error.
    """
    if len(formula) > _MAX_LENGTH:
        return f"a formula of more than {_MAX_LENGTH:,} characters"
    if found := _UNPRINTABLE.search(formula):
        char = found[0][0]
        return "a formula with " + (
            f"{char} (U+{ord(char):04X})" if char != "\n" else "a blank line"
        )
    tokens = _TOKEN.findall(formula)
    for token in tokens:
        if (token[0] == "\\" and token not in _KNOWN) or token in {"%", "#", "$"}:
            return f"a formula with {token.partition('{')[0] if len(token) > 2 else token}"
    try:
        _Parser(tokens).parse()
    except _InvalidFormulaError as error:
        return f"{error}"
    return ""


class _InvalidFormulaError(Exception):
    """A formula that does not match the grammar."""

    def __init__(self, description: str = "an incomplete or invalid formula") -> None:
        super().__init__(description)


class _Parser:
    """A parser by recursive descent. Its methods read from the next token on."""

    def __init__(self, tokens: list[str]) -> None:
        # An empty token marks the end; blanks matter in text only.
        self._tokens = [*tokens, ""]
        self._position = 0
        self._depth = 0
        self._has_text_font = False

    def parse(self) -> None:
        """Read the whole formula.

        :raises _InvalidFormulaError: if it does not match the grammar.
        """
        self._read_list("")

    def _peek(self) -> str:
        """Return the next token that is no blank."""
        while self._tokens[self._position].isspace():
            self._position += 1
        return self._tokens[self._position]

    def _take(self) -> str:
        token = self._peek()
        self._position += 1
        return token

    def _expect(self, allowed: bool) -> None:
        if not allowed:
            raise _InvalidFormulaError

    def _read_list(self, *ends: str, depth: int = 1, may_divide: bool = True) -> str:
        r"""Read atoms with their scripts until one of ``ends``, and return that one.

        :param depth: the number of levels that the list counts.
        :param may_divide: whether it may be divided by a command such as ``\over``.
        """
        self._depth += depth
        if self._depth > _MAX_DEPTH:
            raise _InvalidFormulaError(f"a formula nested more than {_MAX_DEPTH} levels deep")
        has_text_font = self._has_text_font
        scripts = ""  # of the last atom: "^" or "_" or both
        is_operator = False
        while (token := self._take()) not in ends:
            if token and token[0] in "'^_":
                script = token[0].replace("'", "^")
                self._expect(script not in scripts)
                scripts += script
                if token in {"^", "_"} and self._peek() in _SCRIPTS:
                    self._read_atom(self._take())
                elif token[-1] != "'":
                    self._read_argument()
                is_operator = False
            elif token in _LIMITS:
                self._expect(is_operator)
                is_operator = False
            elif token in _SWITCHES:
                self._has_text_font |= token in _TEXT_FONT_SWITCHES
                is_operator = False
            elif token in _INFIX:
                self._expect(may_divide)
                may_divide = is_operator = False
                scripts = ""
            else:
                scripts = self._read_atom(token)
                is_operator = token in _OPERATORS or token in {r"\mathop", r"\operatorname"}
        self._depth -= depth
        self._has_text_font = has_text_font
        return token

    def _read_atom(self, token: str) -> str:
        """Read the rest of the atom that begins with ``token``.

        :returns: the scripts that it cannot have any more.
        """
        start = self._position
        if token in _ARGUMENTS:
            self._read_arguments(token)
        elif token in _TEXTS:
            self._read_text()
        elif token in _SIZES:
            self._read_delimiter()
        elif token == r"\not":
            self._expect(self._is_symbol(self._peek()) or self._peek() in _COMPOSED)
        elif token == "{" or token in _STRUCTURES:
            self._read_structure(token)
        else:
            is_atom = token in _COMPOSED or token in _OPERATORS or self._is_symbol(token)
            self._expect(is_atom)
        inner = self._tokens[start : self._position]
        scripts = "".join(found[0].replace("'", "^") for found in inner if found[:1] in set("^_'"))
        accents = sum(found in _ACCENTS for found in inner)
        if token in _ACCENTS and accents:
            # To place one over the other, amsmath typesets the argument in a way of its own.
            self._expect(accents == 1 and (_REPEATED - _ACCENTS).isdisjoint(inner))
            self._expect(not scripts or _FONTS.isdisjoint(inner))
        return scripts if token == r"\mod" or (accents and token in _TRANSPARENT) else ""

    def _read_arguments(self, command: str) -> None:
        has_text_font = self._has_text_font
        self._has_text_font |= command in _TEXT_FONTS
        self._read_option(command)
        start = self._position
        for _ in range(_ARGUMENTS[command]):
            depth = _REPEATED_DEPTH if command in _REPEATED else 1
            self._read_argument(depth=depth, may_divide=command == r"\sqrt")
        self._has_text_font = has_text_font
        inner = self._tokens[start : self._position]
        # XeTeX ends without a PDF if accent and symbol are of fonts of different kinds.
        if has_text_font and command in _ACCENTS - _WIDE_ACCENTS:
            self._expect(re.fullmatch(r"[A-Za-z0-9{}\s]+", "".join(inner)) is not None)
        if command in _INLINE:
            self._expect(_TEXT_FONT_SWITCHES.isdisjoint(inner))

    def _read_structure(self, opening: str) -> None:
        """Read the lists between ``opening`` and what closes it."""
        if opening == "{":
            self._read_list("}")
        elif opening == r"\left":
            end = ""
            while end != r"\right":
                self._read_delimiter()
                end = self._read_list(r"\middle", r"\right")
            self._read_delimiter()
        elif opening == r"\substack":
            self._expect(self._take() == "{")
            self._read_rows("}", columns=1)
        else:
            name = opening[len(r"\begin{") : -1]
            self._read_rows(rf"\end{{{name}}}", columns=_ENVIRONMENTS[name])

    def _read_delimiter(self) -> None:
        self._expect(self._take() in _DELIMITERS)

    def _is_symbol(self, token: str) -> bool:
        return token in _SYMBOLS or (len(token) == 1 and token not in "&{}~^_'\\")

    def _read_argument(self, *, depth: int = 1, may_divide: bool = True) -> None:
        """Read an argument or script: a list in braces or one symbol."""
        token = self._take()
        if token == "{":
            self._read_list("}", depth=depth, may_divide=may_divide)
        else:
            self._expect(self._is_symbol(token))

    def _read_option(self, command: str) -> None:
        """Read the star or the argument in brackets that ``command`` may have."""
        if command == r"\operatorname" and self._peek() == "*":
            self._take()
        if self._peek() != "[":
            return
        if command in _LETTER_OPTIONS:
            self._take()
            self._expect(self._take() in _LETTER_OPTIONS[command] and self._take() == "]")
        elif command in _FORMULA_OPTIONS:
            self._take()
            # TeX looks for the bracket first, and skips groups only.
            level, end = 0, self._position
            while self._tokens[end] and (level or self._tokens[end] != "]"):
                level += {"{": 1, "}": -1}.get(self._tokens[end], 0)
                end += 1
            # In a cell of a table, it would take an ampersand for the end of the cell.
            self._expect("&" not in self._tokens[self._position : end])
            self._read_list("]")
            self._expect(self._position == end + 1)

    def _read_text(self) -> None:
        """Read an argument that is text."""
        token = self._take()
        if token != "{":
            self._expect(len(token) == 1 and token.isalnum())
            return
        while (token := self._take()) != "}":
            is_text = (
                token in _TEXT_COMMANDS if token[:1] == "\\" else token[-1:] not in set("{&_^")
            )
            self._expect(bool(token) and is_text)

    def _read_rows(self, end: str, *, columns: int) -> None:
        """Read rows of at most ``columns`` cells until ``end``."""
        column = 1
        while (found := self._read_list("&", r"\\", end)) != end:
            column = column + 1 if found == "&" else 1
            if column > columns:
                raise _InvalidFormulaError(f"a formula with more than {columns} columns")
            # They would be an argument of the two backslashes.
            self._expect(found == "&" or self._peek() not in {"[", "*"})
