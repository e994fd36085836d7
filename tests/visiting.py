"""A visitor: the app in a real browser, with what it asked for and what went wrong."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

import spasmlib


class CHROMIUM:
    """A browser that talks to nobody by itself: where it may be, and how it is started."""

    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    flags = (
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    )


READY = 60_000
SOON = 10_000
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def spasm() -> str:
    """Return the command that a visitor's host runs."""
    return os.environ.get("SPASM") or str(Path(sys.executable).with_name("spasm"))


def label_of(tables: spasmlib.Tables, finding: str) -> str:
    return str(tables["findings"].set_index("finding_id").loc[finding, "label"])


class Visit:
    """A page in a browser; `way` is "path" for the steps or "all" for everything at once."""

    def __init__(
        self,
        browser: Any,
        address: str,
        width: int = 1280,
        scheme: str = "light",
        way: str = "path",
        height: int = 800,
        **options: Any,
    ):
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, **options
        )
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda line: self.errors.append(line.text) if line.type == "error" else None,
        )
        self.page.goto(address)
        self.ready()
        if way == "all":
            self.page.get_by_role("button", name="Show everything", exact=True).click()
            expect(self.page.get_by_role("region", name="Findings")).to_be_visible()

    def ready(self) -> None:
        """Wait until the explorer stands and answers."""
        self.page.get_by_role("heading", level=1).wait_for(timeout=READY)
        self.page.locator("[data-finding]").first.wait_for(state="attached", timeout=READY)
        self.page.locator("#answers-clear, .sp-answers, .sp-empty").first.wait_for(
            state="attached", timeout=READY
        )

    def close(self) -> None:
        self.context.close()

    def go(self, step: str) -> None:
        """Choose a step in the list of steps."""
        self.page.locator(f'[data-steps] [data-go="{step}"]').click()
        expect(self.page.locator("main")).to_have_attribute("data-at", step)

    def tab(self, name: str) -> Any:
        """Open a part of the result; returns its panel."""
        self.page.get_by_role("tab", name=name, exact=True).click()
        return self.page.get_by_role("tabpanel", name=name, exact=True)

    def answer(self, label: str, option: str = "Yes") -> None:
        """Answer a question that is in sight."""
        group = self.page.get_by_role("group", name=label, exact=True)
        radio = group.get_by_role("radio", name=option, exact=True)
        radio.evaluate("(radio) => radio.scrollIntoView({ block: 'center' })")
        radio.check(force=True)  # its label's text lies over it
        self.settled()

    def settled(self) -> None:
        """Wait until the result stands for all answers given."""
        expect(self.page.locator("form[novalidate]")).to_have_attribute(
            "data-state", "answered", timeout=SOON
        )

    def causes(self) -> Any:
        region = self.page.get_by_role("region", name="Possible causes")
        return region.locator("ol").get_by_role("listitem")

    def alert(self, text: str) -> Any:
        return self.page.get_by_role("alert").filter(has_text=text)

    def given(self) -> dict[str, str]:
        """Return the answers that the page shows, by finding."""
        return dict(
            self.page.evaluate(
                """() => [...document.querySelectorAll("[data-finding] input:checked")]
                .filter((radio) => radio.value).map((radio) => [radio.name, radio.value])"""
            )
        )

    def fits(self, state: str) -> None:
        """Assert that nothing spills over sideways."""
        wide = self.page.evaluate(
            "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
        )
        assert wide <= 0, f"{state}: {wide} px too wide"

    def accessible(self, state: str) -> None:
        """Assert that axe finds no fault against WCAG 2.2 A and AA."""
        from axe_playwright_python.sync_playwright import Axe

        # What lies under the bar at the foot can be scrolled from under it: show all at once.
        size = self.page.viewport_size
        tall = self.page.evaluate("document.scrollingElement.scrollHeight")
        self.page.set_viewport_size({"width": size["width"], "height": min(tall, 16_000)})
        options = {"runOnly": {"type": "tag", "values": RULES}}
        found = Axe().run(self.page, options=options)
        self.page.set_viewport_size(size)
        assert found.violations_count == 0, f"{state}:\n{found.generate_report()}"

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, name: str | re.Pattern[str], role: str = "button", most: int = 150) -> None:
        """Press Tab until the control of that name has the focus, as a keyboard user does."""
        target = self.page.get_by_role(role, name=name)  # type: ignore[arg-type]
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if any(self._focused(one) for one in target.all()):
                return
        raise AssertionError(f"{most} times Tab do not reach {role} {name!r}")

    def focus_is_seen(self) -> bool:
        """Say whether an element other than the page has the focus and a visible mark of it."""
        return bool(
            self.page.evaluate(
                """() => {
                const at = document.activeElement;
                if (!at || at === document.body || !at.getClientRects().length) return false;
                const marked = [at, at.closest("label"), at.firstElementChild].filter(Boolean);
                return marked.some((part) => {
                  const style = getComputedStyle(part);
                  return style.outlineStyle !== "none" || style.boxShadow !== "none" ||
                    style.strokeWidth > "1px";
                });
              }"""
            )
        )

    @staticmethod
    def _focused(one: Any) -> bool:
        return bool(one.evaluate("(part) => part === document.activeElement"))
