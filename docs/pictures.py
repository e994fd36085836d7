"""Take the pictures of the README anew: every step on a phone, the result and the evidence on a desk.

Run it with ``make pictures``; it needs a Chromium, as the browser tests do.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright
from serving import free_port, running
from visiting import CHROMIUM, Visit, label_of, spasm

import spasmlib

DOCS = Path(__file__).parent
PHONE = {"width": 360, "height": 720}
DESK = {"width": 1280, "height": 800}
TABS = {"causes": "Causes", "helps": "What helps", "links": "Links", "take": "Take along"}
STUDIED = ("causes", "interventions", "article")


def main() -> None:
    tables = spasmlib.load()
    port = free_port()
    with (
        sync_playwright() as playwright,
        running([spasm(), "app", "--port", str(port)], f"http://localhost:{port}/") as url,
    ):
        chromium = playwright.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, CHROMIUM.names)), None),
            args=list(CHROMIUM.flags),
        )
        for visit, name in (
            (Visit(chromium, url, **PHONE), "phone"),
            (Visit(chromium, url, **DESK), "desk"),
        ):
            walk(visit, tables, name)
            if name == "desk":
                study(visit)
            visit.close()


def walk(visit: Visit, tables: spasmlib.Tables, name: str) -> None:
    """Go the whole path as someone whose back locked up while lifting."""
    page = visit.page

    def picture(step: str) -> None:
        page.wait_for_timeout(600)  # charts are drawn a moment after the answer
        page.screenshot(path=DOCS / f"{name}-{step}.png")

    picture("1-start")
    visit.go("where")
    place = page.get_by_role("checkbox", name="Lower back, left")
    place.click(force=True)
    visit.page.mouse.move(0, 0)
    picture("2-where")
    visit.go("began")
    visit.answer(label_of(tables, "onset_lifting_or_twisting"))
    page.evaluate("scrollTo(0, 0)")
    picture("3-began")
    visit.go("feels")
    visit.answer(label_of(tables, "limited_movement"))
    page.evaluate("scrollTo(0, 0)")
    picture("4-feels")
    visit.go("signs")
    visit.answer(label_of(tables, "pain_below_knee"), "No")
    page.evaluate("scrollTo(0, 0)")
    picture("5-signs")
    visit.go("about")
    page.get_by_label("Age", exact=True).fill("41")
    page.get_by_label("Age", exact=True).blur()
    visit.settled()
    picture("6-about")
    visit.go("result")
    for number, (tab, label) in enumerate(TABS.items(), 7):
        visit.tab(label)
        page.wait_for_timeout(600)  # a tab is filled when it is opened
        if tab == "links":
            page.get_by_role("tabpanel").get_by_role("button", name=re.compile("^Muscle")).click()
        if name == "phone":
            page.get_by_role("tablist").evaluate("(tabs) => tabs.scrollIntoView()")
        picture(f"{number}-{tab}")


def study(visit: Visit) -> None:
    """Open the parts of the evidence that the README shows."""
    page = visit.page
    page.get_by_role("button", name="Study the evidence", exact=True).first.click()
    for part in STUDIED:
        page.locator(f'[data-study-nav] [data-study="{part}"]').click()
        chart = page.locator(f'[data-study-tab="{part}"] .spasm-chart:visible').first
        chart.locator(".main-svg").first.wait_for()
        page.wait_for_timeout(600)
        chart.evaluate("(chart) => chart.scrollIntoView({ block: 'start' })")
        page.screenshot(path=DOCS / f"desk-study-{part}.png")


if __name__ == "__main__":
    main()
