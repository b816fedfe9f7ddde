create table organisations (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid check (tenant_id = id),
    name text not null,
    created_at timestamptz not null default now()
);
alter table organisations enable row level security;
alter table organisations force row level security;
create policy tenant on organisations using (tenant_id = (select current_setting('koprogo.tenant')::uuid));
-- The platform lists organisations; it sees nothing inside them.
create policy platform_reads on organisations for select
    using (current_setting('koprogo.tenant') = '00000000-0000-0000-0000-000000000000');

create table invitations (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid,
    co_owner_id uuid,
    role text not null,
    email text not null,
    name text not null,
    language text not null,
    state text not null,
    subject uuid,
    detail text not null default '',
    attempts int not null default 0,
    created_at timestamptz not null default now(),
    changed_at timestamptz not null default now()
);
create unique index invitations_once on invitations
    (tenant_id, lower(email), role, coalesce(association_id, tenant_id), coalesce(co_owner_id, tenant_id))
    where state <> 'revoked';
create index invitations_open on invitations (changed_at) where state in ('pending', 'creating', 'ready', 'mailing');
alter table invitations enable row level security;
alter table invitations force row level security;
create policy tenant on invitations using (tenant_id = (select current_setting('koprogo.tenant')::uuid));
-- The job that carries invitations out finds its work over all tenants, by id and state alone.
create policy owner_finds_work on invitations for select to current_user using (true);
create function open_invitations() returns table (id uuid, tenant_id uuid, state text, changed_at timestamptz)
language sql stable security definer set search_path = public as $$
    select id, tenant_id, state, changed_at from invitations
    where state in ('pending', 'creating', 'ready', 'mailing') order by created_at limit 100
$$;

-- Whose an association is. Access follows it.
create table mandates (
    association_id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    name text not null
);
alter table mandates enable row level security;
alter table mandates force row level security;
create policy tenant on mandates using (tenant_id = (select current_setting('koprogo.tenant')::uuid));
create policy owner_looks_up on mandates for select to current_user using (true);
create function organisation_of(p_association uuid) returns uuid
language sql stable security definer set search_path = public as
$$ select tenant_id from mandates where association_id = p_association $$;
