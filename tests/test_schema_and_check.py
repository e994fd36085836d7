"""A broken data package is reported fault by fault, and never half read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import spasmlib
from spasmlib.cli import main


def edit(package: Path, table: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    file = package / f"{table}.csv"
    rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    change(rows).to_csv(file, index=False, lineterminator="\n")


def set_cell(table: str, column: str, value: str, row: int = 0) -> Callable[[Path], None]:
    def spoil(package: Path) -> None:
        def change(rows: pd.DataFrame) -> pd.DataFrame:
            rows.loc[row, column] = value
            return rows

        edit(package, table, change)

    return spoil


def remove_file(package: Path) -> None:
    (package / "findings.csv").unlink()


def drop_column(package: Path) -> None:
    edit(package, "causes", lambda rows: rows.drop(columns="prior"))


def add_column(package: Path) -> None:
    edit(package, "causes", lambda rows: rows.assign(extra="x"))


def repeat_key(package: Path) -> None:
    edit(package, "causes", lambda rows: pd.concat([rows, rows.head(1)]))


def empty_table(package: Path) -> None:
    edit(package, "facts", lambda rows: rows.head(0))


def break_encoding(package: Path) -> None:
    file = package / "facts.csv"
    file.write_bytes(file.read_bytes() + b'\nother,"caf\xe9",estimate,\n')


def short_row(package: Path) -> None:
    file = package / "facts.csv"
    file.write_text(file.read_text(encoding="utf-8") + "lonely\n", encoding="utf-8")


def long_row(package: Path) -> None:
    file = package / "facts.csv"
    file.write_text(file.read_text(encoding="utf-8") + "a,b,estimate,,,,\n", encoding="utf-8")


def lose_source(package: Path) -> None:
    def change(rows: pd.DataFrame) -> pd.DataFrame:
        first = rows.index[rows["basis"] == "sourced"][0]
        rows.loc[first, "source_id"] = ""
        return rows

    edit(package, "cause_findings", change)


def sourced_estimate(package: Path) -> None:
    source = pd.read_csv(package / "sources.csv", dtype=str)["source_id"][0]

    def change(rows: pd.DataFrame) -> pd.DataFrame:
        first = rows.index[rows["basis"] == "estimate"][0]
        rows.loc[first, "source_id"] = source
        return rows

    edit(package, "cause_findings", change)


def lose_label(package: Path) -> None:
    edit(package, "terms", lambda rows: rows[rows["term_id"] != "acute"])


FAULTS = [
    (remove_file, ["findings.csv"]),
    (drop_column, ["causes.csv", "prior"]),
    (add_column, ["causes.csv", "extra"]),
    (set_cell("causes", "prior", "often"), ["causes.csv", "row 2", "prior", "'often'", "number"]),
    (set_cell("causes", "prior", "1.5"), ["causes.csv", "row 2", "prior", "'1.5'", "maximum"]),
    (set_cell("causes", "prior", "nan"), ["causes.csv", "row 2", "prior", "'nan'"]),
    (set_cell("causes", "article_item", "2.5"), ["causes.csv", "row 2", "article_item", "'2.5'"]),
    (set_cell("causes", "must_not_miss", "maybe"), ["row 2", "must_not_miss", "'maybe'"]),
    (set_cell("causes", "urgency", "now"), ["causes.csv", "row 2", "urgency", "'now'", "enum"]),
    (set_cell("causes", "label", ""), ["causes.csv", "row 2", "label", "required"]),
    (set_cell("causes", "cause_id", "Bad id"), ["causes.csv", "cause_id", "'Bad id'", "pattern"]),
    (
        set_cell("care", "cause_id", "no_such"),
        ["care.csv", "row 2", "cause_id", "'no_such'"],
    ),
    (set_cell("cause_findings", "p", "-0.1", 5), ["cause_findings.csv", "row 7", "p", "minimum"]),
    (repeat_key, ["causes.csv", "primary key"]),
    (empty_table, ["facts.csv", "no rows"]),
    (break_encoding, ["facts.csv", "encoding"]),
    (short_row, ["facts.csv"]),
    (long_row, ["facts.csv"]),
    (lose_source, ["cause_findings.csv", "basis", "sourced"]),
    (lose_label, ["terms.csv", "'acute'", "phase"]),
    (set_cell("evidence", "value", "NaN"), ["evidence.csv", "row 2", "column value", "'NaN'"]),
    (sourced_estimate, ["cause_findings.csv", "basis", "sourced"]),
]


@pytest.mark.parametrize(
    ("spoil", "named"), FAULTS, ids=lambda value: getattr(value, "__name__", None)
)
def test_one_fault_is_named_and_nothing_is_read(
    package: Path, spoil: Callable[[Path], None], named: list[str]
) -> None:
    spoil(package)
    with pytest.raises(spasmlib.TablesError) as caught:
        spasmlib.load(package)
    for part in named:
        assert part in str(caught.value)
    assert caught.value.faults


def test_all_faults_are_listed_at_once(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_cell("causes", "prior", "often")(package)
    set_cell("findings", "p_background", "7", 3)(package)
    sourced_estimate(package)
    assert main(["check", str(package)]) == 1
    printed = capsys.readouterr().out
    for part in ("'often'", "findings.csv, row 5, column p_background, value '7'", "basis must be"):
        assert part in printed
    with pytest.raises(spasmlib.TablesError, match="3 faults"):
        spasmlib.load(package)


def test_a_sound_package_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert "no faults" in capsys.readouterr().out


def test_a_missing_package_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / "nowhere")]) == 1
    assert "datapackage.json" in capsys.readouterr().out
    with pytest.raises(spasmlib.TablesError, match="nowhere"):
        spasmlib.load(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"resources": [{}]}'])
def test_a_broken_descriptor_is_named(package: Path, text: str) -> None:
    (package / "datapackage.json").write_text(text, encoding="utf-8")
    with pytest.raises(spasmlib.TablesError, match=r"datapackage\.json"):
        spasmlib.load(package)


def test_a_descriptor_without_a_needed_table_is_named(package: Path) -> None:
    file = package / "datapackage.json"
    descriptor = json.loads(file.read_text(encoding="utf-8"))
    descriptor["resources"] = [r for r in descriptor["resources"] if r["name"] != "care"]
    file.write_text(json.dumps(descriptor), encoding="utf-8")
    with pytest.raises(spasmlib.TablesError, match=r"care\.csv"):
        spasmlib.load(package)


def test_the_reader_agrees_with_frictionless_on_values() -> None:
    """Both read the same schema, so a cell must come out the same."""
    from frictionless import Package, system

    tables = spasmlib.load()
    with system.use_context(trusted=True):
        resource = Package(str(tables.folder / "datapackage.json")).get_resource("causes")
        rows = resource.read_rows()
    for ours, theirs in zip(tables.causes.itertuples(), rows, strict=True):
        assert ours.cause_id == theirs["cause_id"]
        assert ours.prior == pytest.approx(float(theirs["prior"]))
        assert bool(ours.must_not_miss) is theirs["must_not_miss"]
