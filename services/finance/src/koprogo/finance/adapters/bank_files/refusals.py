"""What is wrong with a file of the bank. Each says where: the record or entry, and the line of the file."""

from koprogo.finance.domain.bank_statement import StatementRefused
from koprogo.kernel.errors import DomainError
from koprogo.kernel.money import euros

ASK_AGAIN = "ask the bank for the file again"


class BankFileUnknown(DomainError):
    reason = "BANK_FILE_UNKNOWN"


class BankFileTooLarge(DomainError):
    reason = "BANK_FILE_TOO_LARGE"


class Unreadable(StatementRefused):
    """An amount, a sign, a day or a whole record is not what the standard says there."""

    reason = "STATEMENT_UNREADABLE"


class Incomplete(StatementRefused):
    """A record, a movement or a balance is missing, or is there twice."""

    reason = "STATEMENT_INCOMPLETE"


class BalanceDoesNotFollow(StatementRefused):
    reason = "STATEMENT_BALANCE_DOES_NOT_FOLLOW"

    def __init__(self, place: str, line: int, *, opening: int, movements: int, closing: int) -> None:
        super().__init__(
            place,
            line,
            f"{euros(opening)} before and {euros(movements)} of movements give {euros(opening + movements)}, "
            f"but the new balance is {euros(closing)}; {ASK_AGAIN}.",
            opening=euros(opening),
            movements=euros(movements),
            closing=euros(closing),
        )


class TotalsContradict(StatementRefused):
    """What the last record of CODA counts is not what the records before it are."""

    reason = "STATEMENT_TOTALS_CONTRADICT"

    def __init__(self, place: str, line: int, what: str, *, said: str, found: str) -> None:
        super().__init__(
            place, line, f"it says {what} {said}, but there are {found}; {ASK_AGAIN}.", said=said, found=found
        )


class AccountsContradict(StatementRefused):
    reason = "STATEMENT_ACCOUNTS_CONTRADICT"


class AccountInvalid(StatementRefused):
    """The account of the statement has no IBAN whose check is right."""

    reason = "STATEMENT_ACCOUNT_INVALID"


class NotInEuro(StatementRefused):
    reason = "STATEMENT_NOT_IN_EURO"

    def __init__(self, place: str, line: int, currency: str) -> None:
        super().__init__(
            place,
            line,
            f"it is in {currency}, and an association's books are in euro; leave it out.",
            currency=currency,
        )
