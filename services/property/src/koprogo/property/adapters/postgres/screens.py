"""Reads for screens: one statement each."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import groupby
from uuid import UUID

import asyncpg

from koprogo.kernel.errors import NotFound
from koprogo.kernel.words import Language, LotKind, Region
from koprogo.kit.database import Connection
from koprogo.property.application.views import (
    AssociationView,
    ContactView,
    CoOwnerView,
    HolderView,
    LotView,
    MandateView,
    OwnershipsView,
    OwnershipView,
)
from koprogo.property.domain.ownership import Right

ASSOCIATION = """
select a.id, a.name, a.enterprise_number, a.address, a.region, a.languages, a.share_denominator, a.version,
       coalesce(l.shares, 0)::bigint as shares_sum, coalesce(l.lots, 0) as lot_count,
       coalesce(l.counted, 0) as counted_lot_count
from associations a
left join lateral (
    select sum(shares) as shares, count(*) as lots,
           count(*) filter (where kind in ('apartment', 'commercial')) as counted
    from lots where association_id = a.id) l on true
"""


class PostgresScreens:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def associations(self, limit: int, after: str | None) -> Sequence[AssociationView]:
        rows = await self._connection.fetch(
            ASSOCIATION + " where ($2::text is null or a.id::text > $2) order by a.id limit $1", limit, after
        )
        return [_association(row) for row in rows]

    async def association(self, association_id: UUID) -> AssociationView:
        row = await self._connection.fetchrow(ASSOCIATION + " where a.id = $1", association_id)
        if row is None:
            raise NotFound("There is no such association.")
        return _association(row)

    async def lots(self, association_id: UUID, limit: int, after: str | None, on: date) -> Sequence[LotView]:
        rows = await self._connection.fetch(
            """
            with page as materialized (
                select id, number, kind, building, shares, version, sort_key from lots
                where association_id = $1
                  and ($3::text is null
                       or sort_key > (select x.sort_key from lots x where x.association_id = $1 and x.number = $3))
                order by sort_key limit $2)
            select p.id, p.number, p.kind, p.building, p.shares, p.version,
                   c.id as co_owner_id, c.name, o."right", o.numerator, o.denominator, m.lot_id is not null as speaks
            from page p
            left join ownerships o on o.lot_id = p.id and o.valid_during @> $4::date
            left join co_owners c on c.id = o.co_owner_id
            left join mandataries m
                on m.lot_id = p.id and m.co_owner_id = o.co_owner_id and m.valid_during @> $4::date
            order by p.sort_key, o."right", c.name
            """,
            association_id,
            limit,
            after,
            on,
        )
        return [_lot(list(of_lot)) for _, of_lot in groupby(rows, key=lambda row: row["id"])]

    async def ownerships(self, lot_id: UUID) -> OwnershipsView:
        held = await self._connection.fetch(
            'select o.co_owner_id, c.name, o."right", o.numerator, o.denominator,'
            " lower(o.valid_during) as since, upper(o.valid_during) as until"
            " from ownerships o join co_owners c on c.id = o.co_owner_id where o.lot_id = $1"
            ' order by since, o."right", c.name, o.co_owner_id',
            lot_id,
        )
        mandates = await self._connection.fetch(
            "select m.co_owner_id, c.name, lower(m.valid_during) as since, upper(m.valid_during) as until"
            " from mandataries m join co_owners c on c.id = m.co_owner_id where m.lot_id = $1 order by since",
            lot_id,
        )
        return OwnershipsView(
            [
                OwnershipView(r["co_owner_id"], r["name"], Right(r["right"]), _fraction(r), r["since"], r["until"])
                for r in held
            ],
            [MandateView(**dict(r)) for r in mandates],
        )

    async def co_owners(self, association_id: UUID, limit: int, after: str | None, on: date) -> Sequence[CoOwnerView]:
        rows = await self._connection.fetch(
            """
            select c.id, c.reference, c.kind, c.name, c.language, c.address, c.email, c.accepts_email, c.version,
                   coalesce(o.lots, '{}') as lots, coalesce(o.shares, 0)::bigint as shares
            from co_owners c
            left join lateral (
                select array_agg(l.number order by l.sort_key) as lots, sum(l.shares) as shares
                from lots l
                where l.id in (select lot_id from ownerships
                               where co_owner_id = c.id and valid_during @> $4::date)) o on true
            where c.association_id = $1
              and ($3::text is null or (c.name, c.id) > (select x.name, x.id from co_owners x where x.id::text = $3))
            order by c.name, c.id limit $2
            """,
            association_id,
            limit,
            after,
            on,
        )
        return [
            CoOwnerView(
                id=row["id"],
                reference=row["reference"],
                kind=row["kind"],
                name=row["name"],
                lots=row["lots"],
                shares=row["shares"],
                contact=ContactView(Language(row["language"]), row["address"], row["email"], row["accepts_email"]),
                version=row["version"],
            )
            for row in rows
        ]


def _lot(rows: Sequence[asyncpg.Record]) -> LotView:
    """From its rows, one a holder; a lot that nobody holds has one row without."""
    first = rows[0]
    return LotView(
        id=first["id"],
        number=first["number"],
        kind=LotKind(first["kind"]),
        building=first["building"],
        shares=first["shares"],
        holders=[
            HolderView(
                row["co_owner_id"],
                row["name"],
                Right(row["right"]),
                _fraction(row),
                row["speaks"],
            )
            for row in rows
            if row["co_owner_id"] is not None
        ],
        version=first["version"],
    )


def _fraction(row: asyncpg.Record) -> str:
    return str(Fraction(row["numerator"], row["denominator"]))


def _association(row: asyncpg.Record) -> AssociationView:
    return AssociationView(
        id=row["id"],
        name=row["name"],
        enterprise_number=row["enterprise_number"],
        address=row["address"],
        region=Region(row["region"]),
        languages=[Language(language) for language in row["languages"]],
        share_denominator=row["share_denominator"],
        shares_sum=row["shares_sum"],
        shares_difference=row["shares_sum"] - row["share_denominator"],
        lot_count=row["lot_count"],
        counted_lot_count=row["counted_lot_count"],
        version=row["version"],
    )
