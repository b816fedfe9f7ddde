"""What finance answers to its neighbours."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from koprogo.finance.application.ports import Property, UnitOfWork
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.transfer_statement import parts_of
from koprogo.kernel.errors import DomainError
from koprogo.kernel.money import euros
from koprogo.kit.grpc import caller_tenant
from koprogo_api.finance.v1 import accounts_pb2 as pb
from koprogo_api.finance.v1 import accounts_pb2_grpc

MAX_LOTS = 200


class TooManyLots(DomainError):
    reason = "TOO_MANY_LOTS"


class Accounts(accounts_pb2_grpc.AccountsServicer):
    def __init__(self, uow_of: Callable[[UUID], UnitOfWork], property_: Property) -> None:
        self._uow_of = uow_of
        self._property = property_

    async def OwedOn(self, request: pb.OwedOnRequest, context: Any) -> pb.OwedOnResponse:
        uow = self._uow_of(caller_tenant())
        async with uow:
            owed = await uow.demand_screens.owed_on(
                UUID(request.association_id),
                date.fromisoformat(request.on),
                [UUID(one) for one in request.holders_ids] or None,
            )
        return pb.OwedOnResponse(
            owners=[
                pb.OwnerBalance(holders_id=str(party), working_capital=euros(working), reserve_fund=euros(reserve))
                for party, working, reserve in owed
            ]
        )

    async def TransferFigures(self, request: pb.TransferFiguresRequest, context: Any) -> pb.TransferFiguresResponse:
        if len(request.lot_ids) > MAX_LOTS:
            raise TooManyLots(f"Ask for at most {MAX_LOTS} lots at once.")
        tenant, association_id = caller_tenant(), UUID(request.association_id)
        on, wanted = date.fromisoformat(request.on), set(request.lot_ids)
        owners = await self._property.owners(tenant, association_id, on)
        lots = [lot for _, lot in owners.lots()]
        answer = pb.TransferFiguresResponse()
        uow = self._uow_of(tenant)
        async with uow:
            funds = await uow.transfer_requests.funds(association_id, on)
            for debtor, lot in owners.lots():
                if str(lot.id) in wanted:
                    parts = parts_of(funds, lot, lots)
                    due = await uow.transfer_requests.due(association_id, debtor.id, on)
                    answer.lots.add(
                        lot_id=str(lot.id),
                        holders_id=str(debtor.id),
                        working_capital_part=euros(parts[Fund.WORKING]),
                        reserve_fund_part=euros(parts[Fund.RESERVE]),
                        arrears=euros(sum(demand.open for demand in due)),
                    )
        answer.working_capital, answer.reserve_fund = euros(funds[Fund.WORKING]), euros(funds[Fund.RESERVE])
        return answer
