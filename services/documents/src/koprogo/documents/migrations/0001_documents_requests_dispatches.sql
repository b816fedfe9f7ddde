create table documents (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null,
    subject text not null default '',
    file_name text not null,
    media_type text not null,
    language text not null default '',
    size bigint not null,
    sha256 text not null,
    visible_to text[] not null,
    visible_to_co_owner_id uuid,
    stored_at timestamptz not null
);
create index documents_in_order on documents (association_id, stored_at desc, id desc);
create index documents_by_hash on documents (association_id, sha256);
-- The same bytes are uploaded once, also when two uploads arrive together.
create unique index documents_uploaded_once on documents (association_id, sha256) where subject = '';
alter table documents enable row level security;
alter table documents force row level security;
create policy tenant on documents using (tenant_id = (select current_setting('koprogo.tenant')::uuid));

-- What was asked for, as it was asked: it can be rendered again.
create table requests (
    document_id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    subject text not null,
    payload bytea not null,
    state text not null,
    reason text not null default '',
    attempts int not null default 0,
    requested_at timestamptz not null,
    changed_at timestamptz not null
);
create index requests_open on requests (requested_at) where state = 'requested';
alter table requests enable row level security;
alter table requests force row level security;
create policy tenant on requests using (tenant_id = (select current_setting('koprogo.tenant')::uuid));

create table dispatches (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null,
    association_name text not null,
    document_id uuid not null,
    subject text not null,
    kind text not null,
    language text not null,
    channel text not null,
    name text not null,
    address text[] not null,
    email text not null,
    attachment_ids uuid[] not null,
    state text not null,
    proof text not null default '',
    attempts int not null default 0,
    changed_at timestamptz not null
);
create index dispatches_open on dispatches (changed_at) where state in ('requested', 'sending');
create index dispatches_of_document on dispatches (document_id);
create index dispatches_by_state on dispatches (association_id, state, id);
alter table dispatches enable row level security;
alter table dispatches force row level security;
create policy tenant on dispatches using (tenant_id = (select current_setting('koprogo.tenant')::uuid));

-- The jobs find their work over all tenants, by id alone. They run as the owner of the schema, who sees it for that.
create policy owner_finds_work on requests for select to current_user using (true);
create policy owner_finds_work on dispatches for select to current_user using (true);
create policy owner_finds_work on documents for select to current_user using (true);
-- What failed waits longer each time, so that an outage of hours does not use up the tries within minutes.
create function open_requests() returns table (document_id uuid, tenant_id uuid)
language sql stable security definer set search_path = public as $$
    select document_id, tenant_id from requests where state = 'requested'
      and (attempts = 0
           or changed_at < now() - least(interval '2 seconds' * power(2, least(attempts, 10)), interval '5 minutes'))
    order by requested_at, document_id limit 50
$$;
create function open_dispatches() returns table (id uuid, tenant_id uuid)
language sql stable security definer set search_path = public as $$
    select d.id, d.tenant_id from dispatches d
    where d.state in ('requested', 'sending') and exists (select 1 from documents x where x.id = d.document_id)
      and (d.state = 'requested' and (d.attempts = 0 or d.changed_at
               < now() - least(interval '2 seconds' * power(2, least(d.attempts, 10)), interval '10 minutes'))
           or d.state = 'sending' and d.changed_at < now() - interval '30 seconds')
    order by d.changed_at, d.id limit 200
$$;
