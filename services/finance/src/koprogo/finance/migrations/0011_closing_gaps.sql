-- What was called for works and not spent when a period was stated, by lot and owner: the next statement brings it
-- back, and carries forward what is still not spent.
create table works_carried (
    id uuid primary key default gen_random_uuid(),
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    statement_id uuid not null references charge_statements,
    association_id uuid not null,
    -- Of the decision, else of the call or of the entry that called for them.
    works_id uuid not null,
    titles jsonb not null,
    decided_on date not null,
    key_name text not null,
    lot_id uuid,
    party_id uuid not null,
    brought bigint not null,
    called bigint not null,
    carried bigint not null check (carried >= 0),
    unique nulls not distinct (statement_id, works_id, key_name, lot_id, party_id),
    foreign key (association_id, party_id) references parties (association_id, id)
);
create index works_carried_of on works_carried (association_id, statement_id);

-- Why a call, a settlement (under the id of its call) or a charge statement was withdrawn, and what turned it round.
create table withdrawals (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references books,
    reason text not null check (reason <> ''),
    withdrawn_on date not null,
    withdrawn_by uuid not null,
    -- None when there was nothing to turn round.
    entry_id uuid references entries deferrable initially deferred
);

-- Only what stands keeps another from being made.
alter table calls add column is_withdrawn boolean not null default false;
drop index calls_of_budget;
create unique index calls_of_budget on calls (budget_id, period) where budget_id is not null and not is_withdrawn;
alter table charge_statements add column is_withdrawn boolean not null default false;
alter table charge_statements drop constraint charge_statements_association_id_period_excl;
alter table charge_statements add constraint charge_statements_stand
    exclude using gist (association_id with =, period with &&) where (not is_withdrawn);
alter table transfer_settlements add column is_withdrawn boolean not null default false;
alter table transfer_settlements drop constraint transfer_settlements_pkey;
alter table transfer_settlements drop constraint transfer_settlements_call_id_key;
alter table transfer_settlements add primary key (call_id);
create unique index transfer_settlements_stand on transfer_settlements (association_id, transferred_on, lot_id)
    where not is_withdrawn;

-- Who sends reminders where no statements are imported has checked the bank by hand, until this day.
alter table reminders add column bank_checked_until date;

-- A draft on the agenda of a meeting that is convened stays as it was then: each version is kept with its moment.
alter table budgets add column convened_on date;
create table budget_versions (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    budget_id uuid not null references budgets on delete cascade,
    version int not null,
    content jsonb not null,
    written_at timestamptz not null,
    primary key (budget_id, version)
);
alter table budgets drop constraint budgets_state_check;
alter table budgets add constraint budgets_state_check
    check (state in ('draft', 'adopted', 'rejected', 'replaced'));
alter table budgets drop constraint budgets_check2;
alter table budgets add constraint budgets_check2 check (schedule is null or state in ('adopted', 'replaced'));

-- What is there already, of every organisation: the version of today, and of two adopted ones the one decided later.
alter table budgets no force row level security;
alter table budget_lines no force row level security;
insert into budget_versions (tenant_id, budget_id, version, content, written_at)
select b.tenant_id, b.id, b.version, jsonb_build_object(
    'titles', b.titles, 'first_day', lower(b.days), 'last_day', upper(b.days) - 1, 'reserve', b.reserve,
    'lines', (select coalesce(jsonb_agg(jsonb_build_object('account', l.account, 'amount', l.amount, 'labels', l.labels,
        'key_id', l.key_id, 'occupant_percent', l.occupant_percent) order by l.position), '[]')
        from budget_lines l where l.budget_id = b.id)), now()
from budgets b;
update budgets b set state = 'replaced' where b.kind = 'ordinary' and b.state = 'adopted' and exists (
    select from budgets o where o.association_id = b.association_id and o.kind = 'ordinary' and o.state = 'adopted'
        and o.days && b.days
        and (o.decision ->> 'decided_on', (o.decision ->> 'item_number')::int, o.id)
            > (b.decision ->> 'decided_on', (b.decision ->> 'item_number')::int, b.id));
alter table budgets force row level security;
alter table budget_lines force row level security;
alter table budgets add constraint budgets_stand exclude using gist (association_id with =, days with &&)
    where (kind = 'ordinary' and state = 'adopted');

do $$
declare name text;
begin
    foreach name in array array['works_carried', 'withdrawals', 'budget_versions'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy tenant on %I'
            ' using (tenant_id = (select current_setting(''koprogo.tenant'')::uuid))', name);
    end loop;
end $$;
