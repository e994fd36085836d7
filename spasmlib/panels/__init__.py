"""Panels: a traitlets model beside a view each, and the pages made of them."""

from spasmlib.panels.explorer import Explorer, load_explorer

__all__ = ["Explorer", "load_explorer"]
