"""camt.053 as banks write it, in the versions that differ; a test says only what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from koprogo.kernel.money import euros

ASSOCIATION = "BE47435000000080"
DAY = date(2026, 3, 17)
VERSIONS = ["02", "03", "04", "06", "07", "08"]


def tag(name: str, *contents: str) -> str:
    """Nothing when there is nothing in it."""
    inside = "".join(contents)
    return f"<{name}>{inside}</{name}>" if inside else ""


def said(name: str, text: str) -> str:
    return tag(name, escape(text))


def amount(cents: int, currency: str = "EUR") -> str:
    return f'<Amt Ccy="{currency}">{euros(abs(cents))}</Amt>'


def sign(cents: int) -> str:
    return said("CdtDbtInd", "DBIT" if cents < 0 else "CRDT")


@dataclass(frozen=True)
class Detail:
    amount: int | None = None
    name: str = "PEETERS AN"
    account: str = "BE71096123456769"
    side: str = ""
    """Dbtr or Cdtr; by the sign of the entry when it is not said."""
    free: tuple[str, ...] = ()
    reference: str = ""
    issuer: str = "BBA"
    added: str = ""
    end_to_end_id: str = "NOTPROVIDED"
    bank_reference: str = ""
    return_reason: str = ""
    foreign: str = ""
    """"120.00 USD"."""
    more: str = ""
    """Other elements of RltdPties."""

    def xml(self, version: str, whole: int) -> str:
        own = self.amount
        side = self.side or ("Cdtr" if (whole if own is None else own) < 0 else "Dbtr")
        name = said("Nm", self.name)
        structured = tag(
            "Strd",
            tag(
                "CdtrRefInf",
                tag("Tp", "<CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry>", said("Issr", self.issuer)) if self.reference else "",
                said("Ref", self.reference),
            ),
            said("AddtlRmtInf", self.added),
        )
        foreign, _, currency = self.foreign.partition(" ")
        instructed = f'<InstdAmt><Amt Ccy="{currency}">{foreign}</Amt></InstdAmt>' if foreign else ""
        amounts = tag("AmtDtls", instructed, tag("TxAmt", amount(own)) if own is not None and version == "02" else "")
        if own is not None and version != "02":
            amounts = amount(own) + sign(own) + amounts
        return tag(
            "TxDtls",
            tag("Refs", said("AcctSvcrRef", self.bank_reference), said("EndToEndId", self.end_to_end_id)),
            amounts,
            tag(
                "RltdPties",
                tag(side, tag("Pty", name) if version == "08" else name),
                tag(f"{side}Acct", tag("Id", said("IBAN", self.account))),
                self.more,
            ),
            tag("RmtInf", *[said("Ustrd", one) for one in self.free], structured),
            tag("RtrInf", tag("Rsn", said("Cd", self.return_reason))),
        )


@dataclass(frozen=True)
class Entry:
    amount: int = 12_500
    details: tuple[Detail, ...] = (Detail(),)
    status: str = "BOOK"
    booked_on: str = "<Dt>2026-03-17</Dt>"
    value_on: str = "<Dt>2026-03-17</Dt>"
    bank_reference: str = ""
    information: str = ""
    reversal: bool = False
    family: str = "ESCT"
    more: str = ""

    def xml(self, version: str) -> str:
        status = said("Sts", self.status) if version == "02" else tag("Sts", said("Cd", self.status))
        return tag(
            "Ntry",
            amount(self.amount),
            sign(self.amount),
            "<RvslInd>true</RvslInd>" if self.reversal else "",
            status,
            tag("BookgDt", self.booked_on),
            tag("ValDt", self.value_on),
            said("AcctSvcrRef", self.bank_reference),
            f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>{self.family}</SubFmlyCd></Fmly></Domn></BkTxCd>",
            self.more,
            tag("NtryDtls", *[one.xml(version, self.amount) for one in self.details]),
            said("AddtlNtryInf", self.information),
        )


def balance(kind: str, cents: int, day: str) -> str:
    return tag(
        "Bal",
        f"<Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>",
        amount(cents),
        sign(cents),
        tag("Dt", said("Dt", day)) if day else "",
    )


def statement(
    *entries: Entry,
    version: str = "02",
    opening: int = 100_000,
    closing: int | None = None,
    opens_with: str = "OPBD",
    account: str = f"<IBAN>{ASSOCIATION}</IBAN>",
    currency: str = "EUR",
    number: str = "KBC-2026-03-17-0001",
    opened_on: str = "2026-03-16",
    closed_on: str = "2026-03-17",
    more: str = "",
) -> str:
    if closing is None:
        closing = opening + sum(one.amount for one in entries if one.status == "BOOK")
    return tag(
        "Stmt",
        said("Id", number),
        more,
        tag("Acct", tag("Id", account), said("Ccy", currency)),
        balance(opens_with, opening, opened_on) if opens_with else "",
        balance("CLBD", closing, closed_on),
        balance("CLAV", closing + 1, closed_on),
        *[one.xml(version) for one in entries],
    )


def file_of(*statements: str, version: str = "02", encoding: str = "UTF-8", namespace: str | None = None) -> bytes:
    name = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}" if namespace is None else namespace
    header = "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-17T20:00:00+01:00</CreDtTm></GrpHdr>"
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<Document xmlns="{name}">\n<BkToCstmrStmt>{header}\n'
        + "\n".join(statements)
        + "\n</BkToCstmrStmt></Document>\n"
    )
    return text.encode(encoding)


def camt(*entries: Entry, version: str = "02", **rest: object) -> bytes:
    return file_of(statement(*entries, version=version, **rest), version=version)  # type: ignore[arg-type]
