from koprogo.kit.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    grpc_property: str
    grpc_governance: str


CALLERS = {
    "/koprogo_api.finance.v1.Accounts/OwedOn": frozenset({"property", "governance"}),
    "/koprogo_api.finance.v1.Accounts/TransferFigures": frozenset({"property", "governance"}),
}
"""Which neighbour may ask what."""
