create table notes (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null,
    text text not null
);
create index notes_of_association on notes (association_id, id);
alter table notes enable row level security;
alter table notes force row level security;
create policy tenant on notes using (tenant_id = (select current_setting('koprogo.tenant')::uuid));
