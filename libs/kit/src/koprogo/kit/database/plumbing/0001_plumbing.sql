-- Tables that every service has: outbox, inbox, idempotency keys and its copy of the grants.
-- The migration runs as the role that owns the schema; the role that runs the service gets its rights by
-- default privileges, and is subject to the policies below. A policy reads its setting in a sub-select: once a
-- statement instead of once a row.

create table outbox (
    id uuid primary key,
    position bigint generated always as identity,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    topic text not null,
    key text not null,
    type text not null,
    payload bytea not null,
    traceparent text not null default '',
    occurred_at timestamptz not null default now(),
    published_at timestamptz
);
create index outbox_unpublished on outbox (position) where published_at is null;
alter table outbox enable row level security;
alter table outbox force row level security;
create policy tenant_writes on outbox for insert with check (tenant_id = (select current_setting('koprogo.tenant')::uuid));
-- The relay carries the events of all tenants.
create policy relay_reads on outbox for select using (current_setting('koprogo.relay', true) = 'on');
create policy relay_marks on outbox for update using (current_setting('koprogo.relay', true) = 'on');
create policy relay_forgets on outbox for delete using (current_setting('koprogo.relay', true) = 'on');

create table inbox (
    event_id uuid,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    handled_at timestamptz not null default now(),
    primary key (tenant_id, event_id)
);
alter table inbox enable row level security;
alter table inbox force row level security;
create policy tenant on inbox using (tenant_id = (select current_setting('koprogo.tenant')::uuid));
create policy relay_forgets on inbox for delete
    using (current_setting('koprogo.relay', true) = 'on' and handled_at < now() - interval '30 days');

create table idempotency_keys (
    subject uuid not null,
    key text not null,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    fingerprint bytea not null,
    status int,
    media_type text,
    body bytea,
    location text,
    created_at timestamptz not null default now(),
    primary key (tenant_id, subject, key)
);
alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy tenant on idempotency_keys using (tenant_id = (select current_setting('koprogo.tenant')::uuid));
create policy relay_forgets on idempotency_keys for delete
    using (current_setting('koprogo.relay', true) = 'on' and created_at < now() - interval '30 days');

-- Who may do what. Read before the tenant is known, by subject alone; written inside the tenant.
create table grants (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    subject uuid not null,
    association_id uuid,
    role text not null,
    co_owner_id uuid,
    valid_during daterange not null
);
create index grants_of_subject on grants (subject);
alter table grants enable row level security;
alter table grants force row level security;
create policy tenant on grants using (tenant_id = (select current_setting('koprogo.tenant', true)::uuid));
create policy own on grants for select
    using (subject = (select nullif(current_setting('koprogo.subject', true), '')::uuid));

create function grants_of(p_subject uuid) returns setof grants
language plpgsql as $$
begin
    perform set_config('koprogo.tenant', '00000000-0000-0000-0000-000000000000', true),
            set_config('koprogo.subject', p_subject::text, true);
    return query select * from grants g where g.subject = p_subject and g.valid_during @> current_date;
    perform set_config('koprogo.subject', '', true);
end
$$;
