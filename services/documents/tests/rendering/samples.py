"""A building of 48 lots in 10,000 shares with owners of three languages, and what is written to and of them."""

from fractions import Fraction

from koprogo_api.documents.events.v1.content_pb2 import (
    AgendaLine,
    AttendanceLine,
    AttendanceSheet,
    Convocation,
    Decision,
    Letterhead,
    Meeting,
    Minutes,
    MinutesItem,
    QuorumStatement,
    Reduction,
    Signature,
)
from koprogo_api.documents.events.v1.request_pb2 import Dispatch, DocumentRequested

DENOMINATOR = 10_000
LONG_NAME = "Jonkvrouw Marie-Christine van der Straeten-Ponthoz de Looz-Corswarem"
UNDIVIDED = "Indivision Vandenbroucke – Dupont – Müller"
LONG_WORD = "Gemeinschaftsaufzugsmodernisierungsausschreibungsunterlagenverzeichnis2026"

TEXTS = {
    "fr": {
        "association": "ACP Résidence « Les Tilleuls »",
        "place": "Salle paroissiale Saint-Job, avenue Jean et Pierre Carsoel 1, 1180 Uccle",
        "titles": [
            "Approbation du procès-verbal de l'assemblée précédente",
            "Approbation des comptes de l'exercice 2025",
            "Rénovation de la façade arrière",
            "Modification de la répartition des charges d'ascenseur",
            "Entretien du jardin : contrat avec l'entreprise Dupont",
            "Divers : rapport du conseil de copropriété",
        ],
        "text": "L'assemblée décide de confier les travaux à l'entreprise la moins-disante, pour un montant "
        "maximal de 184.500,00 € TVA comprise, financé par le fonds de réserve.",
        "remark": "M. Jansen demande que son opposition soit actée.",
        "consultation": "Les documents peuvent être consultés sur l'espace en ligne de la copropriété et, sur "
        "rendez-vous, au bureau du syndic, du lundi au vendredi de 9 h à 12 h.",
        "urgency": "Une fuite du toit menace les appartements du dernier étage.",
        "attachment": "Devis façade.pdf",
        "key": "Ascenseur bloc B",
        "not_voted": "l'assemblée reporte le point.",
    },
    "nl": {
        "association": "VME Residentie De Linden",
        "place": "Parochiezaal Sint-Job, Jean en Pierre Carsoellaan 1, 1180 Ukkel",
        "titles": [
            "Goedkeuring van het verslag van de vorige vergadering",
            "Goedkeuring van de rekeningen van het boekjaar 2025",
            "Renovatie van de achtergevel",
            "Wijziging van de verdeling van de liftkosten",
            "Tuinonderhoud: overeenkomst met de firma Dupont",
            "Varia: verslag van de raad van mede-eigendom",
        ],
        "text": "De vergadering beslist de werken toe te wijzen aan de laagste inschrijver, voor een bedrag van "
        "hoogstens 184.500,00 euro, btw inbegrepen, betaald uit het reservekapitaal.",
        "remark": "De heer Jansen vraagt zijn verzet te noteren.",
        "consultation": "De documenten kunnen worden geraadpleegd op het onlineplatform van de mede-eigendom en, na "
        "afspraak, op het kantoor van de syndicus, van maandag tot vrijdag van 9 tot 12 uur.",
        "urgency": "Een daklek bedreigt de appartementen op de bovenste verdieping.",
        "attachment": "Offerte gevel.pdf",
        "key": "Lift blok B",
        "not_voted": "de vergadering verdaagt het punt.",
    },
    "de": {
        "association": "MEG Residenz Lindenhof",
        "place": "Pfarrsaal St. Nikolaus, Marktplatz 1, 4700 Eupen",
        "titles": [
            "Genehmigung des Protokolls der vorigen Versammlung",
            "Genehmigung der Jahresrechnung 2025",
            "Sanierung der Rückfassade",
            "Änderung der Verteilung der Aufzugskosten",
            "Gartenpflege: Vertrag mit der Firma Dupont",
            "Verschiedenes: Bericht des Miteigentumsrates",
        ],
        "text": "Die Versammlung beschließt, die Arbeiten dem günstigsten Bieter zu erteilen, höchstens zum Betrag "
        "von 184.500,00 Euro einschließlich Mehrwertsteuer, bezahlt aus der Rücklage.",
        "remark": "Herr Jansen bittet, seinen Widerspruch festzuhalten.",
        "consultation": "Die Unterlagen können auf der Internetplattform der Vereinigung und nach Vereinbarung im "
        "Büro des Verwalters eingesehen werden, montags bis freitags von 9 bis 12 Uhr.",
        "urgency": "Ein undichtes Dach gefährdet die Wohnungen im obersten Stockwerk.",
        "attachment": "Angebot Fassade.pdf",
        "key": "Aufzug Block B",
        "not_voted": "Die Versammlung vertagt den Punkt.",
    },
    "en": {
        "association": "Linden Court Co-ownership",
        "place": "St Job parish hall, 1 Jean and Pierre Carsoel Avenue, 1180 Uccle",
        "titles": [
            "Approval of the minutes of the previous meeting",
            "Approval of the accounts for 2025",
            "Renovation of the rear facade",
            "Change to the allocation of lift charges",
            "Garden maintenance: contract with the firm Dupont",
            "Any other business: report of the council",
        ],
        "text": "The meeting decides to award the works to the lowest bidder, for at most 184,500.00 euros "
        "including VAT, paid out of the reserve fund.",
        "remark": "Mr Jansen asks for his opposition to be recorded.",
        "consultation": "The documents can be consulted on the co-ownership's online platform and, by appointment, "
        "at the syndic's office, Monday to Friday from 9:00 to 12:00.",
        "urgency": "A leaking roof threatens the flats on the top floor.",
        "attachment": "Quote for the facade.pdf",
        "key": "Lift of block B",
        "not_voted": "the meeting adjourns the item.",
    },
}

MAJORITIES = ["absolute", "absolute", "two_thirds", "four_fifths", "absolute", ""]

_FAMILIES = ["Jansen", "Dupont", "Müller", "Peeters", "Lambert", "Schröder", "Maes", "Lefèvre", "De Smet", "Nguyễn"]
_GIVEN = ["Anna", "Bernard", "Chloé", "Dirk", "Élise", "Frank", "Güler"]


def owners() -> list[AttendanceLine]:
    lines = [
        AttendanceLine(name=LONG_NAME, lots=["A0.1", "C-1.1", "P12"], votes=5100, mode="in_person"),
        AttendanceLine(name=UNDIVIDED, lots=["B3.2"], votes=90, suspended=True),
    ]
    for index in range(46):
        name = f"{_FAMILIES[index % 10]} {_GIVEN[index % 7]}"
        lines.append(AttendanceLine(name=name, lots=[f"A{index // 8 + 1}.{index % 8 + 1}"], votes=104))
    lines[-1].votes += DENOMINATOR - sum(line.votes for line in lines)
    return lines


def attended() -> list[AttendanceLine]:
    """Present, remote, represented, absent; one who leaves early."""
    lines = owners()
    for index, line in enumerate(lines):
        if line.suspended or index % 5 == 4:
            continue
        line.mode = ("in_person", "remote", "in_person", "by_proxy")[index % 4]
        if line.mode == "by_proxy":
            line.holder = lines[2].name
        line.arrived_at = "2026-06-10T16:25:00+00:00"
    lines[5].arrived_at = "2026-06-10T17:10:00+00:00"
    lines[6].left_at = "2026-06-10T18:02:00+00:00"
    return lines


def letterhead(language: str) -> Letterhead:
    return Letterhead(
        association_name=TEXTS[language]["association"],
        enterprise_number="0428759497",
        address=["Avenue Dolez 12 / Dolezlaan 12", "1180 Uccle / Ukkel"],
        syndic_name="Immo Peeters & Lambert",
    )


def meeting(
    language: str, *, session: int = 1, kind: str = "ordinary", remote: str = "Zoom (zoom.us/j/98765)"
) -> Meeting:
    return Meeting(
        kind=kind,
        session=session,
        starts_at="2026-06-10T18:30:00+02:00",
        place=TEXTS[language]["place"],
        remote_system=remote,
    )


def request(language: str, **content: object) -> DocumentRequested:
    return DocumentRequested(
        document_id="0197c0de-7a6b-7cc1-9d5e-3f1b2a4c5d6e",
        association_id="0197c0de-0000-7000-8000-000000000001",
        subject="meeting/0197c0de-0000-7000-8000-000000000002",
        language=language,
        file_name="document.pdf",
        **content,
    )


def convocation(
    language: str,
    *,
    session: int = 1,
    kind: str = "ordinary",
    urgency: bool = False,
    suspended: bool = False,
    title: str | None = None,
    text: str | None = None,
    items: int = 6,
) -> DocumentRequested:
    texts = TEXTS[language]
    agenda = [
        AgendaLine(
            number=index + 1,
            title=title or texts["titles"][index % 6],
            text=text or (texts["text"] if index % 6 in (2, 3) else ""),
            majority=MAJORITIES[index % 6],
            attachments=[texts["attachment"], "Plan_2026.pdf"] if index % 6 == 2 else [],
        )
        for index in range(items)
    ]
    return request(
        language,
        convocation=Convocation(
            letterhead=letterhead(language),
            meeting=meeting(language, session=session, kind=kind),
            recipient_name=UNDIVIDED if suspended else "Anna Jansen",
            recipient_address=["Rue de la Station 100 bte 4", "1180 Uccle", "Belgique"],
            co_ownership_name=UNDIVIDED if suspended else "Jansen Anna",
            lots=["A1.1", "C-1.4"],
            votes=1250,
            share_denominator=DENOMINATOR,
            agenda=agenda,
            consultation=texts["consultation"],
            urgency=texts["urgency"] if urgency else "",
            dated="2026-05-20",
            suspended=suspended,
        ),
        dispatches=[Dispatch(dispatch_id="d", channel="registered_post", name="Anna Jansen")],
    )


def second_convocation(language: str) -> DocumentRequested:
    """Second and extraordinary, urgent, to an ownership without mandatary."""
    return convocation(language, session=2, kind="extraordinary", urgency=True, suspended=True)


def attendance_sheet(language: str, *, before: bool = False) -> DocumentRequested:
    lines = owners() if before else attended()
    if before:
        lines[0].mode = ""
    return request(
        language,
        attendance_sheet=AttendanceSheet(
            letterhead=letterhead(language), meeting=meeting(language), share_denominator=DENOMINATOR, lines=lines
        ),
    )


def capped() -> Decision:
    """One engages 5,304 of 7,500 votes: each of his counts for 2196/5304 = 183/442."""
    ratio = Fraction(2196, 5304)
    return Decision(
        majority="four_fifths",
        adopted=True,
        votes_for=str(5304 * ratio),
        votes_against="2800/11",
        abstained="104",
        blank="0",
        null="104",
        votes_present=7500,
        reductions=[Reduction(person=LONG_NAME, engaged="5304", limit="2196", ratio=str(ratio))],
        names_against=["Dupont Bernard", "Müller Chloé", UNDIVIDED],
        names_abstained=["Peeters Dirk"],
        allocation_key="",
    )


def minutes(
    language: str, *, session: int = 1, signed: bool = False, urgency: bool = False, reason: str = "HEADS_AND_SHARES"
) -> DocumentRequested:
    texts = TEXTS[language]
    plain = Decision(
        majority="absolute", adopted=True, votes_for="5350", votes_against="1", abstained="1250", blank="0", null="0",
        votes_present=6601, names_against=["Jansen Anna"], names_abstained=["Lambert Élise", "Maes Güler"],
    )  # fmt: skip
    close = Decision(
        majority="two_thirds", adopted=False, votes_for="6666", votes_against="3334", abstained="0", blank="0",
        null="0", votes_present=10000, names_against=[f"{line.name}" for line in owners()[2:24]],
    )  # fmt: skip
    keyed = Decision(
        majority="absolute", adopted=True, votes_for="2", votes_against="1", abstained="0", blank="0", null="0",
        votes_present=3, allocation_key=texts["key"], names_excluded=["Dupont Bernard"],
        warnings=["SOLE_PARTICIPANT", "HOLDER_ENGAGES_ALL"],
    )  # fmt: skip
    decisions = [plain, Decision(not_voted=texts["not_voted"]), close, capped(), keyed, None]
    items = [
        MinutesItem(
            number=index + 1,
            title=texts["titles"][index],
            text=texts["text"] if index in (2, 3) else "",
            decision=decision,
            remarks=[texts["remark"]] if index == 3 else [],
        )
        for index, decision in enumerate(decisions)
    ]
    signatures = [
        Signature(name="Peeters Dirk", capacity="chair", signed_at="2026-06-10T19:20:00+00:00", method="high"),
        Signature(
            name="Immo Peeters & Lambert", capacity="secretary", signed_at="2026-06-10T19:21:00+00:00", method="paper"
        ),
        Signature(name=LONG_NAME, capacity="co_owner"),
    ]
    return request(
        language,
        minutes=Minutes(
            letterhead=letterhead(language),
            meeting=meeting(language, session=session),
            opened_at="2026-06-10T16:35:00+00:00",
            closed_at="2026-06-10T19:12:00+00:00",
            chair="Peeters Dirk",
            secretary="Immo Peeters & Lambert",
            urgency=texts["urgency"] if urgency else "",
            quorum=QuorumStatement(
                valid=bool(reason), reason=reason, heads_present=38, heads_total=48, votes_present=8736,
                share_denominator=DENOMINATOR,
            ),
            attendance=attended(),
            items=items,
            remarks=[texts["remark"]],
            roll_call_hash="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            signatures=signatures if signed else [],
            rules_on="2026-06-01",
        ),
    )  # fmt: skip


def second_minutes(language: str) -> DocumentRequested:
    """Of a second assembly called with urgency, signed by some."""
    return minutes(language, session=2, signed=True, urgency=True, reason="SECOND_SESSION")
