from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from uuid import UUID

from koprogo.kernel.errors import NotFound, Stale
from koprogo.kernel.words import LotKind
from koprogo.kit.database import UnitOfWork
from koprogo.property.adapters.events import outgoing
from koprogo.property.domain.lot import Lot
from koprogo.property.domain.ownership import Holding, Right
from koprogo.property.domain.voter_roll import OwnedLot


class PostgresLots:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._connection = uow.connection

    async def lock(self, association_id: UUID) -> None:
        await self._connection.execute("select 1 from associations where id = $1 for update", association_id)

    async def numbers(self, association_id: UUID) -> Sequence[str]:
        rows = await self._connection.fetch("select number from lots where association_id = $1", association_id)
        return [row["number"] for row in rows]

    async def ids(self, association_id: UUID) -> set[UUID]:
        rows = await self._connection.fetch("select id from lots where association_id = $1", association_id)
        return {row["id"] for row in rows}

    async def get(self, association_id: UUID, lot_id: UUID, *, lock: bool = False) -> Lot:
        row = await self._connection.fetchrow(
            "select id, number, kind, building, shares, version from lots"  # noqa: S608
            " where association_id = $1 and id = $2" + (" for update" if lock else ""),
            association_id,
            lot_id,
        )
        if row is None:
            raise NotFound("There is no such lot.")
        return Lot(row["id"], row["number"], LotKind(row["kind"]), row["building"], row["shares"], row["version"])

    async def save(self, association_id: UUID, lot: Lot) -> None:
        done = await self._connection.execute(
            "update lots set kind = $3, building = $4, shares = $5, version = version + 1"
            " where association_id = $1 and id = $2 and version = $6",
            association_id,
            lot.id,
            lot.kind.value,
            lot.building,
            lot.shares,
            lot.version,
        )
        if done != "UPDATE 1":
            raise Stale("The lot was changed at the same moment; read it again.")
        lot.version += 1
        await self._uow.publish(*(outgoing(event, self._uow.tenant) for event in lot.events))
        lot.events.clear()

    async def add_all(self, association_id: UUID, lots: Iterable[Lot]) -> None:
        await self._connection.executemany(
            "insert into lots (id, association_id, number, kind, building, shares) values ($1, $2, $3, $4, $5, $6)",
            [(lot.id, association_id, lot.number, lot.kind.value, lot.building, lot.shares) for lot in lots],
        )

    async def add_holdings(self, holdings: Iterable[tuple[UUID, Holding, date]]) -> None:
        await self._connection.executemany(
            'insert into ownerships (lot_id, co_owner_id, "right", numerator, denominator, valid_during)'
            " values ($1, $2, $3, $4, $5, daterange($6, null))",
            [
                (
                    lot_id,
                    held.co_owner_id,
                    held.right.value,
                    held.fraction.numerator,
                    held.fraction.denominator,
                    since,
                )
                for lot_id, held, since in holdings
            ],
        )

    async def holdings(self, lot_id: UUID, on: date) -> Sequence[Holding]:
        rows = await self._connection.fetch(
            'select co_owner_id, "right", numerator, denominator from ownerships'
            " where lot_id = $1 and valid_during @> $2::date",
            lot_id,
            on,
        )
        return [Holding(r["co_owner_id"], Right(r["right"]), Fraction(r["numerator"], r["denominator"])) for r in rows]

    async def last_holdings(self, lot_id: UUID) -> Sequence[tuple[Holding, date]]:
        rows = await self._connection.fetch(
            'select co_owner_id, "right", numerator, denominator, lower(valid_during) as since from ownerships'
            " where lot_id = $1 and upper_inf(valid_during) order by co_owner_id",
            lot_id,
        )
        return [
            (Holding(r["co_owner_id"], Right(r["right"]), Fraction(r["numerator"], r["denominator"])), r["since"])
            for r in rows
        ]

    async def end_holdings(self, lot_id: UUID, on: date) -> None:
        await self._connection.execute(
            "update ownerships set valid_during = daterange(lower(valid_during), $2)"
            " where lot_id = $1 and upper_inf(valid_during)",
            lot_id,
            on,
        )

    async def departures(self, association_id: UUID, co_owner_ids: Iterable[UUID]) -> Mapping[UUID, date]:
        rows = await self._connection.fetch(
            "select o.co_owner_id, max(upper(o.valid_during)) as since"
            " from ownerships o join lots l on l.id = o.lot_id"
            " where l.association_id = $1 and o.co_owner_id = any($2)"
            " group by o.co_owner_id having not bool_or(upper_inf(o.valid_during))",
            association_id,
            list(co_owner_ids),
        )
        return {row["co_owner_id"]: row["since"] for row in rows}

    async def designate(self, lot_id: UUID, mandatary: UUID | None, since: date) -> None:
        # Two at once would both find the period free.
        await self._connection.execute("select 1 from lots where id = $1 for update", lot_id)
        await self._connection.execute(
            "delete from mandataries where lot_id = $1 and lower(valid_during) >= $2", lot_id, since
        )
        await self._connection.execute(
            "update mandataries set valid_during = daterange(lower(valid_during), $2)"
            " where lot_id = $1 and valid_during @> $2::date",
            lot_id,
            since,
        )
        if mandatary is not None:
            await self._connection.execute(
                "insert into mandataries (lot_id, co_owner_id, valid_during) values ($1, $2, daterange($3, null))",
                lot_id,
                mandatary,
                since,
            )

    async def owned(self, association_id: UUID, on: date) -> Sequence[OwnedLot]:
        rows = await self._connection.fetch(
            "select l.id, l.number, l.kind, l.shares, m.co_owner_id as mandatary"
            " from lots l left join mandataries m on m.lot_id = l.id and m.valid_during @> $2::date"
            " where l.association_id = $1 order by l.sort_key",
            association_id,
            on,
        )
        held: dict[UUID, list[Holding]] = defaultdict(list)
        for r in await self._connection.fetch(
            'select o.lot_id, o.co_owner_id, o."right", o.numerator, o.denominator'
            " from ownerships o join lots l on l.id = o.lot_id"
            " where l.association_id = $1 and o.valid_during @> $2::date order by o.co_owner_id",
            association_id,
            on,
        ):
            held[r["lot_id"]].append(
                Holding(r["co_owner_id"], Right(r["right"]), Fraction(r["numerator"], r["denominator"]))
            )
        keys: dict[UUID, dict[str, int]] = defaultdict(dict)
        for r in await self._connection.fetch(
            "select s.lot_id, s.key_id, s.shares from allocation_key_shares s"
            " join allocation_keys k on k.id = s.key_id where k.association_id = $1",
            association_id,
        ):
            keys[r["lot_id"]][str(r["key_id"])] = r["shares"]
        return [
            OwnedLot(
                id=row["id"],
                number=row["number"],
                kind=LotKind(row["kind"]),
                shares=row["shares"],
                holdings=tuple(held[row["id"]]),
                mandatary=row["mandatary"],
                key_shares=keys[row["id"]],
            )
            for row in rows
        ]
