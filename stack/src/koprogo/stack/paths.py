"""Where things are kept: downloads and built parts in the cache, an installation in its data folder."""

import os
from pathlib import Path


def cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "koprogo"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def data() -> Path:
    """As root, /var/lib: PostgreSQL runs as another user, and must be able to walk to its folder."""
    if os.geteuid() == 0:
        return Path("/var/lib/koprogo")
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "koprogo"


def repository() -> Path:
    """The checkout this program runs from."""
    for folder in Path(__file__).resolve().parents:
        if (folder / "proto" / "topics").is_dir():
            return folder
    raise SystemExit("the stack runs from a checkout of the repository; proto/topics is not to be found")
