"""Nothing is lost: share addresses, a page loaded anew, a dead kernel, a dead server."""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import expect
from serving import free_port, running
from visiting import Visit, label_of, spasm

import spasmlib

pytestmark = pytest.mark.browser

SAID_WITHIN = 5_000
ANSWERS = {"onset_lifting_or_twisting": "yes", "onset_gradual": "no"}


def tell(visit: Visit, tables: spasmlib.Tables) -> None:
    """Give the answers, an age and medicines."""
    visit.go("began")
    for finding, answer in ANSWERS.items():
        visit.answer(label_of(tables, finding), answer.capitalize())
    visit.go("about")
    visit.page.get_by_label("Age", exact=True).fill("44")
    visit.page.get_by_text("Medicines and illnesses").click()
    visit.page.get_by_label(re.compile("^Medicines taken")).fill("ibuprofen, St John’s wort & co.")
    visit.page.get_by_label("Age", exact=True).focus()
    visit.settled()


def holds(visit: Visit) -> None:
    """Assert that the page holds what `tell` told."""
    expect(visit.page.locator("#sp-age")).to_have_value("44", timeout=10_000)
    assert visit.given() == ANSWERS
    expect(visit.page.locator("#sp-medicines")).to_have_value("ibuprofen, St John’s wort & co.")
    expect(visit.causes().first).to_contain_text("Muscle strain")


def test_a_share_address_brings_back_the_same_view(
    visit: Visit, browser: Any, tables: spasmlib.Tables
) -> None:
    page = visit.page
    tell(visit, tables)
    assert "#" not in page.url  # no answer stands in the browser's history unasked
    visit.go("result")
    visit.causes().nth(1).get_by_role("button").click()
    expect(visit.causes().nth(1).get_by_role("button")).to_have_attribute("aria-pressed", "true")
    cause = visit.causes().nth(1).locator(".sp-cause-label").inner_text()
    visit.tab("Take along").get_by_role("button", name="Copy a share address").click()
    expect(page.locator("[data-share-said]")).not_to_be_empty()
    shared = page.url
    assert "onset_lifting_or_twisting" in urlsplit(shared).fragment
    assert all("onset_lifting" not in url and "44" not in urlsplit(url).query
               for url in visit.requests)  # fmt: skip
    other = Visit(browser, shared)
    expect(other.page.locator("main")).to_have_attribute("data-at", "result", timeout=10_000)
    expect(other.page.get_by_role("tab", name="Take along")).to_have_attribute(
        "aria-selected", "true"
    )
    other.tab("Causes")
    holds(other)
    why = other.page.get_by_role("region", name="Why", exact=True)
    expect(why.get_by_role("heading", name=cause)).to_be_visible()
    assert all("onset_lifting" not in url for url in other.requests[1:])
    assert other.errors == []
    other.close()


def test_an_address_of_other_tables_is_said(
    browser: Any, address: str, tables: spasmlib.Tables
) -> None:
    visit = Visit(browser, f"{address}#y=loc_low_back.loc_on_the_moon&sex=other&age=4x&at=nowhere")
    note = visit.page.locator("[data-note]")
    expect(note).to_contain_text("loc_on_the_moon", timeout=10_000)
    expect(note).to_contain_text("other")
    assert visit.given() == {"loc_low_back": "yes"}
    assert visit.errors == []
    visit.close()


@pytest.mark.parametrize("name", ["__proto__", "constructor", "toString"])
def test_an_address_may_hold_any_name(browser: Any, address: str, name: str) -> None:
    visit = Visit(browser, f"{address}#{name}=1&y=loc_low_back")
    expect(visit.page.locator(".sp-answers")).to_be_attached(timeout=10_000)
    assert visit.given() == {"loc_low_back": "yes"}
    assert visit.errors == []
    visit.close()


def test_another_address_in_the_same_tab_brings_its_own_answers(
    browser: Any, address: str, tables: spasmlib.Tables
) -> None:
    visit = Visit(browser, f"{address}#y=loc_low_back&at=result")
    expect(visit.page.locator(".sp-answers")).to_contain_text("Lower back", timeout=10_000)
    visit.page.goto(f"{address}#y=pain_below_knee&age=999&at=result")
    expect(visit.page.locator(".sp-answers")).to_contain_text(label_of(tables, "pain_below_knee"))
    assert visit.given() == {"pain_below_knee": "yes"}
    expect(visit.page.locator("main")).to_have_attribute("data-at", "result")
    visit.go("about")
    expect(visit.alert("0 to 120")).to_be_visible()
    visit.page.go_back()
    expect(visit.page.locator("main")).to_have_attribute("data-at", "result")
    visit.close()


def test_a_page_loaded_anew_keeps_the_answers(visit: Visit, tables: spasmlib.Tables) -> None:
    tell(visit, tables)
    visit.go("result")
    visit.page.reload()
    visit.ready()
    expect(visit.page.locator("main")).to_have_attribute("data-at", "result", timeout=10_000)
    holds(visit)
    visit.page.get_by_role("button", name="Clear all answers").click()
    expect(visit.page.get_by_role("region", name="Answers so far")).to_contain_text("None yet")
    visit.page.reload()
    visit.ready()
    assert visit.given() == {}
    other = visit.context.new_page()  # a new tab knows nothing of this one
    other.goto(visit.page.url)
    other.get_by_role("heading", level=1).wait_for(timeout=60_000)
    assert other.locator("[data-finding] input:checked:not([value=''])").count() == 0


def kernels(port: int) -> list[psutil.Process]:
    """List the kernels of the server that listens on `port`."""
    for server in psutil.process_iter(["cmdline"]):
        if f"--port={port}" in " ".join(server.info["cmdline"] or ()) or str(port) in (
            server.info["cmdline"] or ()
        ):
            return [
                child
                for child in server.children(recursive=True)
                if "ipykernel_launcher" in " ".join(child.cmdline())
            ]
    return []


@pytest.mark.parametrize("width", [1280, 360])
def test_a_dead_kernel_is_said_and_nothing_is_lost(
    browser: Any, tables: spasmlib.Tables, width: int
) -> None:
    port = free_port()
    command = [spasm(), "app", "--port", str(port)]
    with running(command, f"http://localhost:{port}/") as url:
        visit = Visit(browser, url, width=width)
        tell(visit, tables)
        banner = visit.alert("Connection lost")
        time.sleep(4)  # long enough for a false alarm
        expect(banner).to_have_count(0)
        dead = kernels(port)
        assert dead
        for kernel in dead:
            kernel.kill()
        expect(banner).to_be_visible(timeout=SAID_WITHIN)
        # What is answered now is kept too.
        visit.go("feels")
        label = label_of(tables, "limited_movement")
        group = visit.page.get_by_role("group", name=label, exact=True)
        radio = group.get_by_role("radio", name="Yes", exact=True)
        radio.evaluate("(radio) => radio.scrollIntoView({ block: 'center' })")
        radio.check(force=True)
        visit.page.get_by_role("button", name="Reconnect").click()
        expect(banner).to_have_count(0, timeout=60_000)
        visit.ready()
        expect(visit.page.locator("main")).to_have_attribute("data-at", "feels", timeout=10_000)
        expect(visit.page.locator("#sp-age")).to_have_value("44")
        assert visit.given() == ANSWERS | {"limited_movement": "yes"}
        visit.answer(label, "No")  # and the fresh session answers
        visit.close()


def test_a_dead_server_is_said_and_nothing_is_lost(browser: Any, tables: spasmlib.Tables) -> None:
    port = free_port()
    command = [spasm(), "app", "--port", str(port)]
    url = f"http://localhost:{port}/"
    with running(command, url):
        visit = Visit(browser, url)
        tell(visit, tables)
    banner = visit.page.locator(".sp-lost")
    expect(visit.alert("Connection lost")).to_be_visible(timeout=SAID_WITHIN)
    banner.get_by_role("button", name="Reconnect").click()
    expect(banner).to_contain_text("There is no answer yet. Your answers are kept", timeout=10_000)
    with running(command, url):
        banner.get_by_role("button", name="Reconnect").click()
        expect(banner).to_be_hidden(timeout=60_000)
        visit.ready()
        holds(visit)
        visit.close()
