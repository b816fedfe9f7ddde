"""What a lease usually puts on the occupants of an owner's lots (R126): the association claims nothing of them."""

from koprogo.finance.application.views_statements import OccupantStatement, OwnerStatementView
from koprogo.kernel.money import cents, euros


def occupant_statements(own: OwnerStatementView) -> list[OccupantStatement]:
    """One for each lot of the owner's statement, with the lines of which a part is the occupant's."""
    lots = dict.fromkeys((line.lot_id, line.lot_number) for line in own.lines)
    found = []
    for lot_id, number in lots:
        of_lot = [line for line in own.lines if line.lot_id == lot_id]
        found.append(
            OccupantStatement(
                lot_id=lot_id,
                lot_number=number,
                period_from=own.period_from,
                period_until=own.period_until,
                lines=[line for line in of_lot if line.occupant_percent],
                charges=euros(sum(cents(line.amount) for line in of_lot)),
                occupant_total=euros(sum(cents(line.occupant_part) for line in of_lot)),
            )
        )
    return found
