"""The project's own files, parsed: for tests that hold the house to its rules. It never runs what it reads."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("miniapp", "handlers", "infra")


@cache
def files(*folders: str, ends: str = ".py") -> tuple[Path, ...]:
    """Every file of ours below these folders."""
    found = (path for folder in folders or PACKAGES for path in (ROOT / folder).rglob(f"*{ends}"))
    return tuple(sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts))


@cache
def kept() -> tuple[Path, ...]:
    """Every file that is, or is about to be, part of the project: what git knows or would take up."""
    said = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = (ROOT / name for name in said.stdout.decode().split("\0") if name)
    return tuple(sorted({path for path in paths if path.is_file()}))


@cache
def parsed(path: Path) -> ast.Module:
    """A module as a tree."""
    return ast.parse(path.read_text("utf-8"), str(path))


def name(path: Path) -> str:
    """A file as people call it."""
    return path.relative_to(ROOT).as_posix()


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function, also those inside others."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def docstrings(tree: ast.AST) -> set[int]:
    """The ids of the constants that are docstrings."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.add(id(first.value))
    return found
