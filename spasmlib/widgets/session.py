"""What a visit needs so that nothing is lost: answers kept, an address, a watch, downloads."""

from __future__ import annotations

from pathlib import Path

import traitlets

from spasmlib.widgets.actions import ActionWidget

HERE = Path(__file__).parent


class Session(ActionWidget):
    """Keeps the answers of a visit in the browser and says when the connection is lost.

    The answers stay in the tab (``sessionStorage``) and, once a share address is asked
    for, in the address behind ``#``, which browsers never send to a server. Opening the
    page with either is the action ``open`` with the raw fields as JSON. While the page is
    in sight and in use it asks for a sign of life every second; without one for a few
    seconds it shows a banner whose button loads the page anew with the same answers.
    Downloads and the print dialog start here too.

    Attributes
    ----------
    cause : str
        The cause that is opened, which the address holds too.
    note : str
        What to say of an address that was opened, such as what it held in vain.
    """

    _esm = HERE / "session.js"

    cause = traitlets.Unicode("").tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)

    def __init__(self, **traits: object):
        super().__init__(**traits)
        self.on_action("ping", lambda _: self.send({"action": "pong"}))
