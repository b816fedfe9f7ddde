from koprogo.kit.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    grpc_property: str
    grpc_documents: str


CALLERS = {"/koprogo_api.governance.v1.Meetings/ListMinutes": frozenset({"finance"})}
"""Which neighbour may ask what."""
