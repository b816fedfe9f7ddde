-- On which days lots changed hands, as property tells: there the charges of a period are split by days.
create table lot_transfers (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null,
    lot_id uuid not null,
    transferred_on date not null,
    primary key (association_id, transferred_on, lot_id)
);

-- A charge statement makes demands as a call does, under its own id; no decision of a meeting raises them.
alter table calls alter column decision drop not null;

create table charge_statements (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references books,
    period daterange not null check (not lower_inf(period) and not upper_inf(period)),
    issued_on date not null,
    due_on date not null,
    -- Settles each owner's difference; none when nobody differs.
    entry_id uuid references entries deferrable initially deferred,
    -- No day is stated twice.
    exclude using gist (association_id with =, period with &&)
);
create index charge_statements_in_order on charge_statements (association_id, id);

create table owner_statements (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    statement_id uuid not null references charge_statements,
    association_id uuid not null,
    party_id uuid not null,
    charges bigint not null,
    called bigint not null,
    account_balance bigint not null,
    demand_id uuid references demands,
    -- As they were sent: what he bears of each charge, and the two funds.
    lines jsonb not null,
    funds jsonb not null,
    primary key (statement_id, party_id),
    foreign key (association_id, party_id) references parties (association_id, id)
);

do $$
declare name text;
begin
    foreach name in array array['lot_transfers', 'charge_statements', 'owner_statements'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy tenant on %I'
            ' using (tenant_id = (select current_setting(''koprogo.tenant'')::uuid))', name);
    end loop;
end $$;
