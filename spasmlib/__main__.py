"""``python -m spasmlib`` is ``spasm``."""

import sys

from spasmlib.cli import main

sys.exit(main())
