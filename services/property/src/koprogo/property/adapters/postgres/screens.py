"""Reads for screens: one statement each."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg

from koprogo.kernel.errors import NotFound
from koprogo.kernel.words import Language, LotKind, Region
from koprogo.kit.database import Connection
from koprogo.property.application.views import AssociationView, ContactView, CoOwnerView, HolderView, LotView
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
            select l.id, l.number, l.kind, l.building, l.shares, l.version, h.holders
            from lots l
            left join lateral (
                select array_agg(row(c.id, c.name, o."right", o.numerator, o.denominator,
                                     m.co_owner_id is not null) order by o."right", c.name) as holders
                from ownerships o
                join co_owners c on c.id = o.co_owner_id
                left join mandataries m
                    on m.lot_id = o.lot_id and m.co_owner_id = o.co_owner_id and m.valid_during @> $4::date
                where o.lot_id = l.id and o.valid_during @> $4::date) h on true
            where l.association_id = $1
              and ($3::text is null
                   or l.sort_key > (select sort_key from lots where association_id = $1 and number = $3))
            order by l.sort_key limit $2
            """,
            association_id,
            limit,
            after,
            on,
        )
        return [
            LotView(
                id=row["id"],
                number=row["number"],
                kind=LotKind(row["kind"]),
                building=row["building"],
                shares=row["shares"],
                holders=[
                    HolderView(h[0], h[1], Right(h[2]), str(h[3]) if h[4] == 1 else f"{h[3]}/{h[4]}", h[5])
                    for h in row["holders"] or ()
                ],
                version=row["version"],
            )
            for row in rows
        ]

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
