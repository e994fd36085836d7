"""The layout that the README promises."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import spasmlib

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "spasmlib"

# No module may import from a layer to its right.
LAYERS = [
    {"locations", "wording", "schema", "tables", "checking", "sources", "glossary"},
    {
        "person",
        "medicines",
        "model",
        "urgency",
        "plan",
        "questions",
        "reasoning",
        "whatif",
        "links",
        "phrases",
        "quantities",
        "durations",
        "judging",
        "reading",
        "scopes",
        "names",
        "cases",
        "ordinary",
        "exports",
        "search",
        "risks",
        "evaluation",
        "questioning",
        "reference",
        "reference_results",
        "worked",
        "claims",
        "flags",
        "uses",
        "profiles",
        "trials",
        "guidelines",
    },
    {"figures"},
    {"widgets"},
    {"panels"},
    {"app", "cli", "__main__"},
]


def layer(module: str) -> int:
    name = module.split(".")[0]
    return next(number for number, names in enumerate(LAYERS) if name in names)


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        yield from (name.removeprefix("spasmlib.") for name in names if "spasmlib." in name)


MODULES = [file for file in PACKAGE.rglob("*.py") if file != PACKAGE / "__init__.py"]


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_modules_import_only_from_their_left(file: Path) -> None:
    own = layer(file.relative_to(PACKAGE).with_suffix("").parts[0])
    assert all(layer(name) <= own for name in imports(file))


def test_notebooks_hold_no_logic() -> None:
    notebooks = list((ROOT / "notebooks").glob("*.ipynb"))
    assert notebooks
    allowed = (ast.Import, ast.ImportFrom, ast.Assign, ast.Expr)
    for notebook in notebooks:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        for cell in cells:
            if cell["cell_type"] == "code":
                body = ast.parse("".join(cell["source"])).body
                assert len(body) <= 3
                assert all(isinstance(node, allowed) for node in body)
                assert not cell["outputs"]


def test_one_version_everywhere() -> None:
    def found(file: str, pattern: str) -> str:
        match = re.search(pattern, (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
        assert match, file
        return match[1]

    versions = {
        spasmlib.__version__,
        spasmlib.load().schema.version,
        found("pyproject.toml", r'^version = "(.*)"'),
        found("CITATION.cff", r"^version: (.*)"),
        found("CHANGELOG.md", r"^## (\S+)"),
    }
    assert len(versions) == 1


def test_the_lock_file_names_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert "--hash=sha256:" in text


def test_nothing_served_names_an_address_of_others() -> None:
    for file in [*PACKAGE.rglob("*.js"), *PACKAGE.rglob("*.css"), *PACKAGE.rglob("*.j2")]:
        if file.parent.name == "static":  # plotly.js, which names some and asks none
            continue
        assert not re.search(r"https?://", file.read_text(encoding="utf-8")), file
