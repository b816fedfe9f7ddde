from koprogo.kit.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    grpc_property: str
    keycloak_url: str
    """With its path, as this process reaches it."""
    keycloak_realm: str
    keycloak_client_id: str
    keycloak_client_secret: str
    public_url: str


CALLERS = {"/koprogo_api.identity.v1.Grants/GrantsOf": frozenset({"property", "governance", "finance", "documents"})}
"""Which neighbour may ask what."""
