-- What the bank gave, kept as it came, also when it was refused.
create table bank_files (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references books,
    sha256 text not null,
    content bytea not null,
    received_at timestamptz not null,
    received_by uuid not null,
    -- Of its statements: what was booked, waits or was refused, and why.
    report jsonb not null
);
create index bank_files_in_order on bank_files (association_id, id);

create table bank_statements (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references books,
    bank_account_id uuid not null references bank_accounts,
    bank_file_id uuid not null references bank_files,
    number text not null,
    from_day date not null,
    until_day date not null,
    opening bigint not null,
    closing bigint not null,
    -- waiting: its balance does not follow that of the statement before, which may still come.
    state text not null check (state in ('waiting', 'booked')),
    content jsonb not null,
    unique (bank_account_id, number, from_day)
);

create table bank_entries (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references books,
    statement_id uuid not null references bank_statements,
    position int not null,
    reference text not null,
    amount bigint not null check (amount <> 0),
    booked_on date not null,
    value_on date not null,
    counterparty_name text not null,
    counterparty_iban text not null,
    communication text not null,
    structured text not null,
    end_to_end_id text not null,
    return_reason text not null,
    original_amount text not null,
    fund text not null,
    account text not null,
    -- open: stands on the suspense account until a person says whose it is.
    state text not null check (state in ('open', 'matched')),
    entry_id uuid not null references entries,
    -- Moves it out of suspense (and, undone, back): the last one.
    match_entry_id uuid references entries,
    reason text not null default '',
    sentence text not null default '',
    figures jsonb not null default '{}',
    matched_by uuid,
    unique (statement_id, position)
);
create index bank_entries_open on bank_entries (association_id, booked_on, id) where state = 'open';
create index bank_entries_in_order on bank_entries (association_id, booked_on, id);

-- From which accounts a party has paid, as matches taught us.
create table known_ibans (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references books,
    iban text not null,
    party_id uuid not null,
    primary key (association_id, iban, party_id),
    foreign key (association_id, party_id) references parties (association_id, id)
);

do $$
declare name text;
begin
    foreach name in array array['bank_files', 'bank_statements', 'bank_entries', 'known_ibans'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy tenant on %I'
            ' using (tenant_id = (select current_setting(''koprogo.tenant'')::uuid))', name);
    end loop;
end $$;
