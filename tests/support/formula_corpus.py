"""Formulas, right and wrong, for the grammar of formulas and for TeX."""

from __future__ import annotations

from typing import Final

#: Formulas that are shown as such.
RIGHT: Final = (
    # Symbols, scripts and primes.
    r"x", r"a+b-c", r"E = mc^2", r"x_i", r"x_i^2", r"x^2_i", r"x_{i,j}^{(k)}", r"f'(x)", r"f''(x)",
    r"f'^2", r"x'_i", r"x_i'", r"y^*", r"A^\top", r"A^\dagger", r"f^\prime", r"90^\circ",
    r"x^{y^{z^2}}", r"x_{a_{b_c}}", r"{}^{14}_{6}\mathrm{C}", r"R^a{}_{bcd}", r"10^{-3}",
    r"a^{\frac{1}{2}}", r"{x^2}^3", r"\alpha\beta\gamma", r"\Gamma(n) = (n-1)!",
    r"\pm 1", r"a \leq b < c \neq d", r"x \in \mathbb{R}", r"\forall x \exists y", r"\not\in",
    r"a \not= b", r"A \subseteq B \cup C", r"50\,\%", r"\$5", r"\#", r"a \ b~c", r"\{1, 2\}",
    r"\infty", r"\hbar\omega", r"\nabla \cdot \vec{E}", r"f \colon A \to B", r"x \mapsto x^2",
    r"1, \ldots, n", r"a_1 + \cdots + a_n", r"p \implies q \iff r", r"x; y! ? @ z",
    # Fractions, roots and binomials.
    r"\frac{a}{b}", r"\frac12", r"\frac 1 2", r"\tfrac{1}{2}x", r"\dfrac{\partial f}{\partial x}",
    r"\frac{\frac{a}{b}}{c}", r"\cfrac{1}{1+\cfrac[l]{1}{2}}", r"\sqrt{x}", r"\sqrt2",
    r"\sqrt[3]{x}", r"\sqrt [n]{x^2+1}", r"\binom{n}{k}", r"{n \choose k}", r"a \over b",
    r"\sqrt{a \over b}", r"x^{a \over b}", r"\left( a \over b \right)",
    # Operators.
    r"\sum_{i=1}^{n} i^2", r"\sum\limits_{i} x_i", r"\sum\nolimits_i'", r"\prod_{k=1}^K p_k",
    r"\int_0^\infty e^{-x^2}\,dx", r"\int\limits_a^b", r"\oint_C", r"\iint_D f",
    r"\lim_{x \to 0} \frac{\sin x}{x}", r"\max_{\theta} L", r"\log_{10} x", r"\sin^2 x",
    r"\operatorname{Var}(X)", r"\operatorname*{argmax}_{x \in X} f", r"a \bmod n",
    r"a \equiv b \pmod{n}", r"\mathop{\mathrm{ess\,sup}}\limits_x f",
    r"\sum_{\substack{i < n \\ i \neq j}} a_i",
    # Delimiters.
    r"\left( \frac{a}{b} \right)", r"\left[0, 1\right)", r"\left. x \right|_{0}^{1}",
    r"\left\{ x \middle| x > 0 \right\}", r"\left\lvert x \right\rvert^2", r"\lfloor x \rfloor",
    r"\bigl( x \bigr)^2", r"\Big| x \Big|", r"\left< \psi \middle| \phi \right>", r"\|x\|_2",
    r"\lVert x \rVert", r"\left(\left(x\right)\right)",
    # Accents and decorations.
    r"\hat{x}", r"\hat x_i", r"\bar{x}^2", r"\vec{v}\,'", r"\dot{x} + \ddot{x}", r"\hat{\bar{x}}",
    r"\widehat{abc}", r"\tilde{\mathbf{x}}_i", r"\mathbf{\hat{x}}", r"\overline{AB}",
    r"\hat{\beta}_0 + \hat{\beta}_1 x", r"\underbrace{a+b}_{n}", r"\overbrace{x}^{2}",
    r"\overset{\text{def}}{=}", r"\stackrel{d}{\to}", r"\underset{x}{\max}", r"\boxed{x}",
    r"A \xrightarrow[b]{a} C", r"\overrightarrow{AB}", r"\phantom{x}^2", r"\smash[b]{y}",
    # Fonts and text.
    r"\mathrm{kg\,m^{2}\,s^{-2}}", r"\mathbf{x}", r"\mathcal{L}", r"\mathbb R", r"\mathfrak{g}",
    r"\boldsymbol{\theta}", r"\text{speed} = 3\ \text{m/s}", r"\text{a\_b}",
    r"\textbf{x}", r"x_{\rm max}", r"{\bf x}", r"\displaystyle\sum_i", r"x_{\text{in}}",
    r"x_\text{in}", r"T_\mathrm{max}^2",
    r"\mbox{if } x", r"\text{50\,\%}", r"\text{don't}",
    # Matrices and cases.
    r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", r"\begin{bmatrix}1\\2\end{bmatrix}^T",
    r"\begin{cases} 1 & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}",
    r"\begin{vmatrix}a&b\\c&d\end{vmatrix}", r"\begin{smallmatrix}a&b\\c&d\end{smallmatrix}",
    r"\begin{matrix}1&2&3&4&5&6&7&8&9&10\end{matrix}",
    r"\left[\begin{matrix}\frac{1}{2} & x_1^2 \\ \dots & 0\end{matrix}\right]",
    # At the bounds.
    "{" * 18 + "x" + "}" * 18, "W" * 1_000, r"\boldsymbol{\boldsymbol{\boldsymbol{x}}}",
)  # fmt: skip

#: Formulas that at least one engine answers with an error, or without a PDF.
ERRORS: Final = (
    # Scripts.
    r"x^", r"x_", r"x^2^3", r"x_1_2", r"x'^2'", r"x^2'", r"x' ^2", r"x^'", r"x^_2", r"x'^\text{a}",
    r"x_\operatorname{a}", r"x^\hat{a}",
    r"x^\sqrt{2}", r"x_\rm{max}", r"x_\max", r"x^\begin{matrix}a\end{matrix}",
    r"x^{\frac{a}{b}}^2", r"x_{a_{b}}_c", r"\phantom{x}^2_3^4", r"x^2\space^3",
    r"x^\left(a\right)", r"x^2\rm^3", r"{\hat{x}^2}^3", r"\bar{\hat{x_a}}_b", r"x^\ldots",
    r"\mod{n^2}^3",
    # Arguments and groups.
    r"\frac", r"\frac{a}", r"{\frac{a}}", r"\sqrt", r"\sqrt[3]", r"\sqrt[a", r"\sqrt[", r"\sqrt[a]",
    r"\xleftarrow[", r"\hat", r"\frac\sqrt{2}{3}", r"\hat\mathbf{x}", r"{", r"}", r"}{", r"{x",
    r"\mathrm", r"{\text}", r"\sqrt[\left[a\right]]{x}", r"\bar{\hat{x}+\hat{y}}", r"x^2 & y",
    # Commands that divide, operators.
    r"a \over b \over c", r"{a \choose b \atop c}", r"\frac{a \over b}{c}", r"x\limits_a",
    r"\limits", r"{\sum}\limits_i", r"\mathrm{x}\limits_2",
    # Delimiters.
    r"\Big\sum", r"\bigl a", r"\big", r"\left(x", r"x\right)", r"\left({x\right)}",
    r"\left a\right)",
    r"\middle|", r"\left(\begin{matrix}\right)\end{matrix}", r"\left({\middle|}\right)",
    # Text.
    r"\text{3 \times 4}", r"\text{\alpha}", r"\text{a_b}", r"\text{x^2}", r"\text{a & b}",
    # Environments.
    r"\begin{pmatrix}a", r"\begin{matrix}\end{cases}", r"\begin{cases}a & b & c\end{cases}",
    r"\begin{matrix}1&2&3&4&5&6&7&8&9&10&11\end{matrix}", r"\begin{cases}{a & b}\end{cases}",
    r"\begin{matrix}a\\[b]\end{matrix}", r"\sqrt[\begin{matrix}a&b\end{matrix}]{x}", r"a \\ b & c",
    r"\substack{a & b}",
    # Depth.
    "{" * 300 + "x" + "}" * 300, r"\sqrt{" * 260 + "x" + "}" * 260,
    # Characters, in pdfTeX, and an accent, in XeTeX.
    "\u03b1", "5 \u2212 3", "\u4e2d", "\\text{\u03b1}", "\x7f",
    r"\mathsf{\hat{\alpha}}", r"{\bf \hat{\theta}}",
)  # fmt: skip

#: Formulas that are shown as text for another reason, and the reason in the warning.
REFUSED: Final = {
    r"\root 3": r"a formula with \root",
    r"\root 3 \of x": r"a formula with \root",
    r"a \of b": r"a formula with \of",
    r"\href{https://example.org}{x}": r"a formula with \href",
    r"\write18{id}": r"a formula with \write",
    r"\def\x{x}\x": r"a formula with \def",
    r"\begin{array}{c}x\end{array}": r"a formula with \begin",
    r"\@x": r"a formula with \@",
    r"5 % 3": "a formula with %",
    r"#1": "a formula with #",
    r"x^\frac12": "an incomplete or invalid formula",
    "x²": "a formula with ² (U+00B2)",
    r"x^\int": "an incomplete or invalid formula",
    "^^5cinput x": "an incomplete or invalid formula",
    "{" * 20 + "x" + "}" * 20: "a formula nested more than 20 levels deep",
    r"\boldsymbol{\boldsymbol{\boldsymbol{\boldsymbol{x}}}}": "nested more than 20 levels deep",
    "W" * 1_001: "a formula of more than 1,000 characters",
    "a\u202eb": "U+202E",
}
