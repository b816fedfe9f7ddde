"""What stood on each account on a day, without the lines of the years before it."""

WITH_MOVED = """
with moved as (
select account, fund, (debit - credit)::bigint as amount from account_months
where association_id = $1 and month < date_trunc('month', $2::date + 1)
union all
select a.code, l.fund, l.amount from accounts a cross join lateral (
    select fund, sum(amount)::bigint as amount from entry_lines l
    where l.association_id = $1 and l.account = a.code
      and l.dated between date_trunc('month', $2::date + 1)::date and $2
    group by fund) l
where a.association_id = $1)
"""
"""`moved`, by account and fund, of an association until a day and with it: whole months from where posting keeps
them, the days of a month that is begun from its lines, one account at a time by its index. An account may have several
rows.
"""
