from koprogo.kit.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """Nothing beyond what every service has."""


CALLERS = {
    "/koprogo_api.property.v1.Associations/GetAssociation": frozenset(
        {"identity", "governance", "documents", "finance"}
    ),
    "/koprogo_api.property.v1.Associations/GetVoterRoll": frozenset({"governance", "finance"}),
    "/koprogo_api.property.v1.Associations/ListCoOwners": frozenset({"identity"}),
}
"""Which neighbour may ask what."""
