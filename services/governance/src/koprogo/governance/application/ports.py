"""What the use cases need, in their words."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from koprogo.governance.application import views
from koprogo.governance.domain.general_meeting import GeneralMeeting
from koprogo.governance.domain.hall import Hall
from koprogo.governance.domain.law.policies import Policies
from koprogo.governance.domain.proxy import Proxy
from koprogo.governance.domain.roll_entry import AssociationFacts, Contact, RollLine, VoterRoll
from koprogo.kernel.transaction import Transaction
from koprogo.kernel.words import Language


class Meetings(Protocol):
    async def get(self, association_id: UUID, meeting_id: UUID, *, lock: bool = False) -> GeneralMeeting: ...
    async def save(self, meeting: GeneralMeeting) -> None: ...
    async def page(
        self, association_id: UUID, limit: int, after: str | None, *, drafts: bool
    ) -> Sequence[views.MeetingLine]: ...


class Halls(Protocol):
    async def enter(self, association_id: UUID, meeting_id: UUID, *, lock: bool = True) -> Hall:
        """All acts so far; locked, nobody else adds one until the end of the transaction."""
        ...

    async def save(self, meeting_id: UUID, hall: Hall) -> None: ...


class Proxies(Protocol):
    async def of(self, meeting_id: UUID) -> Sequence[Proxy]: ...
    async def add(self, meeting_id: UUID, proxy: Proxy) -> None: ...
    async def remove(self, meeting_id: UUID, proxy_id: UUID) -> None: ...


class Dispatches(Protocol):
    async def add(
        self,
        meeting_id: UUID,
        *,
        purpose: str,
        document_id: UUID,
        dispatch_id: UUID,
        co_ownership_id: UUID,
        recipient: Contact,
        at: datetime,
    ) -> None: ...
    async def of(self, meeting_id: UUID, limit: int, after: str | None) -> Sequence[views.DispatchView]: ...
    async def change(self, dispatch_id: UUID, *, status: str, proof: str, at: datetime) -> None: ...


class Minutes(Protocol):
    async def since(self, association_id: UUID, day: date) -> Sequence[views.MinutesOfMeeting]:
        """Final ones that are rendered, of meetings held since a day, the latest first."""
        ...

    async def of(self, meeting_id: UUID) -> Sequence[views.MinutesView]: ...
    async def add(
        self, meeting_id: UUID, *, document_id: UUID, language: Language, is_final: bool, at: datetime
    ) -> None: ...
    async def rendered(self, document_id: UUID, *, sha256: str, at: datetime) -> None: ...


class Decisions(Protocol):
    async def tell_convened(self, meeting: GeneralMeeting) -> None:
        """Other services learn what stands on its agenda, in this transaction."""
        ...

    async def tell(self, meeting: GeneralMeeting, hall: Hall) -> None:
        """Other services learn what was decided, in this transaction."""
        ...

    async def enter(self, meeting: GeneralMeeting, hall: Hall, *, at: datetime) -> None: ...
    async def page(self, association_id: UUID, limit: int, after: str | None) -> Sequence[views.DecisionView]: ...


class PolicyChoices(Protocol):
    async def of(self, association_id: UUID) -> Policies: ...
    async def choose(self, association_id: UUID, choices: Mapping[str, str]) -> None: ...


class Paperwork(Protocol):
    """Documents asked of the documents service, in this transaction."""

    async def convocation(
        self,
        meeting: GeneralMeeting,
        line: RollLine,
        contact: Contact,
        *,
        document_id: UUID,
        dispatch_id: UUID,
        at: datetime,
    ) -> None: ...
    async def minutes(
        self,
        meeting: GeneralMeeting,
        hall: Hall,
        language: Language,
        *,
        document_id: UUID,
        is_final: bool,
        recipients: Sequence[tuple[UUID, Contact]],
    ) -> None: ...
    async def attendance_sheet(self, meeting: GeneralMeeting, hall: Hall, *, document_id: UUID) -> None: ...


class UnitOfWork(Transaction, Protocol):
    @property
    def meetings(self) -> Meetings: ...
    @property
    def halls(self) -> Halls: ...
    @property
    def proxies(self) -> Proxies: ...
    @property
    def dispatches(self) -> Dispatches: ...
    @property
    def minutes(self) -> Minutes: ...
    @property
    def decisions(self) -> Decisions: ...
    @property
    def policies(self) -> PolicyChoices: ...
    @property
    def paperwork(self) -> Paperwork: ...


class Property(Protocol):
    """The neighbour that knows who owns what."""

    async def association(self, association_id: UUID) -> AssociationFacts: ...
    async def voter_roll(self, tenant: UUID, association_id: UUID, on: datetime) -> VoterRoll: ...


class Documents(Protocol):
    """The neighbour that keeps files."""

    async def names(self, tenant: UUID, association_id: UUID, ids: Sequence[UUID]) -> Mapping[UUID, str]: ...
