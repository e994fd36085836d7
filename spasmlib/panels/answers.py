"""What was answered so far, each with a way back to its question."""

from __future__ import annotations

from typing import Any

from spasmlib.panels.rendering import render
from spasmlib.panels.result import ResultModel, alarm
from spasmlib.tables import Tables, labels, records

PREGNANT: dict[object, str] = {True: "yes", False: "no"}


def answers_html(tables: Tables, answers: dict[str, str], about: dict[str, Any]) -> str:
    """List the answers and facts, each as a button that leads to where it was given."""
    findings = tables["findings"][["finding_id", "label"]]
    rows = [
        row | {"answer": answers[row["finding_id"]]}
        for row in records(findings)
        if row["finding_id"] in answers
    ]
    facts = _facts(tables, about)
    return render("answers", answers=rows, facts=facts, asked=bool(rows or facts))


def live_html(model: ResultModel) -> str:
    """Say in one line what goes with the answers so far."""
    return render(
        "live",
        alarm=alarm(model),
        asked=model.asked,
        cause=records(model.view.causes.head(1))[0],
    )


def _facts(tables: Tables, about: dict[str, Any]) -> list[dict[str, str]]:
    conditions = tables["conditions"].set_index("condition_id")["label"]
    named = [conditions.get(name, name) for name in about.get("conditions") or ()]
    told = [
        ("age", "Age", "" if about.get("age") is None else str(about["age"])),
        ("sex", "Sex", labels(tables, "sex").get(about.get("sex") or "", "")),
        ("pregnant", "Pregnant or just gave birth", PREGNANT.get(about.get("pregnant"), "")),
        ("medicines", "Medicines", ", ".join(about.get("medicines") or ())),
        ("conditions", "Illnesses", "; ".join(named)),
    ]
    return [{"field": field, "name": name, "value": value} for field, name, value in told if value]
