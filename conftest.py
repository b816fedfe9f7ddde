"""Property tests draw the same examples every time, so that what was green here is green elsewhere.

`KOPROGO_EXPLORE=1 make unit` draws new ones.
"""

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile("explore" if os.environ.get("KOPROGO_EXPLORE") else "same")
