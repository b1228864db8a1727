"""Code that stands where a title should, for want of an empty line."""

from __future__ import annotations

import ast
import warnings
from typing import Final

#: Statements that no title reads like, whatever they hold.
_STATEMENTS: Final = (
    *(ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.Delete),
    *(ast.For, ast.While, ast.If, ast.With, ast.Try),
)

#: What stands in values that are no mathematics.
_OF_CODE: Final = (ast.Subscript, ast.Lambda, ast.JoinedStr, ast.GeneratorExp, ast.ListComp)


def reads_as_code(title: str, /) -> bool:
    """Tell whether ``title`` is Python that does something, and so no title at all.

    An expression may be one (``df.describe()``), and so may an equation (``y = f(x) / 2``).
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            statements = ast.parse(title).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    is_import = len(statements) > 1 and isinstance(statements[0], ast.Import)
    return is_import or any(map(_does_something, statements))


def _does_something(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(targets=targets, value=value):
            return any(map(_is_changed, targets)) or any(map(_is_of_code, ast.walk(value)))
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target, value=ast.expr()):
            return _is_changed(target) or not isinstance(statement.value, ast.Constant)
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
            return True
        case ast.Expr(value=ast.Call(keywords=keywords)):
            return any(keyword.arg == "inplace" for keyword in keywords)
        case ast.Import(names=names):
            return any(alias.asname for alias in names)
    return isinstance(statement, _STATEMENTS)


def _is_changed(target: ast.expr) -> bool:
    """Tell whether assigning to ``target`` is what code does, to the frame that is shown, say."""
    return isinstance(target, (ast.Subscript, ast.Attribute)) or ast.unparse(target) == "df"


def _is_of_code(part: ast.AST) -> bool:
    is_method = isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)
    is_text = isinstance(part, ast.Constant) and isinstance(part.value, str)
    return is_method or is_text or isinstance(part, _OF_CODE)
