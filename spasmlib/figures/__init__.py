"""Plotly figures, each a picture of one table."""

from spasmlib.figures.bars import cause_chart, reason_chart
from spasmlib.figures.evaluation import calibration_chart, measures_chart
from spasmlib.figures.evidence_map import (
    DIRECTION_MARKS,
    STANCE_MARKS,
    UNKNOWN_MARK,
    DirectionMark,
    StanceMark,
    agreement_chart,
    agreement_width,
    effects_chart,
    evidence_map,
    evidence_map_width,
)
from spasmlib.figures.forest import Line, Mark, Names, forest
from spasmlib.figures.heat_map import comparison_chart, heat_map, heat_map_width
from spasmlib.figures.ranking import assumption_chart, times, waterfall
from spasmlib.figures.risk_grid import risk_grid, risk_grid_width
from spasmlib.figures.verdicts import VERDICTS, VerdictMark, verdict_chart

__all__ = [
    "DIRECTION_MARKS",
    "STANCE_MARKS",
    "UNKNOWN_MARK",
    "VERDICTS",
    "DirectionMark",
    "Line",
    "Mark",
    "Names",
    "StanceMark",
    "VerdictMark",
    "agreement_chart",
    "agreement_width",
    "assumption_chart",
    "calibration_chart",
    "cause_chart",
    "comparison_chart",
    "effects_chart",
    "evidence_map",
    "evidence_map_width",
    "forest",
    "heat_map",
    "heat_map_width",
    "measures_chart",
    "reason_chart",
    "risk_grid",
    "risk_grid_width",
    "times",
    "verdict_chart",
    "waterfall",
]
