"""Panels: a traitlets model beside a view each, and the pages made of them."""

from spasmlib.panels.explorer import Explorer, load_explorer
from spasmlib.panels.study import StudyPage, load_study

__all__ = ["Explorer", "StudyPage", "load_explorer", "load_study"]
