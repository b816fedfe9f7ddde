-- Where a tenant lives who has a database of his own: the database shared by all keeps this of him, and nothing else.
-- Never an address or a password: it is on the server of this one, and opened by the same two roles.
alter table tenants
    add column database text unique check (database ~ '^t_[a-z0-9_]{1,61}$'),
    add column bucket text,
    add column placed_at timestamptz,
    add column opened_at timestamptz,
    add constraint placed_when_he_has_a_database check ((database is null) = (placed_at is null));
-- Of those who have one, and asked in nobody's name: every process has to know all of them.
create policy places on tenants for select using (
    database is not null
    and (select current_setting('koprogo.tenant')::uuid) = '00000000-0000-0000-0000-000000000000'
);

create function dedicated_tenants() returns table (tenant_id uuid, database text, bucket text, is_open boolean)
language plpgsql as $$
begin
    perform set_config('koprogo.tenant', '00000000-0000-0000-0000-000000000000', true);
    return query select t.tenant_id, t.database, t.bucket, t.opened_at is not null
                 from tenants t where t.database is not null order by t.placed_at, t.tenant_id;
end
$$;
