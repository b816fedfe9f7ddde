-- What the migrations make of an empty database. Written by `make schema`, compared by a test.

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

CREATE FUNCTION public.all_books() RETURNS TABLE(tenant_id uuid, association_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$ select b.tenant_id, b.association_id from books b order by b.association_id $$;

CREATE FUNCTION public.dedicated_tenants() RETURNS TABLE(tenant_id uuid, database text, bucket text, is_open boolean)
    LANGUAGE plpgsql
    AS $$
begin
    perform set_config('koprogo.tenant', '00000000-0000-0000-0000-000000000000', true);
    return query select t.tenant_id, t.database, t.bucket, t.opened_at is not null
                 from tenants t where t.database is not null order by t.placed_at, t.tenant_id;
end
$$;

CREATE FUNCTION public.entry_balances() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if exists (select from entry_lines where entry_id = new.id group by fund having sum(amount) <> 0)
       or (select count(*) from entry_lines where entry_id = new.id) < 2 then
        raise exception 'entry % does not balance', new.id using errcode = 'check_violation';
    end if;
    return null;
end $$;

CREATE FUNCTION public.entry_is_in_open_year() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.entry_is_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception 'entries are reversed, never changed or deleted' using errcode = 'integrity_constraint_violation';
end $$;

CREATE TABLE public.grants (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    subject uuid NOT NULL,
    association_id uuid,
    role text NOT NULL,
    co_owner_id uuid,
    valid_during daterange NOT NULL
);

ALTER TABLE ONLY public.grants FORCE ROW LEVEL SECURITY;

CREATE FUNCTION public.grants_of(p_subject uuid) RETURNS SETOF public.grants
    LANGUAGE plpgsql
    AS $$
begin
    perform set_config('koprogo.tenant', '00000000-0000-0000-0000-000000000000', true),
            set_config('koprogo.subject', p_subject::text, true);
    return query select * from grants g where g.subject = p_subject and g.valid_during @> current_date;
    perform set_config('koprogo.subject', '', true);
end
$$;

CREATE FUNCTION public.lines_move_balances() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.tenant_standing(p_tenant uuid) RETURNS TABLE(state text, requests_per_minute integer)
    LANGUAGE plpgsql
    AS $$
begin
    perform set_config('koprogo.tenant', p_tenant::text, true);
    return query select t.state, t.requests_per_minute from tenants t where t.tenant_id = p_tenant;
end
$$;

CREATE FUNCTION public.tenant_state(p_tenant uuid) RETURNS text
    LANGUAGE plpgsql
    AS $$
begin
    perform set_config('koprogo.tenant', p_tenant::text, true);
    return coalesce((select t.state from tenants t where t.tenant_id = p_tenant), 'active');
end
$$;

CREATE TABLE public.account_months (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    account text NOT NULL,
    fund text NOT NULL,
    month date NOT NULL,
    debit bigint NOT NULL,
    credit bigint NOT NULL
);

ALTER TABLE ONLY public.account_months FORCE ROW LEVEL SECURITY;

CREATE TABLE public.accounts (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    code text NOT NULL,
    names jsonb NOT NULL,
    fund text,
    is_heading boolean DEFAULT false NOT NULL,
    CONSTRAINT accounts_code_check CHECK ((code ~ '^[1-7][0-9]{1,7}$'::text)),
    CONSTRAINT accounts_fund_check CHECK ((fund = ANY (ARRAY['working_capital'::text, 'reserve_fund'::text])))
);

ALTER TABLE ONLY public.accounts FORCE ROW LEVEL SECURITY;

CREATE TABLE public.arrears_policies (
    association_id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    threshold bigint NOT NULL,
    statement_days integer NOT NULL,
    safe_mode boolean NOT NULL,
    version integer NOT NULL,
    CONSTRAINT arrears_policies_statement_days_check CHECK (((statement_days >= 0) AND (statement_days <= 60))),
    CONSTRAINT arrears_policies_threshold_check CHECK ((threshold >= 0))
);

ALTER TABLE ONLY public.arrears_policies FORCE ROW LEVEL SECURITY;

CREATE TABLE public.bank_accounts (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    iban text NOT NULL,
    holder text NOT NULL,
    fund text NOT NULL,
    account text NOT NULL,
    CONSTRAINT bank_accounts_fund_check CHECK ((fund = ANY (ARRAY['working_capital'::text, 'reserve_fund'::text])))
);

ALTER TABLE ONLY public.bank_accounts FORCE ROW LEVEL SECURITY;

CREATE TABLE public.bank_entries (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    statement_id uuid NOT NULL,
    "position" integer NOT NULL,
    reference text NOT NULL,
    amount bigint NOT NULL,
    booked_on date NOT NULL,
    value_on date NOT NULL,
    counterparty_name text NOT NULL,
    counterparty_iban text NOT NULL,
    communication text NOT NULL,
    structured text NOT NULL,
    end_to_end_id text NOT NULL,
    return_reason text NOT NULL,
    original_amount text NOT NULL,
    fund text NOT NULL,
    account text NOT NULL,
    state text NOT NULL,
    entry_id uuid NOT NULL,
    match_entry_id uuid,
    reason text DEFAULT ''::text NOT NULL,
    sentence text DEFAULT ''::text NOT NULL,
    figures jsonb DEFAULT '{}'::jsonb NOT NULL,
    matched_by uuid,
    CONSTRAINT bank_entries_amount_check CHECK ((amount <> 0)),
    CONSTRAINT bank_entries_state_check CHECK ((state = ANY (ARRAY['open'::text, 'matched'::text])))
);

ALTER TABLE ONLY public.bank_entries FORCE ROW LEVEL SECURITY;

CREATE TABLE public.bank_files (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    sha256 text NOT NULL,
    content bytea NOT NULL,
    received_at timestamp with time zone NOT NULL,
    received_by uuid NOT NULL,
    report jsonb NOT NULL
);

ALTER TABLE ONLY public.bank_files FORCE ROW LEVEL SECURITY;

CREATE TABLE public.bank_statements (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    bank_account_id uuid NOT NULL,
    bank_file_id uuid NOT NULL,
    number text NOT NULL,
    from_day date NOT NULL,
    until_day date NOT NULL,
    opening bigint NOT NULL,
    closing bigint NOT NULL,
    state text NOT NULL,
    content jsonb NOT NULL,
    CONSTRAINT bank_statements_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'booked'::text])))
);

ALTER TABLE ONLY public.bank_statements FORCE ROW LEVEL SECURITY;

CREATE TABLE public.books (
    association_id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    chart_version text NOT NULL,
    reserve_class text NOT NULL,
    statutes_clause text DEFAULT ''::text NOT NULL,
    last_communication bigint DEFAULT (1000000000 + (floor((random() * ('7000000000'::bigint)::double precision)))::bigint) NOT NULL,
    reminder_cost bigint DEFAULT 0 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    provisional_acceptance date,
    CONSTRAINT books_check CHECK (((reminder_cost >= 0) AND ((reminder_cost = 0) OR (statutes_clause <> ''::text))))
);

ALTER TABLE ONLY public.books FORCE ROW LEVEL SECURITY;

CREATE TABLE public.budget_lines (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    budget_id uuid NOT NULL,
    "position" integer NOT NULL,
    association_id uuid NOT NULL,
    account text NOT NULL,
    key_id uuid,
    amount bigint NOT NULL,
    labels jsonb NOT NULL,
    occupant_percent smallint NOT NULL,
    CONSTRAINT budget_lines_account_check CHECK ((account ~~ '6%'::text)),
    CONSTRAINT budget_lines_amount_check CHECK ((amount >= 0)),
    CONSTRAINT budget_lines_occupant_percent_check CHECK (((occupant_percent >= 0) AND (occupant_percent <= 100)))
);

ALTER TABLE ONLY public.budget_lines FORCE ROW LEVEL SECURITY;

CREATE TABLE public.budget_versions (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    budget_id uuid NOT NULL,
    version integer NOT NULL,
    content jsonb NOT NULL,
    written_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.budget_versions FORCE ROW LEVEL SECURITY;

CREATE TABLE public.budgets (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    kind text NOT NULL,
    titles jsonb NOT NULL,
    days daterange NOT NULL,
    reserve bigint NOT NULL,
    state text NOT NULL,
    decision jsonb,
    schedule text,
    version integer DEFAULT 1 NOT NULL,
    convened_on date,
    CONSTRAINT budgets_check CHECK (((reserve >= 0) AND ((reserve = 0) OR (kind = 'ordinary'::text)))),
    CONSTRAINT budgets_check1 CHECK (((decision IS NULL) = (state = 'draft'::text))),
    CONSTRAINT budgets_check2 CHECK (((schedule IS NULL) OR (state = ANY (ARRAY['adopted'::text, 'replaced'::text])))),
    CONSTRAINT budgets_days_check CHECK (((NOT lower_inf(days)) AND (NOT upper_inf(days)))),
    CONSTRAINT budgets_kind_check CHECK ((kind = ANY (ARRAY['ordinary'::text, 'extraordinary'::text]))),
    CONSTRAINT budgets_schedule_check CHECK ((schedule = ANY (ARRAY['monthly'::text, 'quarterly'::text, 'yearly'::text]))),
    CONSTRAINT budgets_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'adopted'::text, 'rejected'::text, 'replaced'::text])))
);

ALTER TABLE ONLY public.budgets FORCE ROW LEVEL SECURITY;

CREATE TABLE public.calls (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    titles jsonb NOT NULL,
    period daterange,
    issued_on date NOT NULL,
    due_on date NOT NULL,
    decision jsonb,
    budget_id uuid,
    entry_id uuid NOT NULL,
    is_withdrawn boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY public.calls FORCE ROW LEVEL SECURITY;

CREATE TABLE public.charge_statements (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    period daterange NOT NULL,
    issued_on date NOT NULL,
    due_on date NOT NULL,
    entry_id uuid,
    is_withdrawn boolean DEFAULT false NOT NULL,
    CONSTRAINT charge_statements_period_check CHECK (((NOT lower_inf(period)) AND (NOT upper_inf(period))))
);

ALTER TABLE ONLY public.charge_statements FORCE ROW LEVEL SECURITY;

CREATE TABLE public.decisions (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    decision jsonb NOT NULL,
    nature text NOT NULL,
    adopted boolean NOT NULL,
    about text NOT NULL
);

ALTER TABLE ONLY public.decisions FORCE ROW LEVEL SECURITY;

CREATE TABLE public.demand_lines (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    demand_id uuid NOT NULL,
    "position" integer NOT NULL,
    lot_id uuid NOT NULL,
    lot_number text NOT NULL,
    labels jsonb NOT NULL,
    kind text NOT NULL,
    whole bigint NOT NULL,
    shares bigint NOT NULL,
    share_total bigint NOT NULL,
    key_name text DEFAULT ''::text NOT NULL,
    amount bigint NOT NULL,
    CONSTRAINT demand_lines_kind_check CHECK ((kind = ANY (ARRAY['provisions'::text, 'works'::text, 'working_capital'::text, 'reserve_fund'::text])))
);

ALTER TABLE ONLY public.demand_lines FORCE ROW LEVEL SECURITY;

CREATE TABLE public.demands (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    call_id uuid,
    party_id uuid NOT NULL,
    communication text NOT NULL,
    due_on date NOT NULL,
    working_capital bigint NOT NULL,
    reserve_fund bigint NOT NULL,
    open_working_capital bigint DEFAULT 0 NOT NULL,
    open_reserve_fund bigint DEFAULT 0 NOT NULL,
    disputed_since date,
    reminder_id uuid,
    CONSTRAINT demands_come_from_one CHECK ((num_nonnulls(call_id, reminder_id) = 1))
);

ALTER TABLE ONLY public.demands FORCE ROW LEVEL SECURITY;

CREATE TABLE public.disputes (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    demand_id uuid NOT NULL,
    reason text NOT NULL,
    started_on date NOT NULL,
    started_by uuid NOT NULL,
    ended_on date,
    ended_by uuid,
    CONSTRAINT disputes_check CHECK (((ended_on IS NULL) = (ended_by IS NULL))),
    CONSTRAINT disputes_reason_check CHECK ((reason <> ''::text))
);

ALTER TABLE ONLY public.disputes FORCE ROW LEVEL SECURITY;

CREATE TABLE public.entries (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    fiscal_year_id uuid NOT NULL,
    journal text NOT NULL,
    number integer NOT NULL,
    dated date NOT NULL,
    text text NOT NULL,
    voucher_kind text NOT NULL,
    voucher_reference text NOT NULL,
    voucher_dated date NOT NULL,
    voucher_document_id uuid,
    reverses uuid,
    posted_at timestamp with time zone DEFAULT now() NOT NULL,
    posted_by uuid,
    posted_in xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT entries_journal_check CHECK ((journal = ANY (ARRAY['purchases'::text, 'calls'::text, 'bank'::text, 'miscellaneous'::text]))),
    CONSTRAINT entries_number_check CHECK ((number > 0)),
    CONSTRAINT entries_voucher_reference_check CHECK ((voucher_reference <> ''::text))
);

ALTER TABLE ONLY public.entries FORCE ROW LEVEL SECURITY;

CREATE TABLE public.entry_lines (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    entry_id uuid NOT NULL,
    "position" integer NOT NULL,
    association_id uuid NOT NULL,
    dated date NOT NULL,
    account text NOT NULL,
    fund text NOT NULL,
    amount bigint NOT NULL,
    party_id uuid,
    demand_id uuid,
    invoice_id uuid,
    lot_id uuid,
    key_id uuid,
    occupant_percent smallint DEFAULT 0 NOT NULL,
    text text DEFAULT ''::text NOT NULL,
    CONSTRAINT entry_lines_amount_check CHECK ((amount <> 0)),
    CONSTRAINT entry_lines_check CHECK (((party_id IS NOT NULL) = ((account ~~ '410%'::text) OR (account ~~ '440%'::text)))),
    CONSTRAINT entry_lines_fund_check CHECK ((fund = ANY (ARRAY['working_capital'::text, 'reserve_fund'::text]))),
    CONSTRAINT entry_lines_occupant_percent_check CHECK (((occupant_percent >= 0) AND (occupant_percent <= 100)))
);

ALTER TABLE ONLY public.entry_lines FORCE ROW LEVEL SECURITY;

CREATE TABLE public.fiscal_years (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    days daterange NOT NULL,
    state text NOT NULL,
    proposed_by uuid NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT fiscal_years_days_check CHECK (((NOT lower_inf(days)) AND (NOT upper_inf(days)))),
    CONSTRAINT fiscal_years_state_check CHECK ((state = ANY (ARRAY['opening'::text, 'open'::text, 'closing'::text, 'closed'::text])))
);

ALTER TABLE ONLY public.fiscal_years FORCE ROW LEVEL SECURITY;

CREATE TABLE public.idempotency_keys (
    subject uuid NOT NULL,
    key text NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    fingerprint bytea NOT NULL,
    status integer,
    media_type text,
    body bytea,
    location text,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.idempotency_keys FORCE ROW LEVEL SECURITY;

CREATE TABLE public.inbox (
    event_id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    handled_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.inbox FORCE ROW LEVEL SECURITY;

CREATE TABLE public.instalments (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    plan_id uuid NOT NULL,
    due_on date NOT NULL,
    amount bigint NOT NULL,
    CONSTRAINT instalments_amount_check CHECK ((amount > 0))
);

ALTER TABLE ONLY public.instalments FORCE ROW LEVEL SECURITY;

CREATE TABLE public.invoice_files (
    invoice_id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    kind text NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT invoice_files_kind_check CHECK ((kind = ANY (ARRAY['ubl'::text, 'pdf'::text])))
);

ALTER TABLE ONLY public.invoice_files FORCE ROW LEVEL SECURITY;

CREATE TABLE public.invoices (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    kind text NOT NULL,
    supplier_id uuid NOT NULL,
    number text NOT NULL,
    dated date NOT NULL,
    due_on date NOT NULL,
    communication text DEFAULT ''::text NOT NULL,
    is_works boolean DEFAULT false NOT NULL,
    lines jsonb NOT NULL,
    total bigint NOT NULL,
    document_id uuid,
    state text NOT NULL,
    submitted_by uuid,
    decided_by uuid,
    remark text DEFAULT ''::text NOT NULL,
    withholding jsonb,
    entry_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT invoices_kind_check CHECK ((kind = ANY (ARRAY['invoice'::text, 'credit_note'::text]))),
    CONSTRAINT invoices_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'submitted'::text, 'approved'::text, 'rejected'::text, 'scheduled'::text, 'paid'::text]))),
    CONSTRAINT invoices_total_check CHECK ((total > 0))
);

ALTER TABLE ONLY public.invoices FORCE ROW LEVEL SECURITY;

CREATE TABLE public.known_ibans (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    iban text NOT NULL,
    party_id uuid NOT NULL
);

ALTER TABLE ONLY public.known_ibans FORCE ROW LEVEL SECURITY;

CREATE TABLE public.letters (
    document_id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    subject text NOT NULL,
    party_id uuid NOT NULL,
    demand_id uuid,
    dispatch_id uuid NOT NULL,
    recipient text NOT NULL,
    language text NOT NULL,
    channel text NOT NULL,
    status text DEFAULT 'requested'::text NOT NULL,
    proof text DEFAULT ''::text NOT NULL,
    sha256 text DEFAULT ''::text NOT NULL,
    changed_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.letters FORCE ROW LEVEL SECURITY;

CREATE TABLE public.lot_transfers (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    lot_id uuid NOT NULL,
    transferred_on date NOT NULL,
    lot_number text DEFAULT ''::text NOT NULL,
    seller_id uuid,
    buyer_id uuid
);

ALTER TABLE ONLY public.lot_transfers FORCE ROW LEVEL SECURITY;

CREATE TABLE public.outbox (
    id uuid NOT NULL,
    "position" bigint NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    type text NOT NULL,
    payload bytea,
    traceparent text DEFAULT ''::text NOT NULL,
    occurred_at timestamp with time zone DEFAULT now() NOT NULL,
    published_at timestamp with time zone
);

ALTER TABLE ONLY public.outbox FORCE ROW LEVEL SECURITY;

ALTER TABLE public.outbox ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.owner_statements (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    statement_id uuid NOT NULL,
    association_id uuid NOT NULL,
    party_id uuid NOT NULL,
    charges bigint NOT NULL,
    called bigint NOT NULL,
    account_balance bigint NOT NULL,
    demand_id uuid,
    lines jsonb NOT NULL,
    funds jsonb NOT NULL
);

ALTER TABLE ONLY public.owner_statements FORCE ROW LEVEL SECURITY;

CREATE TABLE public.parties (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    holder_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    enterprise_number text DEFAULT ''::text NOT NULL,
    iban text DEFAULT ''::text NOT NULL,
    iban_unconfirmed text DEFAULT ''::text NOT NULL,
    iban_changed_by uuid,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT parties_kind_check CHECK ((kind = ANY (ARRAY['owner'::text, 'supplier'::text])))
);

ALTER TABLE ONLY public.parties FORCE ROW LEVEL SECURITY;

CREATE TABLE public.party_balances (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    party_id uuid NOT NULL,
    account text NOT NULL,
    fund text NOT NULL,
    amount bigint NOT NULL
);

ALTER TABLE ONLY public.party_balances FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payment_batches (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    bank_account_id uuid NOT NULL,
    execution_day date NOT NULL,
    state text NOT NULL,
    drafted_by uuid NOT NULL,
    released_by uuid,
    released_at timestamp with time zone,
    content bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT payment_batches_check CHECK ((released_by <> drafted_by)),
    CONSTRAINT payment_batches_check1 CHECK (((state = 'released'::text) = (content IS NOT NULL))),
    CONSTRAINT payment_batches_state_check CHECK ((state = ANY (ARRAY['drafted'::text, 'released'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY public.payment_batches FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payment_plan_demands (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    plan_id uuid NOT NULL,
    demand_id uuid NOT NULL
);

ALTER TABLE ONLY public.payment_plan_demands FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payment_plans (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    party_id uuid NOT NULL,
    agreed_on date NOT NULL,
    agreed_by uuid NOT NULL,
    amount bigint NOT NULL,
    ended_on date,
    ended_by uuid,
    CONSTRAINT payment_plans_amount_check CHECK ((amount > 0)),
    CONSTRAINT payment_plans_check CHECK (((ended_on IS NULL) = (ended_by IS NULL)))
);

ALTER TABLE ONLY public.payment_plans FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payments (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    supplier_id uuid NOT NULL,
    supplier_name text NOT NULL,
    iban text NOT NULL,
    communication text NOT NULL,
    free_text text NOT NULL,
    working_capital bigint NOT NULL,
    reserve_fund bigint NOT NULL,
    end_to_end_id text NOT NULL,
    state text NOT NULL,
    invoice_ids uuid[] NOT NULL,
    entry_id uuid,
    booked_on date,
    CONSTRAINT payments_check CHECK (((working_capital + reserve_fund) > 0)),
    CONSTRAINT payments_state_check CHECK ((state = ANY (ARRAY['ordered'::text, 'booked'::text, 'returned'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY public.payments FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reminder_demands (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    reminder_id uuid NOT NULL,
    demand_id uuid NOT NULL,
    open bigint NOT NULL,
    interest bigint NOT NULL
);

ALTER TABLE ONLY public.reminder_demands FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reminders (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    party_id uuid NOT NULL,
    level text NOT NULL,
    sent_on date NOT NULL,
    pay_until date NOT NULL,
    open bigint NOT NULL,
    cost bigint NOT NULL,
    interest bigint NOT NULL,
    clause text NOT NULL,
    entry_id uuid,
    sent_at timestamp with time zone NOT NULL,
    sent_by uuid NOT NULL,
    bank_checked_until date,
    is_taken_over boolean DEFAULT false NOT NULL,
    CONSTRAINT reminders_check CHECK (((cost >= 0) AND ((cost = 0) OR ((level <> 'friendly'::text) AND (clause <> ''::text))))),
    CONSTRAINT reminders_check1 CHECK (((interest >= 0) AND ((interest = 0) OR (level = 'formal'::text)))),
    CONSTRAINT reminders_check2 CHECK (((entry_id IS NOT NULL) = ((cost + interest) > 0))),
    CONSTRAINT reminders_level_check CHECK ((level = ANY (ARRAY['friendly'::text, 'firm'::text, 'formal'::text]))),
    CONSTRAINT reminders_open_check CHECK ((open > 0))
);

ALTER TABLE ONLY public.reminders FORCE ROW LEVEL SECURITY;

CREATE TABLE public.restored_references (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    table_name text NOT NULL,
    column_name text NOT NULL,
    row_id uuid NOT NULL,
    refers_to uuid NOT NULL
);

ALTER TABLE ONLY public.restored_references FORCE ROW LEVEL SECURITY;

CREATE TABLE public.tenant_operations (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    operation_id text NOT NULL,
    kind text NOT NULL,
    done_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.tenant_operations FORCE ROW LEVEL SECURITY;

CREATE TABLE public.tenants (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    state text NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    database text,
    bucket text,
    placed_at timestamp with time zone,
    opened_at timestamp with time zone,
    requests_per_minute integer,
    CONSTRAINT placed_when_he_has_a_database CHECK (((database IS NULL) = (placed_at IS NULL))),
    CONSTRAINT tenants_database_check CHECK ((database ~ '^t_[a-z0-9_]{1,61}$'::text)),
    CONSTRAINT tenants_requests_per_minute_check CHECK ((requests_per_minute > 0)),
    CONSTRAINT tenants_state_check CHECK ((state = ANY (ARRAY['active'::text, 'suspended'::text, 'erased'::text])))
);

ALTER TABLE ONLY public.tenants FORCE ROW LEVEL SECURITY;

CREATE TABLE public.transfer_requests (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    lot_id uuid NOT NULL,
    lot_number text NOT NULL,
    paragraph smallint NOT NULL,
    requested_on date NOT NULL,
    answer_by date NOT NULL,
    transfer_on date,
    requester jsonb NOT NULL,
    answered_on date,
    document_id uuid,
    CONSTRAINT transfer_requests_check CHECK (((answered_on IS NULL) = (document_id IS NULL))),
    CONSTRAINT transfer_requests_paragraph_check CHECK ((paragraph = ANY (ARRAY[1, 2])))
);

ALTER TABLE ONLY public.transfer_requests FORCE ROW LEVEL SECURITY;

CREATE TABLE public.transfer_settlements (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    transferred_on date NOT NULL,
    lot_id uuid NOT NULL,
    seller_id uuid NOT NULL,
    buyer_id uuid NOT NULL,
    amount bigint NOT NULL,
    call_id uuid NOT NULL,
    is_withdrawn boolean DEFAULT false NOT NULL,
    CONSTRAINT transfer_settlements_amount_check CHECK ((amount > 0)),
    CONSTRAINT transfer_settlements_check CHECK ((buyer_id <> seller_id))
);

ALTER TABLE ONLY public.transfer_settlements FORCE ROW LEVEL SECURITY;

CREATE TABLE public.withdrawals (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    reason text NOT NULL,
    withdrawn_on date NOT NULL,
    withdrawn_by uuid NOT NULL,
    entry_id uuid,
    CONSTRAINT withdrawals_reason_check CHECK ((reason <> ''::text))
);

ALTER TABLE ONLY public.withdrawals FORCE ROW LEVEL SECURITY;

CREATE TABLE public.works_carried (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    statement_id uuid NOT NULL,
    association_id uuid NOT NULL,
    works_id uuid NOT NULL,
    titles jsonb NOT NULL,
    decided_on date NOT NULL,
    key_name text NOT NULL,
    lot_id uuid,
    party_id uuid NOT NULL,
    brought bigint NOT NULL,
    called bigint NOT NULL,
    carried bigint NOT NULL,
    CONSTRAINT works_carried_carried_check CHECK ((carried >= 0))
);

ALTER TABLE ONLY public.works_carried FORCE ROW LEVEL SECURITY;

ALTER TABLE ONLY public.account_months
    ADD CONSTRAINT account_months_pkey PRIMARY KEY (association_id, account, fund, month);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (association_id, code);

ALTER TABLE ONLY public.arrears_policies
    ADD CONSTRAINT arrears_policies_pkey PRIMARY KEY (association_id);

ALTER TABLE ONLY public.bank_accounts
    ADD CONSTRAINT bank_accounts_association_id_account_key UNIQUE (association_id, account);

ALTER TABLE ONLY public.bank_accounts
    ADD CONSTRAINT bank_accounts_association_id_iban_key UNIQUE (association_id, iban);

ALTER TABLE ONLY public.bank_accounts
    ADD CONSTRAINT bank_accounts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.bank_entries
    ADD CONSTRAINT bank_entries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.bank_entries
    ADD CONSTRAINT bank_entries_statement_id_position_key UNIQUE (statement_id, "position");

ALTER TABLE ONLY public.bank_files
    ADD CONSTRAINT bank_files_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.bank_statements
    ADD CONSTRAINT bank_statements_bank_account_id_number_from_day_key UNIQUE (bank_account_id, number, from_day);

ALTER TABLE ONLY public.bank_statements
    ADD CONSTRAINT bank_statements_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.books
    ADD CONSTRAINT books_pkey PRIMARY KEY (association_id);

ALTER TABLE ONLY public.budget_lines
    ADD CONSTRAINT budget_lines_pkey PRIMARY KEY (budget_id, "position");

ALTER TABLE ONLY public.budget_versions
    ADD CONSTRAINT budget_versions_pkey PRIMARY KEY (budget_id, version);

ALTER TABLE ONLY public.budgets
    ADD CONSTRAINT budgets_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.budgets
    ADD CONSTRAINT budgets_stand EXCLUDE USING gist (association_id WITH =, days WITH &&) WHERE (((kind = 'ordinary'::text) AND (state = 'adopted'::text)));

ALTER TABLE ONLY public.calls
    ADD CONSTRAINT calls_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.charge_statements
    ADD CONSTRAINT charge_statements_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.charge_statements
    ADD CONSTRAINT charge_statements_stand EXCLUDE USING gist (association_id WITH =, period WITH &&) WHERE ((NOT is_withdrawn));

ALTER TABLE ONLY public.decisions
    ADD CONSTRAINT decisions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.demand_lines
    ADD CONSTRAINT demand_lines_pkey PRIMARY KEY (demand_id, "position");

ALTER TABLE ONLY public.demands
    ADD CONSTRAINT demands_association_id_communication_key UNIQUE (association_id, communication);

ALTER TABLE ONLY public.demands
    ADD CONSTRAINT demands_call_id_party_id_key UNIQUE (call_id, party_id);

ALTER TABLE ONLY public.demands
    ADD CONSTRAINT demands_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.demands
    ADD CONSTRAINT demands_reminder_id_key UNIQUE (reminder_id);

ALTER TABLE ONLY public.disputes
    ADD CONSTRAINT disputes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.entries
    ADD CONSTRAINT entries_association_id_fiscal_year_id_journal_number_key UNIQUE (association_id, fiscal_year_id, journal, number);

ALTER TABLE ONLY public.entries
    ADD CONSTRAINT entries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.entries
    ADD CONSTRAINT entries_reverses_key UNIQUE (reverses);

ALTER TABLE ONLY public.entry_lines
    ADD CONSTRAINT entry_lines_pkey PRIMARY KEY (entry_id, "position");

ALTER TABLE ONLY public.fiscal_years
    ADD CONSTRAINT fiscal_years_association_id_days_excl EXCLUDE USING gist (association_id WITH =, days WITH &&);

ALTER TABLE ONLY public.fiscal_years
    ADD CONSTRAINT fiscal_years_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (tenant_id, subject, key);

ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (tenant_id, event_id);

ALTER TABLE ONLY public.instalments
    ADD CONSTRAINT instalments_pkey PRIMARY KEY (plan_id, due_on);

ALTER TABLE ONLY public.invoice_files
    ADD CONSTRAINT invoice_files_pkey PRIMARY KEY (invoice_id, kind);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.known_ibans
    ADD CONSTRAINT known_ibans_pkey PRIMARY KEY (association_id, iban, party_id);

ALTER TABLE ONLY public.letters
    ADD CONSTRAINT letters_dispatch_id_key UNIQUE (dispatch_id);

ALTER TABLE ONLY public.letters
    ADD CONSTRAINT letters_pkey PRIMARY KEY (document_id);

ALTER TABLE ONLY public.lot_transfers
    ADD CONSTRAINT lot_transfers_pkey PRIMARY KEY (association_id, transferred_on, lot_id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.owner_statements
    ADD CONSTRAINT owner_statements_pkey PRIMARY KEY (statement_id, party_id);

ALTER TABLE ONLY public.parties
    ADD CONSTRAINT parties_pkey PRIMARY KEY (association_id, id);

ALTER TABLE ONLY public.party_balances
    ADD CONSTRAINT party_balances_pkey PRIMARY KEY (association_id, party_id, account, fund);

ALTER TABLE ONLY public.payment_batches
    ADD CONSTRAINT payment_batches_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payment_plan_demands
    ADD CONSTRAINT payment_plan_demands_pkey PRIMARY KEY (plan_id, demand_id);

ALTER TABLE ONLY public.payment_plans
    ADD CONSTRAINT payment_plans_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_end_to_end_id_key UNIQUE (end_to_end_id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reminder_demands
    ADD CONSTRAINT reminder_demands_pkey PRIMARY KEY (reminder_id, demand_id);

ALTER TABLE ONLY public.reminders
    ADD CONSTRAINT reminders_association_id_party_id_sent_on_key UNIQUE (association_id, party_id, sent_on);

ALTER TABLE ONLY public.reminders
    ADD CONSTRAINT reminders_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.restored_references
    ADD CONSTRAINT restored_references_pkey PRIMARY KEY (tenant_id, table_name, column_name, row_id);

ALTER TABLE ONLY public.tenant_operations
    ADD CONSTRAINT tenant_operations_pkey PRIMARY KEY (tenant_id, operation_id);

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_database_key UNIQUE (database);

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.transfer_requests
    ADD CONSTRAINT transfer_requests_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.transfer_settlements
    ADD CONSTRAINT transfer_settlements_pkey PRIMARY KEY (call_id);

ALTER TABLE ONLY public.withdrawals
    ADD CONSTRAINT withdrawals_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.works_carried
    ADD CONSTRAINT works_carried_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.works_carried
    ADD CONSTRAINT works_carried_statement_id_works_id_key_name_lot_id_party_i_key UNIQUE NULLS NOT DISTINCT (statement_id, works_id, key_name, lot_id, party_id);

CREATE INDEX bank_entries_in_order ON public.bank_entries USING btree (association_id, booked_on, id);

CREATE INDEX bank_entries_of_entry ON public.bank_entries USING btree (entry_id);

CREATE INDEX bank_entries_of_match ON public.bank_entries USING btree (match_entry_id) WHERE (match_entry_id IS NOT NULL);

CREATE INDEX bank_entries_open ON public.bank_entries USING btree (association_id, booked_on, id) WHERE (state = 'open'::text);

CREATE INDEX bank_files_in_order ON public.bank_files USING btree (association_id, id);

CREATE INDEX bank_statements_of_association ON public.bank_statements USING btree (association_id);

CREATE INDEX bank_statements_of_file ON public.bank_statements USING btree (bank_file_id);

CREATE INDEX budget_lines_of_account ON public.budget_lines USING btree (association_id, account);

CREATE INDEX budgets_in_order ON public.budgets USING btree (association_id, id);

CREATE INDEX calls_in_order ON public.calls USING btree (association_id, id);

CREATE UNIQUE INDEX calls_of_budget ON public.calls USING btree (budget_id, period) WHERE ((budget_id IS NOT NULL) AND (NOT is_withdrawn));

CREATE INDEX calls_of_entry ON public.calls USING btree (entry_id);

CREATE INDEX calls_on_budget ON public.calls USING btree (budget_id) WHERE (budget_id IS NOT NULL);

CREATE INDEX charge_statements_in_order ON public.charge_statements USING btree (association_id, id);

CREATE INDEX charge_statements_of_entry ON public.charge_statements USING btree (entry_id) WHERE (entry_id IS NOT NULL);

CREATE INDEX decisions_in_order ON public.decisions USING btree (association_id, id);

CREATE INDEX demands_of_party ON public.demands USING btree (association_id, party_id, due_on, id);

CREATE INDEX demands_open ON public.demands USING btree (association_id, due_on, id) WHERE ((open_working_capital <> 0) OR (open_reserve_fund <> 0));

CREATE INDEX disputes_of_association ON public.disputes USING btree (association_id);

CREATE INDEX disputes_of_demand ON public.disputes USING btree (demand_id, id);

CREATE UNIQUE INDEX disputes_running ON public.disputes USING btree (demand_id) WHERE (ended_on IS NULL);

CREATE INDEX entries_by_day ON public.entries USING btree (association_id, dated, id);

CREATE INDEX entries_of_year ON public.entries USING btree (fiscal_year_id);

CREATE INDEX grants_of_subject ON public.grants USING btree (subject);

CREATE INDEX invoices_in_order ON public.invoices USING btree (association_id, dated, id);

CREATE INDEX invoices_of_entry ON public.invoices USING btree (entry_id) WHERE (entry_id IS NOT NULL);

CREATE INDEX invoices_of_supplier ON public.invoices USING btree (association_id, supplier_id, number);

CREATE INDEX invoices_to_pay ON public.invoices USING btree (association_id, due_on, id) WHERE (state = 'approved'::text);

CREATE INDEX letters_of ON public.letters USING btree (association_id, subject, document_id);

CREATE INDEX lines_of_account ON public.entry_lines USING btree (association_id, account, dated);

CREATE INDEX lines_of_demand ON public.entry_lines USING btree (demand_id, dated) WHERE (demand_id IS NOT NULL);

CREATE INDEX lines_of_party ON public.entry_lines USING btree (association_id, party_id, dated) WHERE (party_id IS NOT NULL);

CREATE INDEX outbox_unpublished ON public.outbox USING btree ("position") WHERE (published_at IS NULL);

CREATE INDEX owner_statements_of_demand ON public.owner_statements USING btree (demand_id) WHERE (demand_id IS NOT NULL);

CREATE INDEX owner_statements_of_party ON public.owner_statements USING btree (association_id, party_id);

CREATE INDEX parties_by_holder ON public.parties USING gin (holder_ids);

CREATE INDEX payment_batches_in_order ON public.payment_batches USING btree (association_id, id);

CREATE INDEX payment_batches_of_bank_account ON public.payment_batches USING btree (bank_account_id);

CREATE INDEX payment_plan_demands_of_demand ON public.payment_plan_demands USING btree (demand_id);

CREATE INDEX payment_plans_in_order ON public.payment_plans USING btree (association_id, id);

CREATE UNIQUE INDEX payment_plans_running ON public.payment_plans USING btree (association_id, party_id) WHERE (ended_on IS NULL);

CREATE INDEX payments_of_association ON public.payments USING btree (association_id);

CREATE INDEX payments_of_batch ON public.payments USING btree (batch_id, id);

CREATE INDEX payments_of_entry ON public.payments USING btree (entry_id) WHERE (entry_id IS NOT NULL);

CREATE INDEX payments_of_invoices ON public.payments USING gin (invoice_ids);

CREATE INDEX reminders_in_order ON public.reminders USING btree (association_id, id);

CREATE INDEX reminders_of_demand ON public.reminder_demands USING btree (demand_id);

CREATE INDEX reminders_of_entry ON public.reminders USING btree (entry_id) WHERE (entry_id IS NOT NULL);

CREATE UNIQUE INDEX suppliers_by_number ON public.parties USING btree (association_id, enterprise_number) WHERE (enterprise_number <> ''::text);

CREATE INDEX transfer_requests_in_order ON public.transfer_requests USING btree (association_id, answer_by, id);

CREATE INDEX transfer_settlements_of_association ON public.transfer_settlements USING btree (association_id);

CREATE UNIQUE INDEX transfer_settlements_stand ON public.transfer_settlements USING btree (association_id, transferred_on, lot_id) WHERE (NOT is_withdrawn);

CREATE INDEX withdrawals_of_association ON public.withdrawals USING btree (association_id);

CREATE INDEX withdrawals_of_entry ON public.withdrawals USING btree (entry_id) WHERE (entry_id IS NOT NULL);

CREATE INDEX works_carried_of ON public.works_carried USING btree (association_id, statement_id);

CREATE CONSTRAINT TRIGGER balances AFTER INSERT ON public.entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((current_setting('koprogo.restoring'::text, true) IS DISTINCT FROM 'on'::text)) EXECUTE FUNCTION public.entry_balances();

CREATE TRIGGER balances AFTER INSERT ON public.entry_lines REFERENCING NEW TABLE AS added FOR EACH STATEMENT WHEN ((current_setting('koprogo.restoring'::text, true) IS DISTINCT FROM 'on'::text)) EXECUTE FUNCTION public.lines_move_balances();

CREATE TRIGGER in_open_year BEFORE INSERT ON public.entries FOR EACH ROW WHEN ((current_setting('koprogo.restoring'::text, true) IS DISTINCT FROM 'on'::text)) EXECUTE FUNCTION public.entry_is_in_open_year();

CREATE TRIGGER kept BEFORE DELETE OR UPDATE ON public.entries FOR EACH ROW WHEN ((current_setting('koprogo.restoring'::text, true) IS DISTINCT FROM 'on'::text)) EXECUTE FUNCTION public.entry_is_kept();

CREATE TRIGGER kept BEFORE DELETE OR UPDATE ON public.entry_lines FOR EACH ROW WHEN ((current_setting('koprogo.restoring'::text, true) IS DISTINCT FROM 'on'::text)) EXECUTE FUNCTION public.entry_is_kept();

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.arrears_policies
    ADD CONSTRAINT arrears_policies_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.bank_accounts
    ADD CONSTRAINT bank_accounts_association_id_account_fkey FOREIGN KEY (association_id, account) REFERENCES public.accounts(association_id, code);

ALTER TABLE ONLY public.bank_accounts
    ADD CONSTRAINT bank_accounts_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.bank_entries
    ADD CONSTRAINT bank_entries_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.bank_entries
    ADD CONSTRAINT bank_entries_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES public.entries(id);

ALTER TABLE ONLY public.bank_entries
    ADD CONSTRAINT bank_entries_match_entry_id_fkey FOREIGN KEY (match_entry_id) REFERENCES public.entries(id);

ALTER TABLE ONLY public.bank_entries
    ADD CONSTRAINT bank_entries_statement_id_fkey FOREIGN KEY (statement_id) REFERENCES public.bank_statements(id);

ALTER TABLE ONLY public.bank_files
    ADD CONSTRAINT bank_files_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.bank_statements
    ADD CONSTRAINT bank_statements_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.bank_statements
    ADD CONSTRAINT bank_statements_bank_account_id_fkey FOREIGN KEY (bank_account_id) REFERENCES public.bank_accounts(id);

ALTER TABLE ONLY public.bank_statements
    ADD CONSTRAINT bank_statements_bank_file_id_fkey FOREIGN KEY (bank_file_id) REFERENCES public.bank_files(id);

ALTER TABLE ONLY public.budget_lines
    ADD CONSTRAINT budget_lines_association_id_account_fkey FOREIGN KEY (association_id, account) REFERENCES public.accounts(association_id, code);

ALTER TABLE ONLY public.budget_lines
    ADD CONSTRAINT budget_lines_budget_id_fkey FOREIGN KEY (budget_id) REFERENCES public.budgets(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.budget_versions
    ADD CONSTRAINT budget_versions_budget_id_fkey FOREIGN KEY (budget_id) REFERENCES public.budgets(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.budgets
    ADD CONSTRAINT budgets_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.calls
    ADD CONSTRAINT calls_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.calls
    ADD CONSTRAINT calls_budget_id_fkey FOREIGN KEY (budget_id) REFERENCES public.budgets(id);

ALTER TABLE ONLY public.calls
    ADD CONSTRAINT calls_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES public.entries(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.charge_statements
    ADD CONSTRAINT charge_statements_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.charge_statements
    ADD CONSTRAINT charge_statements_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES public.entries(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.demand_lines
    ADD CONSTRAINT demand_lines_demand_id_fkey FOREIGN KEY (demand_id) REFERENCES public.demands(id);

ALTER TABLE ONLY public.demands
    ADD CONSTRAINT demands_association_id_party_id_fkey FOREIGN KEY (association_id, party_id) REFERENCES public.parties(association_id, id);

ALTER TABLE ONLY public.demands
    ADD CONSTRAINT demands_call_id_fkey FOREIGN KEY (call_id) REFERENCES public.calls(id);

ALTER TABLE ONLY public.demands
    ADD CONSTRAINT demands_reminder_id_fkey FOREIGN KEY (reminder_id) REFERENCES public.reminders(id);

ALTER TABLE ONLY public.disputes
    ADD CONSTRAINT disputes_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.disputes
    ADD CONSTRAINT disputes_demand_id_fkey FOREIGN KEY (demand_id) REFERENCES public.demands(id);

ALTER TABLE ONLY public.entries
    ADD CONSTRAINT entries_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.entries
    ADD CONSTRAINT entries_fiscal_year_id_fkey FOREIGN KEY (fiscal_year_id) REFERENCES public.fiscal_years(id);

ALTER TABLE ONLY public.entries
    ADD CONSTRAINT entries_reverses_fkey FOREIGN KEY (reverses) REFERENCES public.entries(id);

ALTER TABLE ONLY public.entry_lines
    ADD CONSTRAINT entry_lines_association_id_account_fkey FOREIGN KEY (association_id, account) REFERENCES public.accounts(association_id, code);

ALTER TABLE ONLY public.entry_lines
    ADD CONSTRAINT entry_lines_association_id_party_id_fkey FOREIGN KEY (association_id, party_id) REFERENCES public.parties(association_id, id);

ALTER TABLE ONLY public.entry_lines
    ADD CONSTRAINT entry_lines_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES public.entries(id);

ALTER TABLE ONLY public.fiscal_years
    ADD CONSTRAINT fiscal_years_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.instalments
    ADD CONSTRAINT instalments_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.payment_plans(id);

ALTER TABLE ONLY public.invoice_files
    ADD CONSTRAINT invoice_files_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoices(id);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_association_id_supplier_id_fkey FOREIGN KEY (association_id, supplier_id) REFERENCES public.parties(association_id, id);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES public.entries(id);

ALTER TABLE ONLY public.known_ibans
    ADD CONSTRAINT known_ibans_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.known_ibans
    ADD CONSTRAINT known_ibans_association_id_party_id_fkey FOREIGN KEY (association_id, party_id) REFERENCES public.parties(association_id, id);

ALTER TABLE ONLY public.owner_statements
    ADD CONSTRAINT owner_statements_association_id_party_id_fkey FOREIGN KEY (association_id, party_id) REFERENCES public.parties(association_id, id);

ALTER TABLE ONLY public.owner_statements
    ADD CONSTRAINT owner_statements_demand_id_fkey FOREIGN KEY (demand_id) REFERENCES public.demands(id);

ALTER TABLE ONLY public.owner_statements
    ADD CONSTRAINT owner_statements_statement_id_fkey FOREIGN KEY (statement_id) REFERENCES public.charge_statements(id);

ALTER TABLE ONLY public.parties
    ADD CONSTRAINT parties_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.payment_batches
    ADD CONSTRAINT payment_batches_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.payment_batches
    ADD CONSTRAINT payment_batches_bank_account_id_fkey FOREIGN KEY (bank_account_id) REFERENCES public.bank_accounts(id);

ALTER TABLE ONLY public.payment_plan_demands
    ADD CONSTRAINT payment_plan_demands_demand_id_fkey FOREIGN KEY (demand_id) REFERENCES public.demands(id);

ALTER TABLE ONLY public.payment_plan_demands
    ADD CONSTRAINT payment_plan_demands_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.payment_plans(id);

ALTER TABLE ONLY public.payment_plans
    ADD CONSTRAINT payment_plans_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.payment_plans
    ADD CONSTRAINT payment_plans_association_id_party_id_fkey FOREIGN KEY (association_id, party_id) REFERENCES public.parties(association_id, id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES public.payment_batches(id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES public.entries(id);

ALTER TABLE ONLY public.reminder_demands
    ADD CONSTRAINT reminder_demands_demand_id_fkey FOREIGN KEY (demand_id) REFERENCES public.demands(id);

ALTER TABLE ONLY public.reminder_demands
    ADD CONSTRAINT reminder_demands_reminder_id_fkey FOREIGN KEY (reminder_id) REFERENCES public.reminders(id);

ALTER TABLE ONLY public.reminders
    ADD CONSTRAINT reminders_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.reminders
    ADD CONSTRAINT reminders_association_id_party_id_fkey FOREIGN KEY (association_id, party_id) REFERENCES public.parties(association_id, id);

ALTER TABLE ONLY public.reminders
    ADD CONSTRAINT reminders_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES public.entries(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.transfer_requests
    ADD CONSTRAINT transfer_requests_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.transfer_settlements
    ADD CONSTRAINT transfer_settlements_association_id_buyer_id_fkey FOREIGN KEY (association_id, buyer_id) REFERENCES public.parties(association_id, id);

ALTER TABLE ONLY public.transfer_settlements
    ADD CONSTRAINT transfer_settlements_association_id_seller_id_fkey FOREIGN KEY (association_id, seller_id) REFERENCES public.parties(association_id, id);

ALTER TABLE ONLY public.transfer_settlements
    ADD CONSTRAINT transfer_settlements_association_id_transferred_on_lot_id_fkey FOREIGN KEY (association_id, transferred_on, lot_id) REFERENCES public.lot_transfers(association_id, transferred_on, lot_id);

ALTER TABLE ONLY public.transfer_settlements
    ADD CONSTRAINT transfer_settlements_call_id_fkey FOREIGN KEY (call_id) REFERENCES public.calls(id);

ALTER TABLE ONLY public.withdrawals
    ADD CONSTRAINT withdrawals_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.books(association_id);

ALTER TABLE ONLY public.withdrawals
    ADD CONSTRAINT withdrawals_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES public.entries(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.works_carried
    ADD CONSTRAINT works_carried_association_id_party_id_fkey FOREIGN KEY (association_id, party_id) REFERENCES public.parties(association_id, id);

ALTER TABLE ONLY public.works_carried
    ADD CONSTRAINT works_carried_statement_id_fkey FOREIGN KEY (statement_id) REFERENCES public.charge_statements(id);

ALTER TABLE public.account_months ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.arrears_policies ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bank_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bank_entries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bank_files ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bank_statements ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.books ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.budget_lines ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.budget_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.budgets ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.calls ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.charge_statements ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.decisions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.demand_lines ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.demands ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.disputes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.entries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.entry_lines ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fiscal_years ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.grants ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.idempotency_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.inbox ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.instalments ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.invoice_files ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.invoices ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.known_ibans ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.letters ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.lot_transfers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.outbox ENABLE ROW LEVEL SECURITY;

CREATE POLICY own ON public.grants FOR SELECT USING ((subject = ( SELECT (NULLIF(current_setting('koprogo.subject'::text, true), ''::text))::uuid AS "nullif")));

CREATE POLICY owner_looks_up ON public.books FOR SELECT TO current_user USING (true);

ALTER TABLE public.owner_statements ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.parties ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.party_balances ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_batches ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_plan_demands ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_plans ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payments ENABLE ROW LEVEL SECURITY;

CREATE POLICY places ON public.tenants FOR SELECT USING (((database IS NOT NULL) AND (( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting) = '00000000-0000-0000-0000-000000000000'::uuid)));

CREATE POLICY relay_forgets ON public.idempotency_keys FOR DELETE USING (((current_setting('koprogo.relay'::text, true) = 'on'::text) AND (created_at < (now() - '30 days'::interval))));

CREATE POLICY relay_forgets ON public.inbox FOR DELETE USING (((current_setting('koprogo.relay'::text, true) = 'on'::text) AND (handled_at < (now() - '30 days'::interval))));

CREATE POLICY relay_forgets ON public.outbox FOR DELETE USING ((current_setting('koprogo.relay'::text, true) = 'on'::text));

CREATE POLICY relay_marks ON public.outbox FOR UPDATE USING ((current_setting('koprogo.relay'::text, true) = 'on'::text));

CREATE POLICY relay_reads ON public.outbox FOR SELECT USING ((current_setting('koprogo.relay'::text, true) = 'on'::text));

ALTER TABLE public.reminder_demands ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reminders ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.restored_references ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON public.account_months USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.accounts USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.arrears_policies USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.bank_accounts USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.bank_entries USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.bank_files USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.bank_statements USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.books USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.budget_lines USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.budget_versions USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.budgets USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.calls USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.charge_statements USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.decisions USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.demand_lines USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.demands USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.disputes USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.entries USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.entry_lines USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.fiscal_years USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.grants USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text, true))::uuid AS current_setting)));

CREATE POLICY tenant ON public.idempotency_keys USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.inbox USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.instalments USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.invoice_files USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.invoices USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.known_ibans USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.letters USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.lot_transfers USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.owner_statements USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.parties USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.party_balances USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.payment_batches USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.payment_plan_demands USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.payment_plans USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.payments USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.reminder_demands USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.reminders USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.restored_references USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.tenant_operations USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.tenants USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.transfer_requests USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.transfer_settlements USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.withdrawals USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.works_carried USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

ALTER TABLE public.tenant_operations ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_writes ON public.outbox FOR INSERT WITH CHECK ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

ALTER TABLE public.tenants ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.transfer_requests ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.transfer_settlements ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.withdrawals ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.works_carried ENABLE ROW LEVEL SECURITY;
