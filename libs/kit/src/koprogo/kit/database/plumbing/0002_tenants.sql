-- The life of a tenant in this service: whether he writes, only reads, or is gone; and what the operator asked for.
create table tenants (
    tenant_id uuid primary key default current_setting('koprogo.tenant')::uuid,
    state text not null check (state in ('active', 'suspended', 'erased')),
    changed_at timestamptz not null default now()
);
alter table tenants enable row level security;
alter table tenants force row level security;
create policy tenant on tenants using (tenant_id = (select current_setting('koprogo.tenant')::uuid));

-- A tenant without a row is active: those that were there before.
create function tenant_state(p_tenant uuid) returns text
language plpgsql as $$
begin
    perform set_config('koprogo.tenant', p_tenant::text, true);
    return coalesce((select t.state from tenants t where t.tenant_id = p_tenant), 'active');
end
$$;

-- What was asked once is done once.
create table tenant_operations (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    operation_id text not null,
    kind text not null,
    done_at timestamptz not null default now(),
    primary key (tenant_id, operation_id)
);
alter table tenant_operations enable row level security;
alter table tenant_operations force row level security;
create policy tenant on tenant_operations using (tenant_id = (select current_setting('koprogo.tenant')::uuid));

-- Of rows that refer to their own table: what they refer to may come with a later page of an import.
create table restored_references (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    table_name text not null,
    column_name text not null,
    row_id uuid not null,
    refers_to uuid not null,
    primary key (tenant_id, table_name, column_name, row_id)
);
alter table restored_references enable row level security;
alter table restored_references force row level security;
create policy tenant on restored_references using (tenant_id = (select current_setting('koprogo.tenant')::uuid));

-- A tombstone: compaction removes what its key has said.
alter table outbox alter column payload drop not null;
