"""The invented building of the demo and of the journey tests: 48 lots in 10,000 shares, owners in three languages.

A company holds more than half of the votes; one lot is undivided without a mandatary, one undivided with, one
split into bare ownership and usufruct with the usufructuary as mandatary.
"""

from __future__ import annotations

import csv
import io

DENOMINATOR = 10_000
ASSOCIATION = {
    "name": "ACP Résidence Zavelhof – VME Residentie Zavelhof",
    "enterprise_number": "0428.759.497",
    "address": ["Zavelplein 7", "1000 Bruxelles / Brussel"],
    "region": "brussels",
    "languages": ["fr", "nl", "de"],
    "share_denominator": DENOMINATOR,
}
COMPANY = "Immo Meirbrug NV"
COLUMNS = (
    "lot_number", "lot_kind", "lot_shares", "building", "owner_reference", "owner_kind", "owner_name", "language",
    "address", "postal_code", "city", "country", "email", "accepts_email", "right", "fraction", "mandatary", "since",
)  # fmt: skip
PEOPLE = (
    ("Peeters An", "nl"), ("Dupont Lucie", "fr"), ("Schmitz Jürgen", "de"), ("Janssens Bart", "nl"),
    ("Lambert Hugo", "fr"), ("Maes Ilse", "nl"), ("Dubois Rachid", "fr"), ("Müller Petra", "de"),
    ("Claes Wouter", "nl"), ("Martin Élise", "fr"), ("Goossens Fatima", "nl"), ("Leclercq Noé", "fr"),
    ("Hermans Koen", "nl"), ("Simon Aïcha", "fr"), ("Keller Franz", "de"), ("Wouters Lien", "nl"),
    ("Renard Paul", "fr"), ("Aerts Sofie", "nl"), ("Fontaine Inès", "fr"), ("De Smet Piet", "nl"),
    ("Girard Marc", "fr"), ("Van den Broeck Els", "nl"), ("Weber Anke", "de"), ("Pauwels Tom", "nl"),
    ("Collard Zoé", "fr"), ("Mertens Nele", "nl"),
)  # fmt: skip


def email_of(name: str) -> str:
    plain = name.translate(str.maketrans("éèïüÉ", "eeiuE")).lower()
    family, _, first = plain.rpartition(" ")
    return f"{first}.{family.replace(' ', '')}@zavelhof.example"


def rows() -> list[dict[str, str]]:
    """One row a right in a lot, as a syndic takes them over."""
    out: list[dict[str, str]] = []

    def add(number: int, shares: int, owner: int | None, **more: str) -> None:
        kind = "commercial" if number <= 2 else "garage" if number > 44 else "cellar" if number > 42 else "apartment"
        if owner is None:
            reference, name, language = "O-00", COMPANY, "nl"
        else:
            reference, (name, language) = f"O-{owner + 1:02}", PEOPLE[owner]
        # Every fourth has not accepted mail: his letters go by registered post (R026).
        accepts = owner is None or owner % 4 != 3
        out.append(
            dict.fromkeys(COLUMNS, "")
            | {
                "lot_number": f"{number:02}",
                "lot_kind": kind,
                "lot_shares": str(shares),
                "building": "A" if number <= 24 else "B",
                "owner_reference": reference,
                "owner_kind": "legal_person" if owner is None else "natural_person",
                "owner_name": name,
                "language": language,
                "address": "Meirbrug 1" if owner is None else f"Zavelplein 7 bus {owner + 17}",
                "postal_code": "2000" if owner is None else "1000",
                "city": "Antwerpen" if owner is None else "Brussel",
                "email": "bestuur@meirbrug.example" if owner is None else email_of(name),
                "accepts_email": "yes" if accepts else "no",
                "right": "full",
                "fraction": "1",
                "since": "2024-01-01",
            }
            | more
        )

    for number in range(1, 17):
        add(number, 320, None)
    for number in range(17, 40):
        add(number, 190, number - 17)
    # Undivided without a mandatary: takes no part (R022).
    add(40, 190, 23, fraction="1/2")
    add(40, 190, 24, fraction="1/2")
    # Undivided with one.
    add(41, 100, 0, fraction="1/3")
    add(41, 100, 25, fraction="2/3", mandatary="yes")
    # Split, with the usufructuary as mandatary.
    add(42, 60, 1, right="bare")
    add(42, 60, 2, right="usufruct", mandatary="yes")
    for number, owner in zip(range(43, 49), (3, 4, 5, 6, 7, 8), strict=True):
        add(number, 25 if number < 45 else 15, owner)
    spare = DENOMINATOR - sum({row["lot_number"]: int(row["lot_shares"]) for row in out}.values())
    for row in out:
        if row["lot_number"] == "39":
            row["lot_shares"] = str(int(row["lot_shares"]) + spare)
    return out


def as_csv(mark: str = "") -> bytes:
    """`mark` makes the mail addresses those of one building among several."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, delimiter=";")
    writer.writeheader()
    writer.writerows(rows())
    return text.getvalue().replace(".example", f"{mark[-6:]}.example").encode()
