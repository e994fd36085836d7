"""What all tests share: our tables, and a page in a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import free_port, running
from visiting import CHROMIUM, Visit, spasm

import spasmlib
from spasmlib.locations import bundled_data


@pytest.fixture(scope="session")
def tables() -> spasmlib.Tables:
    """Return the tables that come with spasmlib."""
    return spasmlib.load()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Return a copy of our data package that a test may change."""
    return Path(shutil.copytree(bundled_data(), tmp_path / "package"))


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Return a headless Chromium that talks to nobody by itself."""
    from playwright.sync_api import sync_playwright

    own = next(filter(None, map(shutil.which, CHROMIUM.names)), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=own, args=list(CHROMIUM.flags))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Return where the app is served, as a visitor's host serves it."""
    port = free_port()
    with running([spasm(), "app", "--port", str(port)], f"http://localhost:{port}/") as url:
        yield url


@pytest.fixture
def visit(browser: object, address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Return a first visit; its parameter is a dict of what `Visit` takes."""
    opened = Visit(browser, address, **getattr(request, "param", {}))
    yield opened
    opened.close()
