"""What a notary is told of lot A1.1 of the building of samples.py, before its sale and on its transfer."""

from __future__ import annotations

from koprogo_api.documents.events.v1.money_pb2 import (
    Addressee,
    BalanceLine,
    ComingCall,
    OpenDemand,
    Proceeding,
    TransferStatement,
)
from koprogo_api.documents.events.v1.request_pb2 import Dispatch, DocumentRequested

from .letters import COMMUNICATION, part
from .samples import DENOMINATOR, letterhead, request

SHARES = 208

TEXTS = {
    "fr": {
        "demands": ["Provision 2027/1", "Provision 2027/2"],
        "reserve": ["Contribution au fonds de réserve 2027/3", "Contribution au fonds de réserve 2027/4"],
        "works": ["Rénovation de la façade arrière, seconde tranche"],
        "other": ["Réparation urgente de la toiture"],
        "proceedings": ["Association contre Toitures Renard SRL, tribunal de l'entreprise", "Recours en annulation"],
        "acquisitions": ["Achat de la bande de jardin du voisin"],
        "minutes": ["PV du 1er juin 2027.pdf", "PV du 2 juin 2026.pdf", "PV du 3 juin 2025.pdf"],
        "statements": ["Décompte 2026.pdf", "Décompte 2025.pdf"],
        "balance": ["Fonds de réserve", "Fonds de roulement", "Banque, compte à vue", "Banque, compte d'épargne"],
    },
    "nl": {
        "demands": ["Voorschot 2027/1", "Voorschot 2027/2"],
        "reserve": ["Bijdrage aan het reservekapitaal 2027/3", "Bijdrage aan het reservekapitaal 2027/4"],
        "works": ["Renovatie van de achtergevel, tweede schijf"],
        "other": ["Dringende herstelling van het dak"],
        "proceedings": ["Vereniging tegen Dakwerken Renard bv, ondernemingsrechtbank", "Vordering tot vernietiging"],
        "acquisitions": ["Aankoop van de tuinstrook van de buur"],
        "minutes": ["Notulen 1 juni 2027.pdf", "Notulen 2 juni 2026.pdf", "Notulen 3 juni 2025.pdf"],
        "statements": ["Afrekening 2026.pdf", "Afrekening 2025.pdf"],
        "balance": ["Reservekapitaal", "Werkkapitaal", "Bank, zichtrekening", "Bank, spaarrekening"],
    },
    "de": {
        "demands": ["Vorschuss 2027/1", "Vorschuss 2027/2"],
        "reserve": ["Beitrag zur Rücklage 2027/3", "Beitrag zur Rücklage 2027/4"],
        "works": ["Sanierung der Rückfassade, zweite Rate"],
        "other": ["Dringende Reparatur des Daches"],
        "proceedings": ["Vereinigung gegen Dachbau Renard GmbH, Unternehmensgericht", "Klage auf Nichtigerklärung"],
        "acquisitions": ["Ankauf des Gartenstreifens des Nachbarn"],
        "minutes": ["Protokoll 1. Juni 2027.pdf", "Protokoll 2. Juni 2026.pdf", "Protokoll 3. Juni 2025.pdf"],
        "statements": ["Abrechnung 2026.pdf", "Abrechnung 2025.pdf"],
        "balance": ["Rücklage", "Betriebskapital", "Bank, Girokonto", "Bank, Sparkonto"],
    },
    "en": {
        "demands": ["Advance 2027/1", "Advance 2027/2"],
        "reserve": ["Reserve fund contribution 2027/3", "Reserve fund contribution 2027/4"],
        "works": ["Renovation of the rear facade, second instalment"],
        "other": ["Urgent repair of the roof"],
        "proceedings": ["Association against Renard Roofing Ltd, enterprise court", "Claim for annulment"],
        "acquisitions": ["Purchase of the neighbour's strip of garden"],
        "minutes": ["Minutes 1 June 2027.pdf", "Minutes 2 June 2026.pdf", "Minutes 3 June 2025.pdf"],
        "statements": ["Statement 2026.pdf", "Statement 2025.pdf"],
        "balance": ["Reserve fund", "Working capital", "Bank, current account", "Bank, savings account"],
    },
}


def calls(titles: list[str], amount: str, *, due_on: str = "2027-10-15") -> list[ComingCall]:
    return [ComingCall(title=title, decided_on="2027-06-01", due_on=due_on, amount=amount) for title in titles]


def at_stake(texts: list[str], *amounts: str) -> list[Proceeding]:
    return [Proceeding(text=text, amount=amount) for text, amount in zip(texts, amounts, strict=True)]


def transfer_statement(language: str, paragraph: int, *, empty: bool = False) -> DocumentRequested:
    """To the notary, of a seller who owes two advances; `empty`: of one who owes nothing in an association at peace."""
    statement = TransferStatement(
        letterhead=letterhead(language),
        addressee=Addressee(
            name="Claes & Vermeulen", address=["Avenue Brugmann 480 bte 2", "1180 Uccle", "Belgique"]
        ),
        dated="2027-09-10",
        paragraph=paragraph,
        requested_on="2027-09-01",
        answer_by="2027-09-16" if paragraph == 1 else "2027-10-01",
        lot="A1.1",
        lot_kind="apartment",
        shares=SHARES,
        share_total=DENOMINATOR,
        owner_name="Jansen Anna",
        transfer_on="" if empty else "2027-12-01",
        arrears="0.00",
    )  # fmt: skip
    if not empty:
        _fill(statement, language)
    return request(
        language,
        transfer_statement=statement,
        dispatches=[Dispatch(dispatch_id="d", channel="email", name="Claes & Vermeulen")],
    )


def _fill(statement: TransferStatement, language: str) -> None:
    texts = TEXTS[language]
    statement.arrears = "2396.48"
    statement.recovery_costs = "105.00"
    statement.information_cost = "121.00"
    statement.open_demands.extend(
        OpenDemand(
            title=title, due_on=f"2027-0{3 * number + 1}-15", amount="1645.74", paid=paid, open=still,
            communication=COMMUNICATION,
        )
        for number, (title, paid, still) in enumerate(
            zip(texts["demands"], ["1000.00", "0.00"], ["645.74", "1645.74"], strict=True)
        )
    )  # fmt: skip
    if statement.paragraph == 2:
        statement.works_calls.extend(calls(texts["works"], "3837.60"))
        statement.other_calls.extend(calls(texts["other"], "254.18", due_on=""))
        statement.acquisitions.extend(at_stake(texts["acquisitions"], "312.00"))
        statement.proceedings.extend(at_stake(texts["proceedings"], "18400.00", ""))
        return
    statement.working_capital, statement.reserve_fund = "23187.52", "167000.00"
    statement.working_capital_part = part("23187.52", SHARES)
    statement.reserve_fund_part = part("167000.00", SHARES)
    statement.reserve_calls.extend(calls(texts["reserve"], "390.00"))
    statement.proceedings.extend(at_stake(texts["proceedings"], "18400.00", ""))
    statement.minutes.extend(texts["minutes"])
    statement.charge_statements.extend(texts["statements"])
    statement.balance_sheet_on = "2026-12-31"
    reserve, working, current, savings = texts["balance"]
    statement.balance_sheet.extend(
        [
            BalanceLine(account=f"160 {reserve}", liabilities="167000.00"),
            BalanceLine(account=f"100 {working}", liabilities="23187.52"),
            BalanceLine(account=f"551 {current}", assets="23187.52"),
            BalanceLine(account=f"552 {savings}", assets="167000.00"),
        ]
    )


def before_the_sale(language: str) -> DocumentRequested:
    return transfer_statement(language, 1)


def on_the_transfer(language: str) -> DocumentRequested:
    return transfer_statement(language, 2)


def nothing_to_tell_before(language: str) -> DocumentRequested:
    return transfer_statement(language, 1, empty=True)


def nothing_to_tell_on(language: str) -> DocumentRequested:
    return transfer_statement(language, 2, empty=True)
