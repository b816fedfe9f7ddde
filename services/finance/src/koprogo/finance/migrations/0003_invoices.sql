create table invoices (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references books,
    kind text not null check (kind in ('invoice', 'credit_note')),
    supplier_id uuid not null,
    number text not null,
    dated date not null,
    due_on date not null,
    -- The supplier's structured communication, or empty.
    communication text not null default '',
    is_works boolean not null default false,
    lines jsonb not null,
    -- Cents, VAT included; what is booked and paid (R150).
    total bigint not null check (total > 0),
    document_id uuid,
    state text not null check (state in ('draft', 'submitted', 'approved', 'rejected', 'scheduled', 'paid')),
    submitted_by uuid,
    decided_by uuid,
    remark text not null default '',
    -- R153: what the two questions gave, and when they were asked.
    withholding jsonb,
    entry_id uuid references entries,
    created_at timestamptz not null default now(),
    version int not null default 1,
    foreign key (association_id, supplier_id) references parties (association_id, id)
);
create index invoices_in_order on invoices (association_id, dated, id);
create index invoices_of_supplier on invoices (association_id, supplier_id, number);
create index invoices_to_pay on invoices (association_id, due_on, id) where state = 'approved';

-- What came in by Peppol, as it came, with the picture that was in it.
create table invoice_files (
    invoice_id uuid not null references invoices,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    kind text not null check (kind in ('ubl', 'pdf')),
    content bytea not null,
    primary key (invoice_id, kind)
);

create table payment_batches (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references books,
    bank_account_id uuid not null references bank_accounts,
    execution_day date not null,
    state text not null check (state in ('drafted', 'released', 'cancelled')),
    drafted_by uuid not null,
    released_by uuid check (released_by <> drafted_by),
    released_at timestamptz,
    -- The file for the bank, byte for byte, from the release on.
    content bytea,
    created_at timestamptz not null default now(),
    check ((state = 'released') = (content is not null))
);
create index payment_batches_in_order on payment_batches (association_id, id);

create table payments (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references books,
    batch_id uuid not null references payment_batches,
    supplier_id uuid not null,
    supplier_name text not null,
    iban text not null,
    communication text not null,
    free_text text not null,
    working_capital bigint not null,
    reserve_fund bigint not null,
    end_to_end_id text not null unique,
    state text not null check (state in ('ordered', 'booked', 'returned', 'cancelled')),
    invoice_ids uuid[] not null,
    entry_id uuid references entries,
    booked_on date,
    check (working_capital + reserve_fund > 0)
);
create index payments_of_batch on payments (batch_id, id);
create index payments_of_invoices on payments using gin (invoice_ids);

do $$
declare name text;
begin
    foreach name in array array['invoices', 'invoice_files', 'payment_batches', 'payments'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy tenant on %I'
            ' using (tenant_id = (select current_setting(''koprogo.tenant'')::uuid))', name);
    end loop;
end $$;
