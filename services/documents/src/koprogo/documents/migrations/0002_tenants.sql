-- The jobs leave a tenant alone who is suspended, or is being restored: nothing of him changes meanwhile, and no
-- letter leaves.
create policy owner_finds_work on tenants for select to current_user using (true);
create or replace function open_requests() returns table (document_id uuid, tenant_id uuid)
language sql stable security definer set search_path = public as $$
    select r.document_id, r.tenant_id from requests r where r.state = 'requested'
      and (r.attempts = 0
           or r.changed_at < now() - least(interval '2 seconds' * power(2, least(r.attempts, 10)), interval '5 minutes'))
      and not exists (select from tenants t where t.tenant_id = r.tenant_id and t.state <> 'active')
    order by r.requested_at, r.document_id limit 50
$$;
create or replace function open_dispatches() returns table (id uuid, tenant_id uuid)
language sql stable security definer set search_path = public as $$
    select d.id, d.tenant_id from dispatches d
    where d.state in ('requested', 'sending') and exists (select 1 from documents x where x.id = d.document_id)
      and (d.state = 'requested' and (d.attempts = 0 or d.changed_at
               < now() - least(interval '2 seconds' * power(2, least(d.attempts, 10)), interval '10 minutes'))
           or d.state = 'sending' and d.changed_at < now() - interval '30 seconds')
      and not exists (select from tenants t where t.tenant_id = d.tenant_id and t.state <> 'active')
    order by d.changed_at, d.id limit 200
$$;
