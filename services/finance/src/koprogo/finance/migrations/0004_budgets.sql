-- From this day five years run until the contribution to the reserve fund is due (R121).
alter table books add column provisional_acceptance date;

create table budgets (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references books,
    kind text not null check (kind in ('ordinary', 'extraordinary')),
    titles jsonb not null,
    -- Of a financial year, which the books need not have yet.
    days daterange not null check (not lower_inf(days) and not upper_inf(days)),
    reserve bigint not null check (reserve >= 0 and (reserve = 0 or kind = 'ordinary')),
    state text not null check (state in ('draft', 'adopted', 'rejected')),
    decision jsonb,
    -- Chosen with the first instalment: those of two schedules would overlap.
    schedule text check (schedule in ('monthly', 'quarterly', 'yearly')),
    version int not null default 1,
    check ((decision is null) = (state = 'draft')),
    check (schedule is null or state = 'adopted')
);
create index budgets_in_order on budgets (association_id, id);

create table budget_lines (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    budget_id uuid not null references budgets on delete cascade,
    position int not null,
    association_id uuid not null,
    account text not null check (account like '6%'),
    key_id uuid,
    amount bigint not null check (amount >= 0),
    labels jsonb not null,
    occupant_percent smallint not null check (occupant_percent between 0 and 100),
    primary key (budget_id, position),
    foreign key (association_id, account) references accounts (association_id, code)
);

alter table calls add foreign key (budget_id) references budgets;

-- What meetings decided, as governance tells it, also of associations whose books are not open yet.
create table decisions (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null,
    meeting_id uuid not null,
    -- Day, item and titles.
    decision jsonb not null,
    nature text not null,
    adopted boolean not null,
    about text not null
);
create index decisions_in_order on decisions (association_id, id);

do $$
declare name text;
begin
    foreach name in array array['budgets', 'budget_lines', 'decisions'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy tenant on %I'
            ' using (tenant_id = (select current_setting(''koprogo.tenant'')::uuid))', name);
    end loop;
end $$;
