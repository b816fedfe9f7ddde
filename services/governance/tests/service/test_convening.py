"""Who is asked to vote on something of another service: that service learns when the meeting is convened."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from koprogo.governance.application.convene_general_meeting import ConveneGeneralMeeting, convene_general_meeting
from koprogo.governance.domain.agenda import AgendaItem
from koprogo.governance.domain.general_meeting import GeneralMeeting, MeetingKind
from koprogo.governance.domain.law.majority import Nature
from koprogo.governance.domain.roll_entry import AssociationFacts, Contact, RollLine, VoterRoll
from koprogo.kernel.words import Language
from koprogo.kit.database import Pool
from koprogo_api.governance.events.v1.decision_pb2 import MeetingConvened

from .assembly import BUDGET, START, Assembly

NOW = START - timedelta(days=20)


class OneOwner:
    async def association(self, association_id: UUID) -> AssociationFacts:
        return AssociationFacts(association_id, "ACP", "0403019261", ["Zavel"], [Language.FR], 1000, 1000)

    async def voter_roll(self, tenant: UUID, association_id: UUID, on: datetime) -> VoterRoll:
        head = uuid4()
        contact = Contact(head, "Dubois", Language.FR, ["Zavel"], "d@example.org", True)
        return VoterRoll(1000, [RollLine(head, "Dubois", 1000, ["1"], False, [contact], {})])


class TestConveningAMeeting:
    async def test_tells_what_of_other_services_stands_on_its_agenda(self, pool: Pool) -> None:
        assembly = Assembly(pool)
        titles = {Language.FR: "Budget"}
        meeting = GeneralMeeting(
            id=assembly.meeting,
            association_id=assembly.association,
            kind=MeetingKind.ORDINARY,
            starts_at=START,
            place="Zavelplein 7",
            remote_system="",
            consultation="",
            required_acr="",
            agenda=[
                AgendaItem(uuid4(), titles, titles, Nature.ORDINARY, None, [], [], about=about)
                for about in (BUDGET, "")
            ],
            version=0,
        )
        async with (uow := assembly.uow()):
            await uow.meetings.save(meeting)
        await convene_general_meeting(
            assembly.association,
            assembly.meeting,
            ConveneGeneralMeeting("Claire Dubois"),
            tenant=assembly.tenant,
            uow=assembly.uow(),
            property_=OneOwner(),
            ids=uuid4,
            now=NOW,
        )
        async with (uow := assembly.uow()):
            await uow.connection.execute("set local koprogo.relay = 'on'")
            (row,) = await uow.connection.fetch(
                "select key, payload from outbox where topic = 'governance.decision' and tenant_id = $1",
                assembly.tenant,
            )
        told = MeetingConvened.FromString(row["payload"])
        assert (row["key"], told.meeting_id) == (str(assembly.meeting), str(assembly.meeting))
        assert (told.about, told.convened_at, told.held_on) == ([BUDGET], NOW.isoformat(), "2026-11-24")
