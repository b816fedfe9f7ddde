"""What the owners of the building of samples.py are asked to pay, and why."""

from __future__ import annotations

from koprogo.kernel.money import cents, euros, split
from koprogo_api.documents.events.v1.money_pb2 import (
    Addressee,
    CallForFunds,
    ChargeLine,
    ChargeStatement,
    DemandLine,
    FundLine,
    OpenDemand,
    Payment,
    Reminder,
)
from koprogo_api.documents.events.v1.request_pb2 import Dispatch, DocumentRequested

from .samples import DENOMINATOR, LONG_NAME, UNDIVIDED, letterhead, request

IBAN = "BE68539007547034"
COMMUNICATION = "090933755493"
FUNDS = ("working_capital", "reserve_fund")
LOTS = {"A1.1": 208, "C-1.4": 12, "P12": 5}

TEXTS = {
    "fr": {
        "title": "Provision pour le troisième trimestre 2027 et fonds de réserve",
        "decision": "Assemblée générale du 1er juin 2027, point 7",
        "purposes": ["Charges courantes", "Entretien des ascenseurs", "Contribution annuelle"],
        "key": "Ascenseur bloc B",
        "accounts": {
            "6101 Ascenseurs": ["Entretien des ascenseurs, Schindler SA", "Contrôle périodique par un organisme agréé"],
            "6105 Nettoyage et déchets": [
                "Nettoyage des communs, janvier à mars",
                "Nettoyage des communs, avril à juin",
            ],
            "6120 Eau": ["Consommation d'eau des parties communes"],
            "614 Assurances": ["Assurance incendie de l'immeuble"],
        },
        "clause": "article 34 du règlement de copropriété",
    },
    "nl": {
        "title": "Voorschot voor het derde kwartaal van 2027 en reservekapitaal",
        "decision": "Algemene vergadering van 1 juni 2027, punt 7",
        "purposes": ["Gewone lasten", "Onderhoud van de liften", "Jaarlijkse bijdrage"],
        "key": "Lift blok B",
        "accounts": {
            "6101 Liften": ["Onderhoud van de liften, Schindler nv", "Periodieke keuring door een erkend organisme"],
            "6105 Schoonmaak en afval": [
                "Schoonmaak van de gemene delen, januari tot maart",
                "Schoonmaak van de gemene delen, april tot juni",
            ],
            "6120 Water": ["Waterverbruik van de gemene delen"],
            "614 Verzekeringen": ["Brandverzekering van het gebouw"],
        },
        "clause": "artikel 34 van het reglement van mede-eigendom",
    },
    "de": {
        "title": "Vorschuss für das dritte Quartal 2027 und Rücklage",
        "decision": "Generalversammlung vom 1. Juni 2027, Punkt 7",
        "purposes": ["Laufende Lasten", "Wartung der Aufzüge", "Jährlicher Beitrag"],
        "key": "Aufzug Block B",
        "accounts": {
            "6101 Aufzüge": ["Wartung der Aufzüge, Schindler AG", "Regelmäßige Prüfung durch eine zugelassene Stelle"],
            "6105 Reinigung und Abfall": [
                "Reinigung der Gemeinschaftsteile, Januar bis März",
                "Reinigung der Gemeinschaftsteile, April bis Juni",
            ],
            "6120 Wasser": ["Wasserverbrauch der gemeinschaftlichen Teile"],
            "614 Versicherungen": ["Feuerversicherung des Gebäudes"],
        },
        "clause": "Artikel 34 der Miteigentumsordnung",
    },
    "en": {
        "title": "Advance for the third quarter of 2027 and reserve fund",
        "decision": "General meeting of 1 June 2027, item 7",
        "purposes": ["Ordinary charges", "Maintenance of the lifts", "Yearly contribution"],
        "key": "Lift of block B",
        "accounts": {
            "6101 Lifts": ["Servicing of the lifts, Schindler Ltd", "Periodic inspection by an approved body"],
            "6105 Cleaning and waste": [
                "Cleaning of the common parts, January to March",
                "Cleaning of the common parts, April to June",
            ],
            "6120 Water": ["Water used in the common parts"],
            "614 Insurance": ["Fire insurance of the building"],
        },
        "clause": "article 34 of the co-ownership rules",
    },
}


def part(whole: str, shares: int, share_total: int = DENOMINATOR) -> str:
    return euros(split(cents(whole), {"own": shares, "others": share_total - shares})["own"])


def total(amounts: list[str]) -> str:
    return euros(sum(cents(amount) for amount in amounts))


def addressee(*, jointly: bool = False) -> Addressee:
    return Addressee(
        name=LONG_NAME if jointly else "Anna Jansen",
        address=["Rue de la Station 100 bte 4", "1180 Uccle", "Belgique"],
        debtor_name=UNDIVIDED if jointly else "Jansen Anna",
        jointly=jointly,
    )


def payment(language: str, amount: str) -> Payment:
    return Payment(
        iban=IBAN,
        payee=letterhead(language).association_name,
        communication=COMMUNICATION,
        amount=amount,
        due_on="2027-07-15",
    )


def demand_lines(language: str, count: int | None = None) -> list[DemandLine]:
    """Of each lot: its part of ordinary charges, of the lifts by their own key, of the reserve."""
    texts = TEXTS[language]
    lines = []
    for lot, shares in LOTS.items():
        for index, whole in enumerate(["46875.00", "3127.85", "18750.00"]):
            lift = index == 1
            share_total = 4_160 if lift else DENOMINATOR
            lines.append(
                DemandLine(
                    lot=lot,
                    label=texts["purposes"][index],
                    fund="reserve_fund" if index == 2 else "working_capital",
                    whole=whole,
                    shares=shares,
                    share_total=share_total,
                    allocation_key=texts["key"] if lift else "",
                    amount=part(whole, shares, share_total),
                )
            )
    return lines if count is None else [lines[index % len(lines)] for index in range(count)]


def call_for_funds(
    language: str, *, jointly: bool = False, count: int | None = None, title: str = "", paid: bool = False
) -> DocumentRequested:
    texts = TEXTS[language]
    lines = demand_lines(language, count)
    parts = {fund: total([line.amount for line in lines if line.fund == fund]) for fund in FUNDS}
    whole = total(list(parts.values()))
    return request(
        language,
        call_for_funds=CallForFunds(
            letterhead=letterhead(language),
            addressee=addressee(jointly=jointly),
            title=title or texts["title"],
            dated="2027-06-15",
            period_from="2027-07-01",
            period_until="2027-09-30",
            decision=texts["decision"],
            lines=lines,
            total=whole,
            payment=None if paid else payment(language, whole),
            **parts,
        ),
        dispatches=[Dispatch(dispatch_id="d", channel="email", name="Anna Jansen")],
    )


def joint_call_for_funds(language: str) -> DocumentRequested:
    """For works alone, to the holders of an undivided lot."""
    asked = call_for_funds(language, jointly=True)
    call = asked.call_for_funds
    call.ClearField("period_from")
    call.ClearField("period_until")
    lines = [line for line in call.lines if line.fund == "reserve_fund"]
    call.ClearField("lines")
    call.lines.extend(lines)
    call.working_capital = "0.00"
    call.total = call.reserve_fund
    call.payment.amount = call.reserve_fund
    return asked


def reminder(language: str, level: str, *, count: int = 3, jointly: bool = False) -> DocumentRequested:
    """Of `count` demands, of which every second was paid in part; with cost and interest where the law has them."""
    texts = TEXTS[language]
    demands = [
        OpenDemand(
            title=f"{texts['purposes'][index % 3]} 2027/{index + 1}",
            due_on=f"2027-0{index % 6 + 1}-15",
            amount="1645.74",
            paid="1000.00" if index % 2 else "0.00",
            open="645.74" if index % 2 else "1645.74",
            communication=COMMUNICATION,
        )
        for index in range(count)
    ]
    due = total([demand.open for demand in demands])
    cost = "" if level == "friendly" else "15.00"
    interest = "48.57" if level == "formal" else ""
    whole = total([due, cost or "0", interest or "0"])
    return request(
        language,
        reminder=Reminder(
            letterhead=letterhead(language),
            addressee=addressee(jointly=jointly),
            dated="2027-06-15",
            level=level,
            demands=demands,
            open=due,
            cost=cost,
            clause=texts["clause"] if cost else "",
            interest=interest,
            interest_rate="4.50" if interest else "",
            total=whole,
            payment=payment(language, whole),
        ),
        dispatches=[
            Dispatch(dispatch_id="d", channel="registered_post" if level == "formal" else "email", name="Anna Jansen")
        ],
    )


def friendly_reminder(language: str) -> DocumentRequested:
    return reminder(language, "friendly", count=1)


def firm_reminder(language: str) -> DocumentRequested:
    return reminder(language, "firm")


def formal_notice(language: str) -> DocumentRequested:
    return reminder(language, "formal", jointly=True)


WHOLES = ["3127.85", "486.00", "4210.80", "4210.80", "1893.27", "18432.16"]
"""Of each expense in the accounts above, in their order."""


def charge_lines(language: str, *, occupied: bool, sold: bool, count: int | None) -> list[ChargeLine]:
    texts = TEXTS[language]
    expenses = [(account, label) for account, labels in texts["accounts"].items() for label in labels]
    lines = []
    for number, ((account, label), whole) in enumerate(zip(expenses, WHOLES, strict=True)):
        for lot, shares in LOTS.items():
            share_total = 4_160 if number < 2 else DENOMINATOR
            amount = part(whole, shares * (181 if sold else 365), share_total * 365)
            lines.append(
                ChargeLine(
                    account=account,
                    label=label,
                    dated=f"2026-0{number + 1}-28",
                    whole=whole,
                    shares=shares,
                    share_total=share_total,
                    allocation_key=texts["key"] if number < 2 else "",
                    lot=lot,
                    days=181 if sold else 0,
                    days_total=365 if sold else 0,
                    amount=amount,
                    occupant_part=amount if occupied and number < 5 else "",
                )
            )
    return lines if count is None else [lines[index % len(lines)] for index in range(count)]


def charge_statement(
    language: str,
    *,
    called: str = "600.00",
    occupied: bool = True,
    sold: bool = False,
    jointly: bool = False,
    count: int | None = None,
) -> DocumentRequested:
    lines = charge_lines(language, occupied=occupied, sold=sold, count=count)
    charges = total([line.amount for line in lines])
    difference = total([charges, f"-{called}"])
    owes = cents(difference) > 0
    return request(
        language,
        charge_statement=ChargeStatement(
            letterhead=letterhead(language),
            addressee=addressee(jointly=jointly),
            dated="2027-02-15",
            period_from="2026-01-01",
            period_until="2026-12-31",
            lines=lines,
            charges=charges,
            called=called,
            difference=difference,
            funds=[
                FundLine(
                    fund="working_capital", opening="25000.00", called="62500.00", spent="64312.48",
                    closing="23187.52", own_part=part("23187.52", sum(LOTS.values())),
                ),
                FundLine(
                    fund="reserve_fund", opening="148250.00", called="18750.00", spent="0.00",
                    closing="167000.00", own_part=part("167000.00", sum(LOTS.values())),
                ),
            ],
            account_balance=difference,
            payment=payment(language, difference) if owes else None,
            occupant_total=total([line.occupant_part for line in lines if line.occupant_part]) if occupied else "",
        ),
        dispatches=[Dispatch(dispatch_id="d", channel="email", name="Anna Jansen")],
    )  # fmt: skip


def credit_statement(language: str) -> DocumentRequested:
    """In favour of the holders of an undivided lot that was sold in July."""
    return charge_statement(language, called="900.00", occupied=False, sold=True, jointly=True)
