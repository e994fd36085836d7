"""The linked columns: every link has two ends, a number or a word for its lack, and a basis."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spasmlib
from spasmlib.links import CARE, FINDINGS, KEPT, NEGLIGIBLE, ROLES, links
from spasmlib.panels.links import SIGNS, LinksModel, LinksView, links_html, links_view
from spasmlib.panels.result import ResultModel
from spasmlib.tables import records

TABLES = spasmlib.load()
LEG = spasmlib.Person(
    present={"loc_low_back", "pain_below_knee", "worse_sitting", "onset_lifting_or_twisting"},
    absent={"fever_or_chills", "leg_weakness"},
    age=44,
)


@pytest.fixture(scope="module")
def view() -> spasmlib.View:
    return spasmlib.assess(TABLES, LEG)


def result_of(person: spasmlib.Person, cause: str = "") -> ResultModel:
    return ResultModel(view=spasmlib.assess(TABLES, person), asked=True, chosen=cause)


def test_reasons_are_those_of_the_view(view: spasmlib.View) -> None:
    reasons = links(view).links.query("kind == 'reason'")
    assert set(reasons["direction"]) == {"for", "against"}
    for cause, own in reasons.groupby("cause_id"):
        known = view.reasons(cause)
        clear = known[(known["full_weight"].abs() > NEGLIGIBLE) & (known["weight"] != 0)]
        assert set(own["from"]) == {f"finding:{name}" for name in clear["finding_id"]}
        known = known.set_index("finding_id")
        for row in records(own):
            same = known.loc[row["from"].removeprefix("finding:")]
            for name in ("weight", "p_given_cause", "p_background", "direction", "basis"):
                assert row[name] == same[name]
            assert row["citation"] == same["citation"]


def test_care_is_that_of_the_plan(view: spasmlib.View) -> None:
    care = links(view).links.query("kind == 'care'")
    for cause, own in care.groupby("cause_id"):
        known = view.plan(cause).set_index("care_id")
        for row in records(own):
            same = known.loc[row["link_id"]]
            assert row["number"] == same["effect_number"]
            for name in ("role", "phase", "effect", "certainty", "basis", "sources", "cautions"):
                assert row[name] == same[name]
            assert (row["direction"] == "avoid") == (row["role"] == "avoid")
            assert row["direction"] != "helps" or same["direction"] == "benefit"


def test_a_trial_in_which_it_helped_is_no_reason_to_avoid(view: spasmlib.View) -> None:
    care = links(view).links.query("kind == 'care'")
    helped = view.plan("herniated_disc").query("role == 'avoid' and direction == 'benefit'")
    assert len(helped)
    weights = care.set_index("link_id")["weight"].reindex(helped["care_id"]).dropna()
    assert (weights == care["weight"].min()).all()


def test_each_cause_keeps_the_first_steps_of_its_plan(view: spasmlib.View) -> None:
    found = links(view)
    care = found.links.query("kind == 'care'")
    causes = view.causes["cause_id"].head(6)
    for cause in causes:
        plan = view.plan(cause)
        first = plan.loc[plan["role"].isin(ROLES), "intervention_id"].drop_duplicates().head(KEPT)
        own = set(care.loc[care["cause_id"] == cause, "to"])
        assert {f"intervention:{name}" for name in first} <= own
    count = (found.nodes["kind"] == "intervention").sum()
    assert count <= max(CARE, KEPT * len(causes) + 2)


def test_what_is_only_to_be_avoided_stands_last(view: spasmlib.View) -> None:
    roles = links(view).nodes.query("kind == 'intervention'")["roles"].tolist()
    avoid = [said == ("Avoid",) for said in roles]
    assert any(avoid)
    assert avoid == sorted(avoid)


def test_with_haste_getting_care_stands_first() -> None:
    view = spasmlib.assess(TABLES, spasmlib.Person(present={"saddle_numbness"}))
    first = links(view).nodes.query("kind == 'intervention'").iloc[0]
    assert first["ref"] == "emergency_care"


def test_a_chosen_cause_is_there_wherever_it_stands(view: spasmlib.View) -> None:
    last = str(view.causes["cause_id"].iloc[-1])
    shown = links(view, last).nodes.query("kind == 'cause'")["ref"].tolist()
    assert shown == [*view.causes["cause_id"].head(6), last]
    assert len(links(view, shown[0], causes=3).nodes.query("kind == 'cause'")) == 3
    with pytest.raises(ValueError, match="herniated_dics"):
        links(view, "herniated_dics")


findings = st.sampled_from(sorted(TABLES["findings"]["finding_id"]))
causes = st.sampled_from(["", *TABLES["causes"]["cause_id"]])


@settings(max_examples=12, deadline=None)
@given(
    said=st.dictionaries(findings, st.sampled_from(["yes", "no"]), max_size=25),
    cause=causes,
    age=st.none() | st.integers(18, 90),
)
def test_no_link_ends_in_nothing(said: dict[str, str], cause: str, age: int | None) -> None:
    by = {answer: {name for name, own in said.items() if own == answer} for answer in ("yes", "no")}
    view = spasmlib.assess(TABLES, spasmlib.Person(present=by["yes"], absent=by["no"], age=age))
    found = links(view, cause)
    nodes, edges = found.nodes, found.links
    assert nodes["node_id"].is_unique
    assert edges["link_id"].is_unique
    assert set(edges["from"]) | set(edges["to"]) <= set(nodes["node_id"])
    others = nodes[nodes["kind"] != "cause"]["node_id"]
    assert set(others) <= set(edges["from"]) | set(edges["to"])
    assert (nodes["kind"] == "finding").sum() <= FINDINGS
    assert found.left_out == 0 or (nodes["kind"] == "finding").sum() == FINDINGS
    assert set(edges["direction"]) <= set(SIGNS)
    assert edges["weight"].map(math.isfinite).all()
    sourced = edges["basis"] == "sourced"
    assert edges["basis"].isin(["sourced", "estimate"]).all()
    assert (edges.loc[sourced, "citation"] != "").all()


def test_nothing_is_shown_before_an_answer() -> None:
    model, view = LinksModel(chosen="cause:muscle_strain"), links_view(LinksModel())
    result = ResultModel(view=spasmlib.assess(TABLES, spasmlib.Person()))
    view.show(model, result)
    assert (view.nodes, view.links, view.chosen) == ([], [], "")
    assert "No answers yet, so there is nothing to link." in links_html(model, result)


def test_the_page_may_send_anything() -> None:
    model = LinksModel()
    view = links_view(model)
    view.show(model, result_of(LEG))
    click(view, "finding:pain_below_knee")
    assert model.chosen == "finding:pain_below_knee"
    click(view, "<script>")
    assert model.chosen == ""


def click(view: LinksView, node: str) -> None:
    view._handle_custom_msg({"action": "choose", "value": node}, [])


def test_an_item_that_is_gone_is_no_longer_chosen() -> None:
    model = LinksModel(chosen="finding:pain_below_knee")
    view = links_view(model)
    view.show(model, result_of(LEG))
    assert view.chosen == "finding:pain_below_knee"
    other = result_of(spasmlib.Person(present={"loc_neck"}))
    view.show(model, other)
    assert view.chosen == ""
    assert "Choose an answer" in links_html(model, other)


@pytest.mark.parametrize("kind", ["finding", "cause", "intervention"])
def test_an_opened_item_tells_number_basis_and_source(kind: str) -> None:
    result = result_of(LEG)
    found = links(result.view)
    for node in found.nodes.query("kind == @kind")["node_id"]:
        html = links_html(LinksModel(chosen=node), result).split("All links as a table")[0]
        html = html.replace("&#39;", "'")
        opened = re.split(r'<li class="sp-link-(?!list|title)', html)[1:]
        own = found.links[(found.links["from"] == node) | (found.links["to"] == node)]
        assert len(opened) >= len(own) > 0
        for row in records(own):
            name = next(other for other in (row["from"], row["to"]) if other != node)
            label = str(found.nodes.set_index("node_id").loc[name, "label"])
            number = f"overall: {row['number']}" if row["kind"] == "reason" else row["phase_label"]
            told = [one for one in opened if label in one and number in one]
            assert told, (node, name)
            assert any(SIGNS[row["direction"]] in one for one in told)
            assert all("sp-badge-sourced" in one or "sp-badge-estimate" in one for one in told)
        if kind != "cause":
            assert 'data-action="open_cause"' in html


def test_a_cause_tells_its_risk_factors() -> None:
    html = links_html(LinksModel(chosen="cause:herniated_disc"), result_of(LEG))
    opened, table = html.split("All links as a table")
    assert "What raises or lowers the risk" in opened
    assert "+</span> raises the risk" in opened
    assert "Odds ratio" in table


def test_the_table_holds_every_link() -> None:
    result = result_of(LEG)
    table = links_html(LinksModel(), result).split("All links as a table")[1]
    found = links(result.view)
    shown = found.nodes.query("kind == 'cause'")["ref"]
    risks = TABLES["cause_risks"]["cause_id"].isin(shown).sum()
    assert table.count("<tr>") == 1 + len(found.links) + risks


def test_an_emergency_comes_before_all_links() -> None:
    result = result_of(spasmlib.Person(present={"saddle_numbness"}), "cauda_equina_syndrome")
    model = LinksModel(chosen="cause:cauda_equina_syndrome")
    view = links_view(model)
    view.show(model, result)
    assert view.warning == "First act on the advice above: get emergency help now."
    assert view.warning in links_html(model, result)
    view.show(model, result_of(LEG))
    assert view.warning == ""


PAGE = """<!doctype html><html lang="en"><title>Links</title><style>{css}</style>
<main class="spasm"><h1>Links</h1><h2>Links</h2><div id="place"></div></main>
<script type="module">{code}
const state = {state}; const calls = {{}}; window.sent = [];
const model = {{
  get: (name) => state[name],
  on: (event, call) => (calls[event] = call),
  off() {{}},
  send: (message) => sent.push(message.value),
}};
widget.render({{ model, el: document.querySelector("#place") }});
</script></html>"""


def opened(browser: Any, width: int) -> Any:
    view = links_view(LinksModel())
    view.show(LinksModel(), result_of(LEG))
    names = ("nodes", "links", "chosen", "headings", "warning", "detail")
    widgets = Path(spasmlib.__file__).parent / "widgets"
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_content(
        PAGE.format(
            css=(widgets / "style.css").read_text(encoding="utf-8"),
            code=(widgets / "links.js")
            .read_text(encoding="utf-8")
            .replace("export default", "const widget ="),
            state=json.dumps({name: getattr(view, name) for name in names}),
        )
    )
    page.locator("[data-node]").first.wait_for()
    return page


def state_of(page: Any, node: str) -> Any:
    return page.locator(f'[data-node="{node}"]').get_attribute("data-state")


def test_the_columns_by_keyboard(browser: Any) -> None:
    page = opened(browser, 1280)
    first, second = (page.locator('[data-column="0"]').nth(number) for number in range(2))
    assert first.get_attribute("aria-pressed") == "false"
    first.focus()
    page.keyboard.press("ArrowDown")
    assert second.evaluate("item => item === document.activeElement")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert first.get_attribute("aria-pressed") == "true"
    assert first.evaluate("item => item === document.activeElement")
    page.keyboard.press("ArrowRight")
    cause = page.evaluate("document.activeElement.dataset.node")
    assert cause.startswith("cause:")
    assert state_of(page, cause) == "linked"
    page.keyboard.press("Escape")
    assert state_of(page, cause) == "rest"
    node = first.get_attribute("data-node")
    assert page.evaluate("sent") == [node, ""]
    page.close()


def test_the_columns_show_the_links_of_a_cause_on_both_sides(browser: Any) -> None:
    page = opened(browser, 1280)
    page.locator('[data-node="cause:herniated_disc"]').click()
    page.mouse.move(0, 0)
    for column in (0, 2):
        linked = page.locator(f'[data-column="{column}"][data-state="linked"]')
        assert linked.count()
        assert linked.first.locator(".sp-links-sign").inner_text()
    assert page.locator('[data-column="1"][data-state="linked"]').count() == 0
    bands = page.locator(".sp-band-linked[d]").count()
    assert bands == page.locator(".sp-band-linked").count() >= 2
    page.locator('[data-node="cause:herniated_disc"]').click()
    assert page.locator('[aria-pressed="true"]').count() == 0
    page.close()


def test_narrow_columns_put_what_is_linked_first(browser: Any) -> None:
    page = opened(browser, 360)
    assert page.locator(".sp-links-bands").is_hidden()
    care = page.locator('[data-column="2"]')
    node = care.last.get_attribute("data-node")
    page.locator('[data-column="1"]').last.click()
    states = care.evaluate_all("items => items.map((item) => item.dataset.state)")
    assert states == sorted(states)  # linked before other
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator(f'[data-node="{node}"]').click()
    assert page.evaluate("document.activeElement.dataset.node") == node
    page.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_in_the_columns(browser: Any, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(browser, width)
    for node in (None, "cause:herniated_disc"):
        if node:
            page.locator(f'[data-node="{node}"]').click()
            page.mouse.move(0, 0)
        page.wait_for_timeout(250)  # colours fade in
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    page.close()
