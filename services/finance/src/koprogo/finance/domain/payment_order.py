"""What the association asks its bank to pay (ordre de paiement, betaalopdracht), in one file for one day."""

from datetime import date, datetime

import msgspec


class CreditTransfer(msgspec.Struct, frozen=True, kw_only=True):
    """One payment of an order (virement, overschrijving)."""

    end_to_end_id: str
    """Ours, unique in the order; it comes back with the movement on the statement, and with a refusal."""
    amount: int
    """Cents, above zero."""
    creditor_name: str
    creditor_iban: str
    structured: str = ""
    """Twelve digits of the creditor's; when it is there, no free text goes with it."""
    free: str = ""


class PaymentOrder(msgspec.Struct, frozen=True, kw_only=True):
    message_id: str
    """Unique for the payer: a bank refuses to execute the same one twice."""
    created_at: datetime
    execution_day: date
    payer_name: str
    payer_iban: str
    payments: tuple[CreditTransfer, ...]
