-- The job leaves a tenant alone who is suspended, or is being restored: nothing of him changes meanwhile.
create policy owner_finds_work on tenants for select to current_user using (true);
create or replace function open_invitations()
returns table (id uuid, tenant_id uuid, state text, changed_at timestamptz)
language sql stable security definer set search_path = public as $$
    select i.id, i.tenant_id, i.state, i.changed_at from invitations i
    where i.state in ('pending', 'creating', 'ready', 'mailing')
      and not exists (select from tenants t where t.tenant_id = i.tenant_id and t.state <> 'active')
    order by i.created_at limit 100
$$;
