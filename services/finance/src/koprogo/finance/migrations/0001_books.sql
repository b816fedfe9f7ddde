create extension if not exists btree_gist;

-- One set of books an association; its row is locked by whatever posts, so entries of one association queue.
create table books (
    association_id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    chart_version text not null,
    reserve_class text not null,
    statutes_clause text not null default '',
    -- Structured communications are numbered from a random start: they say nothing about anybody.
    last_communication bigint not null default 1000000000 + floor(random() * 7000000000)::bigint,
    reminder_cost bigint not null default 0 check (reminder_cost >= 0 and (reminder_cost = 0 or statutes_clause <> '')),
    version int not null default 1
);

create table accounts (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references books,
    code text not null check (code ~ '^[1-7][0-9]{1,7}$'),
    names jsonb not null,
    fund text check (fund in ('working_capital', 'reserve_fund')),
    is_heading boolean not null default false,
    primary key (association_id, code)
);

create table bank_accounts (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references books,
    iban text not null,
    holder text not null,
    fund text not null check (fund in ('working_capital', 'reserve_fund')),
    account text not null,
    unique (association_id, iban),
    unique (association_id, account),
    foreign key (association_id, account) references accounts (association_id, code)
);

create table fiscal_years (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references books,
    days daterange not null check (not lower_inf(days) and not upper_inf(days)),
    state text not null check (state in ('opening', 'open', 'closing', 'closed')),
    proposed_by uuid not null,
    version int not null default 1,
    exclude using gist (association_id with =, days with &&)
);

-- Owners (all holders of the same rights together, R013) and suppliers: whose the lines on control accounts are.
create table parties (
    id uuid not null,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references books,
    kind text not null check (kind in ('owner', 'supplier')),
    name text not null,
    holder_ids uuid[] not null default '{}',
    enterprise_number text not null default '',
    iban text not null default '',
    -- An account that was changed and that nobody has confirmed with the supplier himself.
    iban_unconfirmed text not null default '',
    iban_changed_by uuid,
    version int not null default 1,
    primary key (association_id, id)
);
create index parties_by_holder on parties using gin (holder_ids);
create unique index suppliers_by_number on parties (association_id, enterprise_number) where enterprise_number <> '';

create table entries (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references books,
    fiscal_year_id uuid not null references fiscal_years,
    journal text not null check (journal in ('purchases', 'calls', 'bank', 'miscellaneous')),
    number int not null check (number > 0),
    dated date not null,
    text text not null,
    voucher_kind text not null,
    voucher_reference text not null check (voucher_reference <> ''),
    voucher_dated date not null,
    voucher_document_id uuid,
    reverses uuid unique references entries,
    posted_at timestamptz not null default now(),
    posted_by uuid,
    posted_in xid8 not null default pg_current_xact_id(),
    unique (association_id, fiscal_year_id, journal, number)
);
create index entries_by_day on entries (association_id, dated, id);

create table entry_lines (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    entry_id uuid not null references entries,
    position int not null,
    association_id uuid not null,
    dated date not null,
    account text not null,
    fund text not null check (fund in ('working_capital', 'reserve_fund')),
    -- Cents; debit is positive.
    amount bigint not null check (amount <> 0),
    party_id uuid,
    demand_id uuid,
    invoice_id uuid,
    lot_id uuid,
    key_id uuid,
    occupant_percent smallint not null default 0 check (occupant_percent between 0 and 100),
    text text not null default '',
    primary key (entry_id, position),
    foreign key (association_id, account) references accounts (association_id, code),
    foreign key (association_id, party_id) references parties (association_id, id),
    -- A control account is the sum of its sub-ledger: no line on it without the party, none elsewhere with one.
    check ((party_id is not null) = (account like '410%' or account like '440%'))
);
create index lines_of_party on entry_lines (association_id, party_id, dated) where party_id is not null;
create index lines_of_account on entry_lines (association_id, account, dated);

-- Figures that are read, not summed from the beginning of time; kept by the triggers below.
create table account_months (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null,
    account text not null,
    fund text not null,
    month date not null,
    debit bigint not null,
    credit bigint not null,
    primary key (association_id, account, fund, month)
);

create table party_balances (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null,
    party_id uuid not null,
    account text not null,
    fund text not null,
    amount bigint not null,
    primary key (association_id, party_id, account, fund)
);

create table calls (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references books,
    titles jsonb not null,
    period daterange,
    issued_on date not null,
    due_on date not null,
    -- What the meeting decided: day, item and titles; and the budget whose part it is.
    decision jsonb not null,
    budget_id uuid,
    -- Demands stand before the lines that raise them.
    entry_id uuid not null references entries deferrable initially deferred
);
create unique index calls_of_budget on calls (budget_id, period) where budget_id is not null;
create index calls_in_order on calls (association_id, id);

create table demands (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null,
    call_id uuid not null references calls,
    party_id uuid not null,
    communication text not null,
    due_on date not null,
    working_capital bigint not null,
    reserve_fund bigint not null,
    -- What is still to be paid; kept by the trigger below.
    open_working_capital bigint not null default 0,
    open_reserve_fund bigint not null default 0,
    disputed_since date,
    unique (association_id, communication),
    unique (call_id, party_id),
    foreign key (association_id, party_id) references parties (association_id, id)
);
create index demands_open on demands (association_id, due_on, id)
    where open_working_capital <> 0 or open_reserve_fund <> 0;
create index demands_of_party on demands (association_id, party_id, due_on, id);

create table demand_lines (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    demand_id uuid not null references demands,
    position int not null,
    lot_id uuid not null,
    lot_number text not null,
    labels jsonb not null,
    kind text not null check (kind in ('provisions', 'works', 'working_capital', 'reserve_fund')),
    whole bigint not null,
    shares bigint not null,
    share_total bigint not null,
    key_name text not null default '',
    amount bigint not null,
    primary key (demand_id, position)
);

-- Letters asked of documents: what became of each, per recipient.
create table letters (
    document_id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null,
    -- call/<id>, reminder/<id>, statement/<id>
    subject text not null,
    party_id uuid not null,
    demand_id uuid,
    dispatch_id uuid not null unique,
    recipient text not null,
    language text not null,
    channel text not null,
    status text not null default 'requested',
    proof text not null default '',
    sha256 text not null default '',
    changed_at timestamptz not null
);
create index letters_of on letters (association_id, subject, document_id);

-- R114: debits equal credits, in each fund apart, whoever writes. Checked once an entry, when the transaction ends.
create function entry_balances() returns trigger language plpgsql as $$
begin
    if exists (select from entry_lines where entry_id = new.id group by fund having sum(amount) <> 0)
       or (select count(*) from entry_lines where entry_id = new.id) < 2 then
        raise exception 'entry % does not balance', new.id using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger balances after insert on entries deferrable initially deferred
    for each row execute function entry_balances();

-- An entry is complete when its transaction ends; nothing is added to it, changed or deleted afterwards.
create function entry_is_kept() returns trigger language plpgsql as $$
begin
    raise exception 'entries are reversed, never changed or deleted' using errcode = 'integrity_constraint_violation';
end $$;
create trigger kept before update or delete on entries for each row execute function entry_is_kept();
create trigger kept before update or delete on entry_lines for each row execute function entry_is_kept();

-- A closed period takes nothing, and numbers have no gap.
create function entry_is_in_open_year() returns trigger language plpgsql as $$
begin
    perform from fiscal_years y where y.id = new.fiscal_year_id and y.association_id = new.association_id
        and y.days @> new.dated and y.state in ('open', 'closing');
    if not found then
        raise exception 'no open year on %', new.dated using errcode = 'check_violation';
    end if;
    if new.number <> 1 + coalesce((
        select max(number) from entries e where e.association_id = new.association_id
            and e.fiscal_year_id = new.fiscal_year_id and e.journal = new.journal), 0) then
        raise exception 'number % leaves a gap', new.number using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger in_open_year before insert on entries for each row execute function entry_is_in_open_year();

create function lines_move_balances() returns trigger language plpgsql as $$
begin
    if exists (
        select from (select distinct entry_id, association_id, dated from added) a join entries e on e.id = a.entry_id
        where e.posted_in <> pg_current_xact_id() or e.association_id <> a.association_id or e.dated <> a.dated) then
        raise exception 'entries are reversed, never changed' using errcode = 'integrity_constraint_violation';
    end if;
    insert into account_months (association_id, account, fund, month, debit, credit)
    select association_id, account, fund, date_trunc('month', dated)::date,
           sum(greatest(amount, 0)), sum(greatest(-amount, 0))
    from added group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (association_id, account, fund, month)
    do update set debit = account_months.debit + excluded.debit, credit = account_months.credit + excluded.credit;
    insert into party_balances (association_id, party_id, account, fund, amount)
    select association_id, party_id, account, fund, sum(amount)
    from added where party_id is not null group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (association_id, party_id, account, fund)
    do update set amount = party_balances.amount + excluded.amount;
    update demands d set
        open_working_capital = open_working_capital + a.working, open_reserve_fund = open_reserve_fund + a.reserve
    from (
        select demand_id, coalesce(sum(amount) filter (where fund = 'working_capital'), 0) as working,
               coalesce(sum(amount) filter (where fund = 'reserve_fund'), 0) as reserve
        from added where demand_id is not null and account like '410%' group by demand_id) a
    where d.id = a.demand_id;
    return null;
end $$;
create trigger balances after insert on entry_lines referencing new table as added
    for each statement execute function lines_move_balances();

do $$
declare name text;
begin
    foreach name in array array['books', 'accounts', 'bank_accounts', 'fiscal_years', 'parties', 'entries',
        'entry_lines', 'account_months', 'party_balances', 'calls', 'demands', 'demand_lines', 'letters'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy tenant on %I'
            ' using (tenant_id = (select current_setting(''koprogo.tenant'')::uuid))', name);
    end loop;
end $$;
