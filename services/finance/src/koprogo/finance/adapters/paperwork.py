"""What finance asks of documents: letters about money, through the outbox."""

import re
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from koprogo.finance.adapters import printed_report, transfer_letter
from koprogo.finance.application.amounts import in_language
from koprogo.finance.application.ports_statements import Standing
from koprogo.finance.application.printed_report import PrintedReport
from koprogo.finance.application.transfer_answer import Answer
from koprogo.finance.domain.account import Chart, Fund
from koprogo.finance.domain.books import BankAccount
from koprogo.finance.domain.call_for_funds import CallForFunds, Decision, DemandLetter
from koprogo.finance.domain.charge_statement import ChargeLine, ChargeStatement, OwnerStatement
from koprogo.finance.domain.owners import AssociationFacts, Contact, Debtor
from koprogo.finance.domain.reminder import Reminder
from koprogo.kernel.money import euros
from koprogo.kernel.words import Language
from koprogo.kit.database import Outgoing, UnitOfWork
from koprogo_api.documents.events.v1 import money_pb2 as money
from koprogo_api.documents.events.v1.content_pb2 import Letterhead
from koprogo_api.documents.events.v1.request_pb2 import Dispatch, DocumentRequested

TOPIC = "documents.request"
FILE_NAMES = {
    "call": {"fr": "appel-de-fonds", "nl": "oproep", "de": "zahlungsaufforderung", "en": "call-for-funds"},
    "reminder": {"fr": "rappel", "nl": "herinnering", "de": "mahnung", "en": "reminder"},
    "transfer": {"fr": "etat-3.94", "nl": "staat-3.94", "de": "aufstellung-3.94", "en": "statement-3.94"},
    "statement": {"fr": "decompte", "nl": "afrekening", "de": "abrechnung", "en": "charge-statement"},
}
DECISIONS = {
    "fr": "Assemblée générale du {day}, point {number} : {title}",
    "nl": "Algemene vergadering van {day}, punt {number}: {title}",
    "de": "Generalversammlung vom {day}, Punkt {number}: {title}",
    "en": "General meeting of {day}, item {number}: {title}",
}


class OutboxPaperwork:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def call_for_funds(
        self,
        association_id: UUID,
        association: AssociationFacts,
        call: CallForFunds,
        letters: Sequence[DemandLetter],
        account: BankAccount,
    ) -> None:
        head = letterhead(association)
        await self._send([_call_letter(association_id, head, call, letter, account) for letter in letters])

    async def transfer_statement(
        self,
        association_id: UUID,
        association: AssociationFacts,
        answer: Answer,
        *,
        document_id: UUID,
        dispatch_id: UUID,
    ) -> None:
        requester = answer.request.requester
        request = _request(
            association_id, document_id, f"transfer/{answer.request.id}", requester, "transfer", answer.dated
        )
        # The notary is nobody in the association.
        request.visible_to_co_owner_id = ""
        statement = transfer_letter.content(answer)
        statement.letterhead.CopyFrom(letterhead(association))
        statement.addressee.CopyFrom(_addressee(requester, answer.owner_name, jointly=False))
        request.transfer_statement.CopyFrom(statement)
        dispatch = _dispatch(dispatch_id, requester, requester.channel)
        attached = [*(one.document_id for one in answer.minutes), *answer.statement_ids]
        dispatch.attachment_ids.extend(str(one) for one in attached)
        request.dispatches.append(dispatch)
        await self._send([request])

    async def reminder(
        self,
        association_id: UUID,
        association: AssociationFacts,
        reminder: Reminder,
        debtor: Debtor,
        account: BankAccount,
        recipient: Contact,
        *,
        document_id: UUID,
        dispatch_id: UUID,
        channel: str,
    ) -> None:
        language = recipient.language
        request = _request(
            association_id, document_id, f"reminder/{reminder.id}", recipient, "reminder", reminder.sent_on
        )
        request.reminder.CopyFrom(
            money.Reminder(
                letterhead=letterhead(association),
                addressee=_addressee(recipient, debtor.name, jointly=debtor.is_joint),
                dated=reminder.sent_on.isoformat(),
                level=reminder.level.value,
                demands=[
                    money.OpenDemand(
                        title=in_language(demand.titles, language),
                        due_on=demand.due_on.isoformat(),
                        amount=euros(demand.asked),
                        paid=euros(demand.asked - demand.open),
                        open=euros(demand.open),
                        communication=demand.communication,
                    )
                    for demand in (reminded.demand for reminded in reminder.demands)
                ],
                open=euros(reminder.open),
                cost=euros(reminder.cost) if reminder.cost else "",
                clause=reminder.clause,
                interest=euros(reminder.interest) if reminder.interest else "",
                interest_rate=reminder.interest_rate,
                total=euros(reminder.total),
                payment=payment(account, reminder.communication, reminder.total, reminder.pay_until),
            )
        )
        request.dispatches.append(_dispatch(dispatch_id, recipient, channel))
        await self._send([request])

    async def charge_statement(
        self,
        association_id: UUID,
        association: AssociationFacts,
        statement: ChargeStatement,
        own: OwnerStatement,
        standing: Standing,
        chart: Chart,
        account: BankAccount,
        recipient: Contact,
        *,
        document_id: UUID,
        dispatch_id: UUID,
        channel: str,
    ) -> None:
        subject = f"statement/{statement.id}"
        request = _request(association_id, document_id, subject, recipient, "statement", statement.issued_on)
        request.charge_statement.CopyFrom(
            money.ChargeStatement(
                letterhead=letterhead(association),
                addressee=_addressee(recipient, own.debtor.name, jointly=own.debtor.is_joint),
                dated=statement.issued_on.isoformat(),
                period_from=statement.first_day.isoformat(),
                period_until=statement.last_day.isoformat(),
                lines=[_charge_line(line, chart, recipient.language) for line in own.lines],
                charges=euros(own.charges),
                called=euros(own.called),
                difference=euros(own.difference),
                funds=[
                    money.FundLine(
                        fund=movement.fund.value,
                        opening=euros(movement.opening),
                        called=euros(movement.called),
                        spent=euros(movement.spent),
                        closing=euros(movement.closing),
                        own_part=euros(part),
                    )
                    for movement, part in standing.funds
                ],
                account_balance=euros(standing.account_balance),
                works_carried=euros(own.works_carried) if own.works_carried else "",
                payment=payment(account, own.communication, standing.to_pay, statement.due_on)
                if standing.to_pay
                else None,
                occupant_total=euros(own.occupant_total) if any(line.occupant_percent for line in own.lines) else "",
            )
        )
        request.dispatches.append(_dispatch(dispatch_id, recipient, channel))
        await self._send([request])

    async def report(
        self, association_id: UUID, association: AssociationFacts, report: PrintedReport, *, document_id: UUID
    ) -> None:
        """Kept by documents, sent to nobody."""
        name = "-".join(re.findall(r"\w+", report.table.title.lower()))
        request = DocumentRequested(
            document_id=str(document_id),
            association_id=str(association_id),
            subject=f"report/{report.kind.value}",
            language=report.language.value,
            file_name=f"{name}-{report.dated.isoformat()}.pdf",
            visible_to=["accountant"] if report.kind.names_debtors else ["accountant", "board_member"],
        )
        request.report.CopyFrom(printed_report.content(report))
        request.report.letterhead.CopyFrom(letterhead(association))
        await self._send([request])

    async def _send(self, requests: Sequence[DocumentRequested]) -> None:
        await self._uow.publish(*(Outgoing(TOPIC, request.document_id, request) for request in requests))


def _decision(decided: Decision, language: Language) -> str:
    return DECISIONS[language].format(
        day=f"{decided.decided_on:%d/%m/%Y}",
        number=decided.item_number,
        title=in_language(decided.titles, language),
    )


def _charge_line(line: ChargeLine, chart: Chart, language: Language) -> money.ChargeLine:
    return money.ChargeLine(
        account=f"{line.account} {in_language(chart.accounts[line.account].names, language)}",
        label=line.label,
        dated=line.dated.isoformat(),
        whole=euros(line.whole),
        shares=line.shares,
        share_total=line.share_total,
        allocation_key=line.key_name,
        lot=line.lot_number,
        days=line.days,
        days_total=line.days_total,
        amount=euros(line.amount),
        occupant_part=euros(line.occupant_part) if line.occupant_percent else "",
    )


def _call_letter(
    association_id: UUID, head: Letterhead, call: CallForFunds, letter: DemandLetter, account: BankAccount
) -> DocumentRequested:
    demand, recipient = letter.demand, letter.recipient
    language = recipient.language
    first, last = call.period or (None, None)
    request = _request(association_id, letter.document_id, f"call/{call.id}", recipient, "call", call.issued_on)
    request.call_for_funds.CopyFrom(
        money.CallForFunds(
            letterhead=head,
            addressee=_addressee(recipient, demand.debtor.name, jointly=demand.debtor.is_joint),
            title=in_language(call.titles, language),
            dated=call.issued_on.isoformat(),
            period_from=first.isoformat() if first else "",
            period_until=last.isoformat() if last else "",
            decision=_decision(call.decision, language) if call.decision is not None else "",
            lines=[
                money.DemandLine(
                    lot=line.lot_number,
                    label=in_language(line.labels, language),
                    fund=line.kind.fund.value,
                    whole=euros(line.whole),
                    shares=line.shares,
                    share_total=line.share_total,
                    allocation_key=line.key_name,
                    amount=euros(line.amount),
                )
                for line in demand.lines
            ],
            working_capital=euros(demand.of(Fund.WORKING)),
            reserve_fund=euros(demand.of(Fund.RESERVE)),
            total=euros(demand.total),
            payment=payment(account, demand.communication, demand.total, demand.due_on),
        )
    )
    request.dispatches.append(_dispatch(letter.dispatch_id, recipient, recipient.channel))
    return request


def letterhead(association: AssociationFacts) -> Letterhead:
    return Letterhead(
        association_name=association.name,
        enterprise_number=association.enterprise_number,
        address=association.address,
    )


def payment(account: BankAccount, communication: str, amount: int, due_on: date) -> money.Payment:
    return money.Payment(
        iban=account.iban,
        payee=account.holder,
        communication=communication,
        amount=euros(amount),
        due_on=due_on.isoformat(),
    )


def _request(
    association_id: UUID, document_id: UUID, subject: str, recipient: Contact, kind: str, dated: date
) -> DocumentRequested:
    return DocumentRequested(
        document_id=str(document_id),
        association_id=str(association_id),
        subject=subject,
        language=recipient.language.value,
        file_name=f"{FILE_NAMES[kind][recipient.language.value]}-{dated.isoformat()}.pdf",
        visible_to=["accountant"],
        visible_to_co_owner_id=str(recipient.co_owner_id),
    )


def _addressee(recipient: Contact, debtor_name: str, *, jointly: bool) -> money.Addressee:
    return money.Addressee(name=recipient.name, address=recipient.address, debtor_name=debtor_name, jointly=jointly)


def _dispatch(dispatch_id: UUID, recipient: Contact, channel: str) -> Dispatch:
    return Dispatch(
        dispatch_id=str(dispatch_id),
        channel=channel,
        name=recipient.name,
        address=recipient.address,
        email=recipient.email,
    )
