"""What moves when one answer, risk factor or medicine is changed, beside the present result."""

from __future__ import annotations

import traitlets

from spasmlib.panels.rendering import render
from spasmlib.reasoning import View
from spasmlib.tables import records
from spasmlib.whatif import WhatIf, change_answers, change_risk, leave_out_medicine

SHOWN = 5
"""Causes that move most."""


class WhatIfModel(traitlets.HasTraits):
    """The change that is looked at, if any.

    Attributes
    ----------
    kind : {"", "answer", "risk", "medicine"}
        What is changed.
    value : str
        ``finding_id:answer``, a ``risk_factor_id``, or the words of a medicine.
    """

    kind = traitlets.Unicode("")
    value = traitlets.Unicode("")

    def compare(self, view: View) -> WhatIf | None:
        """Work out the change; None if there is none, or if it no longer applies."""
        try:
            if self.kind == "answer":
                finding, _, answer = self.value.partition(":")
                return change_answers(view, {finding: answer})
            if self.kind == "risk":
                return change_risk(view, self.value)
            if self.kind == "medicine":
                return leave_out_medicine(view, self.value)
        except ValueError:  # the page sends the value: it may be anything
            return None
        return None


def what_if_html(model: WhatIfModel, view: View) -> str:
    """Show the result before and after the change."""
    found = model.compare(view)
    if found is None:
        return ""
    levels = view.tables["urgency_levels"].astype({"urgency": str}).set_index("urgency")["label"]
    return render(
        "what_if",
        found=found,
        moves=records(found.moves.head(SHOWN)),
        effects=records(found.effects),
        before=levels[found.before.urgency],
        after=levels[found.after.urgency],
    )
