from koprogo.kit.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    s3_endpoint: str
    """`host:port`, or an address with its scheme."""
    s3_access_key: str
    s3_secret_key: str
    s3_bucket: str
    smtp_host: str
    smtp_port: int
    smtp_username: str = ""
    """With a password, the connection must be encrypted; without, it is encrypted where the server offers it."""
    smtp_password: str = ""
    mail_from: str


CALLERS = {"/koprogo_api.documents.v1.Documents/DescribeDocuments": frozenset({"governance"})}
"""Which neighbour may ask what."""
