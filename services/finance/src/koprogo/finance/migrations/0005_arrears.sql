-- What an association has chosen about arrears; without a row, the defaults of the code.
create table arrears_policies (
    association_id uuid primary key references books,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    threshold bigint not null check (threshold >= 0),
    statement_days int not null check (statement_days between 0 and 60),
    safe_mode boolean not null,
    version int not null
);

create table reminders (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references books,
    party_id uuid not null,
    level text not null check (level in ('friendly', 'firm', 'formal')),
    sent_on date not null,
    pay_until date not null,
    open bigint not null check (open > 0),
    cost bigint not null check (cost >= 0 and (cost = 0 or (level <> 'friendly' and clause <> ''))),
    interest bigint not null check (interest >= 0 and (interest = 0 or level = 'formal')),
    clause text not null,
    -- Of its charge; the demand stands before the lines that raise it.
    entry_id uuid references entries deferrable initially deferred,
    sent_at timestamptz not null,
    sent_by uuid not null,
    -- Two at the same moment send one.
    unique (association_id, party_id, sent_on),
    check ((entry_id is not null) = (cost + interest > 0)),
    foreign key (association_id, party_id) references parties (association_id, id)
);
create index reminders_in_order on reminders (association_id, id);

create table reminder_demands (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    reminder_id uuid not null references reminders,
    demand_id uuid not null references demands,
    open bigint not null,
    interest bigint not null,
    primary key (reminder_id, demand_id)
);
create index reminders_of_demand on reminder_demands (demand_id);

-- A demand comes from a call, or from a reminder for its cost and interest.
alter table demands alter column call_id drop not null,
    add column reminder_id uuid unique references reminders;
alter table demands add constraint demands_come_from_one check (num_nonnulls(call_id, reminder_id) = 1);

create index lines_of_demand on entry_lines (demand_id, dated) where demand_id is not null;

-- Why an owner does not accept a demand; demands.disputed_since says since when, these rows keep what was said.
create table disputes (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references books,
    demand_id uuid not null references demands,
    reason text not null check (reason <> ''),
    started_on date not null,
    started_by uuid not null,
    ended_on date,
    ended_by uuid,
    check ((ended_on is null) = (ended_by is null))
);
create unique index disputes_running on disputes (demand_id) where ended_on is null;
create index disputes_of_demand on disputes (demand_id, id);

create table payment_plans (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null references books,
    party_id uuid not null,
    agreed_on date not null,
    agreed_by uuid not null,
    -- What was open of its demands when it began.
    amount bigint not null check (amount > 0),
    ended_on date,
    ended_by uuid,
    check ((ended_on is null) = (ended_by is null)),
    foreign key (association_id, party_id) references parties (association_id, id)
);
create unique index payment_plans_running on payment_plans (association_id, party_id) where ended_on is null;
create index payment_plans_in_order on payment_plans (association_id, id);

create table instalments (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    plan_id uuid not null references payment_plans,
    due_on date not null,
    amount bigint not null check (amount > 0),
    primary key (plan_id, due_on)
);

create table payment_plan_demands (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    plan_id uuid not null references payment_plans,
    demand_id uuid not null references demands,
    primary key (plan_id, demand_id)
);

do $$
declare name text;
begin
    foreach name in array array['arrears_policies', 'reminders', 'reminder_demands', 'disputes', 'payment_plans',
        'instalments', 'payment_plan_demands'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy tenant on %I'
            ' using (tenant_id = (select current_setting(''koprogo.tenant'')::uuid))', name);
    end loop;
end $$;
