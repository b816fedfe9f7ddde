create extension if not exists btree_gist;

create table associations (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    name text not null,
    enterprise_number text not null,
    address text[] not null,
    region text not null,
    languages text[] not null,
    share_denominator bigint not null check (share_denominator > 0),
    version int not null default 1,
    unique (tenant_id, enterprise_number)
);
alter table associations enable row level security;
alter table associations force row level security;
create policy tenant on associations using (tenant_id = (select current_setting('koprogo.tenant')::uuid));

create table lots (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references associations,
    number text not null,
    -- 2 before 10: what lists are ordered by.
    sort_key text not null generated always as (
        lpad(coalesce(substring(number from '[0-9]+'), ''), 8, '0') || number) stored,
    kind text not null,
    building text not null default '',
    shares bigint not null check (shares > 0),
    version int not null default 1,
    unique (association_id, number)
);
create unique index lots_in_order on lots (association_id, sort_key);
alter table lots enable row level security;
alter table lots force row level security;
create policy tenant on lots using (tenant_id = (select current_setting('koprogo.tenant')::uuid));

create table co_owners (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references associations,
    reference text not null,
    kind text not null,
    name text not null,
    language text not null,
    address text[] not null,
    email text not null default '',
    -- Individually, explicitly and in writing (R026).
    accepts_email boolean not null default false,
    version int not null default 1,
    unique (association_id, reference)
);
create index co_owners_in_order on co_owners (association_id, name, id);
alter table co_owners enable row level security;
alter table co_owners force row level security;
create policy tenant on co_owners using (tenant_id = (select current_setting('koprogo.tenant')::uuid));

create table ownerships (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    lot_id uuid not null references lots,
    co_owner_id uuid not null references co_owners,
    "right" text not null check ("right" in ('full', 'bare', 'usufruct')),
    numerator bigint not null check (numerator > 0),
    denominator bigint not null check (denominator >= numerator),
    valid_during daterange not null,
    primary key (lot_id, co_owner_id, "right", valid_during without overlaps)
);
create index ownerships_of_co_owner on ownerships (co_owner_id);
alter table ownerships enable row level security;
alter table ownerships force row level security;
create policy tenant on ownerships using (tenant_id = (select current_setting('koprogo.tenant')::uuid));

-- Who speaks for a lot held by several (R022).
create table mandataries (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    lot_id uuid not null references lots,
    co_owner_id uuid not null references co_owners,
    valid_during daterange not null,
    primary key (lot_id, valid_during without overlaps)
);
alter table mandataries enable row level security;
alter table mandataries force row level security;
create policy tenant on mandataries using (tenant_id = (select current_setting('koprogo.tenant')::uuid));

create table allocation_keys (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references associations,
    name text not null,
    unique (association_id, name)
);
alter table allocation_keys enable row level security;
alter table allocation_keys force row level security;
create policy tenant on allocation_keys using (tenant_id = (select current_setting('koprogo.tenant')::uuid));

create table allocation_key_shares (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    key_id uuid not null references allocation_keys,
    lot_id uuid not null references lots,
    shares bigint not null check (shares > 0),
    primary key (key_id, lot_id)
);
alter table allocation_key_shares enable row level security;
alter table allocation_key_shares force row level security;
create policy tenant on allocation_key_shares using (tenant_id = (select current_setting('koprogo.tenant')::uuid));

-- Whose an association is: the one question asked before a tenant is known. Runs as the owner of the schema,
-- whom one policy lets see this and nothing else.
create policy owner_looks_up on associations for select to current_user using (true);
create function organisation_of(p_association uuid) returns uuid
language sql stable security definer set search_path = public as
$$ select tenant_id from associations where id = p_association $$;
