"""A statement of art. 3.94 in the requester's language, as documents is asked for it."""

from koprogo.finance.application.amounts import in_language
from koprogo.finance.application.ports_transfers import MinutesOfMeeting
from koprogo.finance.application.transfer_answer import Answer, ProceedingToTell
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.call_for_funds import CallKind
from koprogo.finance.domain.transfer_statement import ComingCall
from koprogo.kernel.money import cents, euros
from koprogo.kernel.words import Language
from koprogo_api.documents.events.v1 import money_pb2 as money

MEETINGS = {
    "ordinary": {
        "fr": "Assemblée générale ordinaire du {day}",
        "nl": "Gewone algemene vergadering van {day}",
        "de": "Ordentliche Generalversammlung vom {day}",
        "en": "Ordinary general meeting of {day}",
    },
    "extraordinary": {
        "fr": "Assemblée générale extraordinaire du {day}",
        "nl": "Buitengewone algemene vergadering van {day}",
        "de": "Außerordentliche Generalversammlung vom {day}",
        "en": "Extraordinary general meeting of {day}",
    },
}
STATEMENTS = {
    "fr": "Décompte de charges {number}",
    "nl": "Kostenafrekening {number}",
    "de": "Kostenabrechnung {number}",
    "en": "Charge statement {number}",
}


def content(answer: Answer) -> money.TransferStatement:
    """Without letterhead and addressee."""
    request, figures, said = answer.request, answer.figures, answer.said
    language = request.requester.language
    return money.TransferStatement(
        dated=answer.dated.isoformat(),
        paragraph=request.paragraph.value,
        requested_on=request.requested_on.isoformat(),
        answer_by=request.answer_by.isoformat(),
        lot=answer.lot.number,
        lot_kind=answer.lot.kind,
        shares=answer.lot.shares,
        share_total=answer.share_total,
        owner_name=answer.owner_name,
        transfer_on=request.transfer_on.isoformat() if request.transfer_on else "",
        working_capital=euros(figures.funds[Fund.WORKING]),
        working_capital_part=euros(figures.parts[Fund.WORKING]),
        reserve_fund=euros(figures.funds[Fund.RESERVE]),
        reserve_fund_part=euros(figures.parts[Fund.RESERVE]),
        arrears=euros(figures.arrears + (cents(said.recovery_costs) if said.recovery_costs else 0)),
        open_demands=[
            money.OpenDemand(
                title=in_language(demand.titles, language),
                due_on=demand.due_on.isoformat(),
                amount=euros(demand.asked),
                paid=euros(demand.asked - demand.open),
                open=euros(demand.open),
                communication=demand.communication,
            )
            for demand in figures.demands
        ],
        recovery_costs=_amount(said.recovery_costs),
        reserve_calls=[_coming(call, language) for call in figures.coming_of(CallKind.RESERVE_FUND)],
        works_calls=[_coming(call, language) for call in figures.coming_of(CallKind.WORKS)],
        other_calls=[
            _coming(call, language)
            for call in figures.coming_of(CallKind.PROVISIONS, CallKind.WORKING_CAPITAL, CallKind.RESERVE_FUND)
        ],
        proceedings=[_proceeding(one) for one in said.proceedings],
        acquisitions=[_proceeding(one) for one in said.acquisitions],
        minutes=[_meeting(one, language) for one in answer.minutes],
        charge_statements=[
            STATEMENTS[language].format(number=number) for number, _ in enumerate(answer.statement_ids, start=1)
        ],
        balance_sheet_on=answer.balance_sheet_on.isoformat(),
        balance_sheet=[
            money.BalanceLine(
                account=f"{code} {in_language(names, language)}",
                assets=euros(amount) if amount > 0 else "",
                liabilities=euros(-amount) if amount < 0 else "",
            )
            for code, names, amount in answer.balance_sheet
        ],
        information_cost=_amount(said.information_cost),
    )


def _coming(call: ComingCall, language: Language) -> money.ComingCall:
    return money.ComingCall(
        title=in_language(call.titles, language),
        decided_on=call.decided_on.isoformat(),
        due_on=call.due_on.isoformat(),
        amount=euros(call.amount),
    )


def _proceeding(one: ProceedingToTell) -> money.Proceeding:
    return money.Proceeding(text=one.text, amount=_amount(one.amount))


def _amount(text: str | None) -> str:
    return euros(cents(text)) if text else ""


def _meeting(one: MinutesOfMeeting, language: Language) -> str:
    return MEETINGS[one.kind][language].format(day=f"{one.held_on:%d/%m/%Y}")
