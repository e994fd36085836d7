"""Widgets: one small Python class beside one ES module each."""

from spasmlib.widgets.body_map import BodyMap
from spasmlib.widgets.chart import Chart
from spasmlib.widgets.findings_form import FindingsForm
from spasmlib.widgets.html_panel import HtmlPanel
from spasmlib.widgets.links import LinkedColumns
from spasmlib.widgets.page import Page
from spasmlib.widgets.session import Session

__all__ = ["BodyMap", "Chart", "FindingsForm", "HtmlPanel", "LinkedColumns", "Page", "Session"]
