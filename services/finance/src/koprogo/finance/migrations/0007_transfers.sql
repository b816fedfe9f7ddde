-- What a notary asked about a lot, and until when it is to be answered (R130, R131).
create table transfer_requests (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references books,
    lot_id uuid not null,
    lot_number text not null,
    paragraph smallint not null check (paragraph in (1, 2)),
    requested_on date not null,
    answer_by date not null,
    transfer_on date,
    requester jsonb not null,
    answered_on date,
    document_id uuid,
    check ((answered_on is null) = (document_id is null))
);
create index transfer_requests_in_order on transfer_requests (association_id, answer_by, id);
alter table transfer_requests enable row level security;
alter table transfer_requests force row level security;
create policy tenant on transfer_requests using (tenant_id = (select current_setting('koprogo.tenant')::uuid));
