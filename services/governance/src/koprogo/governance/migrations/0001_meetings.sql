create table meetings (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null,
    kind text not null,
    session int not null,
    first_meeting_id uuid references meetings,
    starts_at timestamptz not null,
    place text not null,
    remote_system text not null,
    consultation text not null,
    required_acr text not null,
    agenda jsonb not null,
    state text not null,
    urgency text not null default '',
    syndic_name text not null default '',
    convened_at timestamptz,
    policies jsonb not null default '{}',
    association jsonb,
    roll jsonb,
    -- The end of the roll call: what the next act is chained to.
    acts_count int not null default 0,
    last_hash text not null default '',
    version int not null default 1
);
create index meetings_of_association on meetings (association_id, starts_at desc, id);
create unique index one_second_assembly on meetings (first_meeting_id);
alter table meetings enable row level security;
alter table meetings force row level security;
create policy tenant on meetings using (tenant_id = (select current_setting('koprogo.tenant')::uuid));

create table acts (
    meeting_id uuid not null references meetings,
    number int not null,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    at text not null,
    kind text not null,
    data jsonb not null,
    previous text not null,
    hash text not null,
    primary key (meeting_id, number)
);
-- One ballot an ownership and item, whatever happens above.
create unique index one_ballot on acts (meeting_id, (data ->> 'item'), (data ->> 'co_ownership')) where kind = 'ballot';
alter table acts enable row level security;
alter table acts force row level security;
-- Acts are written once; no policy lets them be changed or removed.
create policy tenant_reads on acts for select using (tenant_id = (select current_setting('koprogo.tenant')::uuid));
create policy tenant_adds on acts for insert with check (tenant_id = (select current_setting('koprogo.tenant')::uuid));

create table proxies (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    meeting_id uuid not null references meetings,
    principal uuid not null,
    holder uuid not null,
    holder_name text not null,
    holder_is_syndic boolean not null,
    unique (meeting_id, principal)
);
alter table proxies enable row level security;
alter table proxies force row level security;
create policy tenant on proxies using (tenant_id = (select current_setting('koprogo.tenant')::uuid));

-- What was sent to whom, and the proof of it.
create table dispatches (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    meeting_id uuid not null references meetings,
    purpose text not null,
    document_id uuid not null,
    co_ownership_id uuid not null,
    recipient text not null,
    channel text not null,
    status text not null,
    proof text not null default '',
    requested_at timestamptz not null,
    changed_at timestamptz not null
);
create index dispatches_of_meeting on dispatches (meeting_id, purpose, recipient, id);
alter table dispatches enable row level security;
alter table dispatches force row level security;
create policy tenant on dispatches using (tenant_id = (select current_setting('koprogo.tenant')::uuid));

create table minutes (
    document_id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    meeting_id uuid not null references meetings,
    language text not null,
    is_final boolean not null,
    sha256 text not null default '',
    requested_at timestamptz not null,
    rendered_at timestamptz
);
create unique index minutes_once on minutes (meeting_id, language, is_final);
alter table minutes enable row level security;
alter table minutes force row level security;
create policy tenant on minutes using (tenant_id = (select current_setting('koprogo.tenant')::uuid));

-- The register of decisions (R081, R082).
create table decisions (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null,
    meeting_id uuid not null references meetings,
    number bigint not null,
    held_on date not null,
    item int not null,
    title jsonb not null,
    majority text not null,
    adopted boolean not null,
    result jsonb not null,
    entered_at timestamptz not null,
    unique (association_id, number)
);
alter table decisions enable row level security;
alter table decisions force row level security;
create policy tenant_reads on decisions for select using (tenant_id = (select current_setting('koprogo.tenant')::uuid));
create policy tenant_adds on decisions for insert with check (tenant_id = (select current_setting('koprogo.tenant')::uuid));

-- The association's choice on a disputed rule; what is not here holds its default.
create table policy_choices (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null,
    policy text not null,
    choice text not null,
    primary key (association_id, policy)
);
alter table policy_choices enable row level security;
alter table policy_choices force row level security;
create policy tenant on policy_choices using (tenant_id = (select current_setting('koprogo.tenant')::uuid));
