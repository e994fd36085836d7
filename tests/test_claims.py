"""The article's claims as a table, and their picture."""

from __future__ import annotations

import html
from pathlib import Path

import pandas as pd
import pytest

import spasmlib
from spasmlib.claims import belonging, checked, items, verdict_counts
from spasmlib.figures import VERDICTS, verdict_chart
from spasmlib.figures.verdicts import ACROSS
from spasmlib.tables import labels

OTHER = Path(__file__).parent / "packages" / "tension_headache"


@pytest.fixture(params=[None, OTHER], ids=["own", "other topic"])
def topic(request: pytest.FixtureRequest) -> spasmlib.Tables:
    return spasmlib.load(request.param)


def test_every_claim_is_there_with_its_row(topic: spasmlib.Tables) -> None:
    claims, rows = checked(topic).set_index("claim_id"), topic.claims.set_index("claim_id")
    assert set(claims.index) == set(rows.index)
    assert len(claims) == len(rows)
    for name in ("claim", "why", "basis", "verdict", "certainty", "article_item"):
        assert (claims[name].astype(str) == rows.loc[claims.index, name].astype(str)).all()
    verdicts = labels(topic, "verdict")
    assert (claims["verdict"].map(verdicts) == claims["verdict_label"]).all()


def test_claims_name_what_their_links_name(topic: spasmlib.Tables) -> None:
    links = topic.claim_links
    for row in checked(topic).itertuples():
        own = links[links["claim_id"] == row.claim_id]
        assert len(row.about) == len(own)
        assert {link.table for link in row.about} <= {
            *("causes", "findings", "risk_factors", "interventions")
        }
    sources = topic.claim_sources.groupby("claim_id")["source_id"].agg(set)
    for row in checked(topic).itertuples():
        assert set(row.source_ids) == sources.get(row.claim_id, set())
        assert len(row.sources) == len(row.source_ids)
        assert row.sources or row.basis == "estimate"


def test_claims_stand_in_the_order_of_the_article(topic: spasmlib.Tables) -> None:
    met = list(dict.fromkeys(checked(topic)["item_id"]))
    assert met == [item.item_id for item in items(topic) if item.item_id in met]


@pytest.mark.parametrize("by", ["section", "article_item"])
def test_counts_add_up(topic: spasmlib.Tables, by: str) -> None:
    counts = verdict_counts(topic, by)
    assert counts["claims"].sum() == len(topic.claims)
    own = topic.claims["verdict"].astype(str).value_counts()
    assert counts.groupby("verdict")["claims"].sum().to_dict() == {
        **dict.fromkeys(labels(topic, "verdict"), 0),
        **own.to_dict(),
    }


def test_counts_by_anything_else_are_refused(tables: spasmlib.Tables) -> None:
    with pytest.raises(ValueError, match="section, article_item, not 'verdict'"):
        verdict_counts(tables, "verdict")


def test_items_lead_to_what_belongs_to_them(tables: spasmlib.Tables) -> None:
    found = {item.item_id: belonging(tables, item) for item in items(tables)}
    causes = tables.causes[tables.causes["article_item"] == 5]
    assert {link.label for link in found["cause.5"]} == set(causes["label"])
    assert all(link.table == "interventions" for link in found["treatment.2"])
    assert found["care_seeking.1"] == ()


def test_every_verdict_has_a_mark_of_its_own(tables: spasmlib.Tables) -> None:
    assert set(VERDICTS) == set(labels(tables, "verdict"))
    assert len({mark.sign for mark in VERDICTS.values()}) == len(VERDICTS)


@pytest.mark.parametrize("by", ["verdict_label", "section_label"])
def test_a_square_for_each_claim(topic: spasmlib.Tables, by: str) -> None:
    claims = checked(topic)
    squares, heads = verdict_chart(claims, by).data
    assert sorted(squares.customdata) == sorted(claims["claim_id"])
    assert len(set(zip(squares.x, squares.y, strict=True))) == len(claims)
    verdicts = claims.set_index("claim_id")["verdict"]
    for name, sign in zip(squares.customdata, squares.text, strict=True):
        assert sign == VERDICTS[verdicts[name]].sign
    sizes = claims[by].value_counts()
    assert sorted(heads.text) == sorted(
        f"<b>{html.escape(name)}</b>: {count} of {len(claims)}" for name, count in sizes.items()
    )


def test_the_picture_of_one_claim_and_of_none(tables: spasmlib.Tables) -> None:
    one = verdict_chart(checked(tables).head(1))
    assert len(one.data[0].x) == 1
    assert one.layout.height < verdict_chart(checked(tables)).layout.height
    assert not verdict_chart(checked(tables).head(0)).data


def test_a_long_block_breaks_into_lines(tables: spasmlib.Tables) -> None:
    claims = pd.concat([checked(tables).head(1)] * (2 * ACROSS + 1))
    squares = verdict_chart(claims).data[0]
    assert max(squares.x) == ACROSS - 1
    assert len(set(squares.y)) == 3


def test_texts_of_the_picture_are_escaped_and_unknown_verdicts_are_drawn(
    tables: spasmlib.Tables,
) -> None:
    claims = checked(tables).head(1).assign(claim="<b>x</b>", verdict="odd", verdict_label="<i>")
    figure = verdict_chart(claims)
    assert "<b>x" not in figure.data[0].hovertext[0]
    assert "<i>" not in figure.data[0].hovertext[0] + figure.data[1].text[0]


def test_blocks_by_a_missing_column_are_refused(tables: spasmlib.Tables) -> None:
    with pytest.raises(ValueError, match="no column 'x'"):
        verdict_chart(checked(tables), "x")
