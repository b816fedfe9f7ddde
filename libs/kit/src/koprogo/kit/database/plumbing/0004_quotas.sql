-- What a tenant may use of this service, as the operator was told; null is without a limit.
alter table tenants add column requests_per_minute int check (requests_per_minute > 0);

-- All that a process has to know of a tenant, in one question. `tenant_state` stays for releases before this one.
create function tenant_standing(p_tenant uuid) returns table (state text, requests_per_minute int)
language plpgsql as $$
begin
    perform set_config('koprogo.tenant', p_tenant::text, true);
    return query select t.state, t.requests_per_minute from tenants t where t.tenant_id = p_tenant;
end
$$;
