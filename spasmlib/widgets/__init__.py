"""Widgets: one small Python class beside one ES module each."""

from spasmlib.widgets.chart import Chart
from spasmlib.widgets.findings_form import FindingsForm
from spasmlib.widgets.html_panel import HtmlPanel, Page

__all__ = ["Chart", "FindingsForm", "HtmlPanel", "Page"]
