"""Accounts and organisations at Keycloak. Every call may be repeated, except sending the mail."""

from uuid import UUID

from keycloak import KeycloakAdmin, KeycloakOpenIDConnection
from keycloak.exceptions import KeycloakError, KeycloakPostError

from koprogo.identity.domain.organisation import Organisation
from koprogo.kernel.errors import Unavailable
from koprogo.kernel.words import Language

INVITATION_SECONDS = 7 * 24 * 3600


class AccountsUnavailable(Unavailable):
    reason = "IDENTITY_PROVIDER_UNAVAILABLE"


class KeycloakAccounts:
    def __init__(self, *, url: str, realm: str, client_id: str, client_secret: str, public_url: str) -> None:
        self._public_url = public_url
        self._admin = KeycloakAdmin(
            connection=KeycloakOpenIDConnection(
                server_url=url.rstrip("/") + "/",
                realm_name=realm,
                client_id=client_id,
                client_secret_key=client_secret,
                timeout=10,
            )
        )

    async def ensure(self, *, email: str, name: str, language: Language, organisation: Organisation) -> UUID:
        try:
            subject = await self._user(email, name, language)
            await self._join(subject, organisation)
        except KeycloakError as broken:
            raise AccountsUnavailable("The identity provider does not answer.", code=broken.response_code) from broken
        return UUID(subject)

    async def _user(self, email: str, name: str, language: Language) -> str:
        found = await self._admin.a_get_users({"email": email, "exact": "true"})
        if found:
            return str(found[0]["id"])
        first, _, last = name.rpartition(" ")
        return await self._admin.a_create_user(
            {
                "username": email,
                "email": email,
                "enabled": True,
                # Whoever can open the invitation has shown that the address is his.
                "emailVerified": False,
                "firstName": first or last,
                "lastName": last,
                "attributes": {"locale": [language.value]},
                "requiredActions": ["UPDATE_PASSWORD"],
            }
        )

    async def _join(self, subject: str, organisation: Organisation) -> None:
        alias = str(organisation.id)
        found = await self._admin.a_get_organizations({"search": alias})
        organisation_id = next((str(o["id"]) for o in found if o.get("alias") == alias), None)
        if organisation_id is None:
            organisation_id = await self._admin.a_create_organization(
                {
                    "name": f"{organisation.name} ({alias[-12:]})",
                    "alias": alias,
                    "enabled": True,
                    "domains": [{"name": f"{alias}.koprogo.invalid", "verified": False}],
                }
            )
        try:
            await self._admin.a_organization_user_add(subject, str(organisation_id))
        except KeycloakPostError as refused:
            if refused.response_code != 409:
                raise

    async def has_password(self, subject: UUID) -> bool:
        try:
            credentials = await self._admin.a_get_credentials(str(subject))
        except KeycloakError as broken:
            raise AccountsUnavailable("The identity provider does not answer.", code=broken.response_code) from broken
        return any(credential.get("type") == "password" for credential in credentials)

    async def send_invitation(self, subject: UUID) -> None:
        try:
            await self._admin.a_send_update_account(
                str(subject), ["UPDATE_PASSWORD", "VERIFY_EMAIL"], lifespan=INVITATION_SECONDS
            )
        except KeycloakError as broken:
            raise AccountsUnavailable("The invitation could not be sent.", code=broken.response_code) from broken
