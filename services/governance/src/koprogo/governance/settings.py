from koprogo.kit.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    grpc_property: str
    grpc_documents: str
