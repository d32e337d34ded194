"""How much of a provider would be the same for every cloud.

Usage: generic_share.py [FOLDER WORD...]

A function is the provider's own when its code has one of the words: the names under which it holds its client, those of
the client's methods, or words of its API. All lines of the other functions count as generic, with their decorators and
docstrings; of a function inside another only the outer one counts. Lines are those with something on them. Without
arguments: the sketch that ``plugin new`` writes, and the crontab example.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs

ROOT = Path(__file__).parents[1]
PROVIDERS = {
    "sketch": (
        ROOT / "taskflows_cloud_core" / "src" / "taskflows_cloud_core" / "scaffold" / "template",
        ("client", "session", "request", "endpoint", "retried", "timer", "timers", "package"),
    ),
    "crontab": (
        ROOT / "examples" / "third_party_provider" / "src",
        ("place", "session", "folder", "home", "subprocess", "cron", "log"),
    ),
}
# The part of a name between underscores is a word too.
_WORD = re.compile(r"[A-Za-z][a-z0-9]*")


@attrs.frozen
class Share:
    """Source lines of a provider.

    Args:
        generic: Those of functions that have no word of the provider's.
        total: All.
        functions: The names of the generic functions, with their lines.
    """

    generic: int
    total: int
    functions: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        named = ", ".join(f"{name} {lines}" for name, lines in self.functions)
        return f"{self.generic / self.total:.0%} generic: {self.generic} of {self.total} lines ({named or 'none'})"


def share_of(folder: Path, words: Iterable[str]) -> Share:
    """Count the lines of all modules below a folder."""
    wanted, functions, total = {word.lower() for word in words}, [], 0
    # Files of the template have another ending; those for tests are no part of the provider.
    modules = [*folder.rglob("*.py"), *folder.rglob("*.py.txt")]
    for path in sorted(path for path in modules if not path.name.startswith(("server.", "test_"))):
        source = path.read_text(encoding="utf-8")
        lines = source.splitlines()
        total += _with_text(lines)
        for node in _functions(ast.parse(source)):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            own = lines[first - 1 : node.end_lineno]
            if wanted.isdisjoint(_words("\n".join(ast.unparse(one) for one in _code(node)))):
                functions.append((f"{path.name.partition('.')[0]}.{node.name}", _with_text(own)))
    return Share(sum(count for _, count in functions), total, tuple(functions))


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield node
        else:
            yield from _functions(node)


def _code(node: ast.FunctionDef) -> list[ast.stmt]:
    """The statements, without the docstring: prose is no use of a client."""
    return node.body[1:] if ast.get_docstring(node) is not None else node.body


def _words(source: str) -> set[str]:
    found = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        word.lower()
        for token in found
        if token.type in (tokenize.NAME, tokenize.STRING)
        for word in _WORD.findall(token.string)
    }


def _with_text(lines: Iterable[str]) -> int:
    return sum(bool(line.strip()) for line in lines)


def main(arguments: list[str]) -> None:
    """Print the share of each provider."""
    measured = {arguments[0]: (Path(arguments[0]), tuple(arguments[1:]))} if arguments else PROVIDERS
    for name, (folder, words) in measured.items():
        print(f"{name}: {share_of(folder, words)}")


if __name__ == "__main__":
    main(sys.argv[1:])
