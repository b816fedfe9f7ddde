from koprogo.kit.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """Nothing beyond what every service has."""


CALLERS: dict[str, frozenset[str]] = {}
"""Which neighbour may ask what."""
