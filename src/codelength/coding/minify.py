"""Python source made short without changing what it does, for programs that carry their own decoder.

Three steps: the syntax tree loses docstrings, annotations and zip's `strict` (comments and layout go by themselves);
variables and arguments get one-letter names, the most used first; and the text is joined with the fewest blanks and
line ends that the tokenizer needs. Deflate packs the result, so that repetition counts more than length.

The source keeps to a part of Python in which renaming is safe: no keyword arguments of its own functions, no `global`,
no strings that hold names, no f-strings.
"""

import ast
import builtins
import io
import keyword
import string
import tokenize
from collections import Counter
from collections.abc import Collection, Mapping

_LETTERS = string.ascii_letters + "_"


def minify(
    source: str, *, constants: Mapping[str, int | float | str | bytes] | None = None, keep: Collection[str] = ()
) -> str:
    """A shorter program that does the same.

    Names in `constants` become their values; names in `keep`, builtins, imported modules and attributes stay.

    >>> minify('def double(number: int) -> int:\\n    "Twice."\\n    return FACTOR * number', constants={"FACTOR": 2})
    'def b(a):return 2*a\\n'
    """
    tree = ast.parse(source)
    _Undressed(constants or {}).visit(tree)
    _rename(tree, set(keep))
    return _join(ast.parse(ast.unparse(tree)).body, 0)


class _Undressed(ast.NodeTransformer):
    """Without docstrings and annotations, and with constants in their places."""

    def __init__(self, constants: Mapping[str, int | float | str | bytes]) -> None:
        self.constants = constants

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            return None
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        for argument in node.args.args:
            argument.annotation = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return self.generic_visit(ast.copy_location(ast.Assign([node.target], node.value), node))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        node.keywords = [word for word in node.keywords if word.arg != "strict"]  # zip has it from Python 3.10 on
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self.constants:
            return ast.copy_location(ast.Constant(self.constants[node.id]), node)
        return node


def _rename(tree: ast.AST, keep: set[str]) -> None:
    # One name is given the same letter everywhere, whatever its scope, so no scope can capture another's.
    keep = keep | set(dir(builtins))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            keep |= {alias.asname or alias.name for alias in node.names}
    uses: Counter[str] = Counter()
    for node in ast.walk(tree):
        for field in ("id", "arg", "name"):
            name = getattr(node, field, None)
            if isinstance(name, str) and isinstance(node, ast.Name | ast.arg | ast.FunctionDef) and name not in keep:
                uses[name] += 1
    short = [letter for letter in _LETTERS if letter not in keep]
    short += [a + b for a in _LETTERS for b in _LETTERS if a + b not in keep and not keyword.iskeyword(a + b)]
    names = {name: short[i] for i, (name, _) in enumerate(uses.most_common())}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
        elif isinstance(node, ast.arg):
            node.arg = names.get(node.arg, node.arg)
        elif isinstance(node, ast.FunctionDef):
            node.name = names.get(node.name, node.name)


def _join(statements: list[ast.stmt], depth: int) -> str:
    lines: list[str] = []
    simple: list[str] = []

    def flush() -> None:
        if simple:
            lines.append(" " * depth + ";".join(simple) + "\n")
            simple.clear()

    for statement in statements:
        if not hasattr(statement, "body"):
            simple.append(_tight(ast.unparse(statement)))
            continue
        flush()
        lines.append(_compound(statement, depth))
    flush()
    return "".join(lines)


def _compound(statement: ast.stmt, depth: int) -> str:
    """A statement with a body: its head, then the body on the same line where that is all simple."""
    body, orelse = getattr(statement, "body", []), getattr(statement, "orelse", [])
    bare = ast.parse(ast.unparse(statement)).body[0]
    for field in ("body", "orelse"):
        if getattr(bare, field, []):
            setattr(bare, field, [ast.Pass()] if field == "body" else [])
    text = " " * depth + _tight(ast.unparse(bare).removesuffix("pass").strip()) + _block(body, depth)
    if not orelse:
        return text
    if isinstance(statement, ast.If) and len(orelse) == 1 and isinstance(orelse[0], ast.If):
        return text + " " * depth + "el" + _compound(orelse[0], depth).lstrip(" ")
    return text + " " * depth + "else:" + _block(orelse, depth)


def _block(statements: list[ast.stmt], depth: int) -> str:
    if any(hasattr(statement, "body") for statement in statements):
        return "\n" + _join(statements, depth + 1)
    return ";".join(_tight(ast.unparse(statement)) for statement in statements) + "\n"


def _tight(line: str) -> str:
    """One logical line with blanks only between words."""
    text, last = "", ""
    skipped = (tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER, tokenize.COMMENT)
    for token in tokenize.generate_tokens(io.StringIO(line).readline):
        if token.type in skipped:
            continue
        word = token.string
        if token.type == tokenize.NUMBER and word.startswith("0."):
            word = word[1:]
        if text and _wordlike(last[-1:]) and _wordlike(word[:1]):
            text += " "
        text += word
        last = word
    return text


def _wordlike(character: str) -> bool:
    return character.isalnum() or character == "_"
