-- What the migrations make of an empty database. Written by `make schema`, compared by a test.

CREATE FUNCTION public.dedicated_tenants() RETURNS TABLE(tenant_id uuid, database text, bucket text, is_open boolean)
    LANGUAGE plpgsql
    AS $$
begin
    perform set_config('koprogo.tenant', '00000000-0000-0000-0000-000000000000', true);
    return query select t.tenant_id, t.database, t.bucket, t.opened_at is not null
                 from tenants t where t.database is not null order by t.placed_at, t.tenant_id;
end
$$;

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

CREATE TABLE public.acts (
    meeting_id uuid NOT NULL,
    number integer NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    at text NOT NULL,
    kind text NOT NULL,
    data jsonb NOT NULL,
    previous text NOT NULL,
    hash text NOT NULL
);

ALTER TABLE ONLY public.acts FORCE ROW LEVEL SECURITY;

CREATE TABLE public.decisions (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    number bigint NOT NULL,
    held_on date NOT NULL,
    item integer NOT NULL,
    title jsonb NOT NULL,
    majority text NOT NULL,
    adopted boolean NOT NULL,
    result jsonb NOT NULL,
    entered_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.decisions FORCE ROW LEVEL SECURITY;

CREATE TABLE public.dispatches (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    meeting_id uuid NOT NULL,
    purpose text NOT NULL,
    document_id uuid NOT NULL,
    co_ownership_id uuid NOT NULL,
    recipient text NOT NULL,
    channel text NOT NULL,
    status text NOT NULL,
    proof text DEFAULT ''::text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.dispatches FORCE ROW LEVEL SECURITY;

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

CREATE TABLE public.meetings (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    kind text NOT NULL,
    session integer NOT NULL,
    first_meeting_id uuid,
    starts_at timestamp with time zone NOT NULL,
    place text NOT NULL,
    remote_system text NOT NULL,
    consultation text NOT NULL,
    required_acr text NOT NULL,
    agenda jsonb NOT NULL,
    state text NOT NULL,
    urgency text DEFAULT ''::text NOT NULL,
    syndic_name text DEFAULT ''::text NOT NULL,
    convened_at timestamp with time zone,
    policies jsonb DEFAULT '{}'::jsonb NOT NULL,
    association jsonb,
    roll jsonb,
    acts_count integer DEFAULT 0 NOT NULL,
    last_hash text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL
);

ALTER TABLE ONLY public.meetings FORCE ROW LEVEL SECURITY;

CREATE TABLE public.minutes (
    document_id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    meeting_id uuid NOT NULL,
    language text NOT NULL,
    is_final boolean NOT NULL,
    sha256 text DEFAULT ''::text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    rendered_at timestamp with time zone
);

ALTER TABLE ONLY public.minutes FORCE ROW LEVEL SECURITY;

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

CREATE TABLE public.policy_choices (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    policy text NOT NULL,
    choice text NOT NULL
);

ALTER TABLE ONLY public.policy_choices FORCE ROW LEVEL SECURITY;

CREATE TABLE public.proxies (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    meeting_id uuid NOT NULL,
    principal uuid NOT NULL,
    holder uuid NOT NULL,
    holder_name text NOT NULL,
    holder_is_syndic boolean NOT NULL
);

ALTER TABLE ONLY public.proxies FORCE ROW LEVEL SECURITY;

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

ALTER TABLE ONLY public.acts
    ADD CONSTRAINT acts_pkey PRIMARY KEY (meeting_id, number);

ALTER TABLE ONLY public.decisions
    ADD CONSTRAINT decisions_association_id_number_key UNIQUE (association_id, number);

ALTER TABLE ONLY public.decisions
    ADD CONSTRAINT decisions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.dispatches
    ADD CONSTRAINT dispatches_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (tenant_id, subject, key);

ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (tenant_id, event_id);

ALTER TABLE ONLY public.meetings
    ADD CONSTRAINT meetings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.minutes
    ADD CONSTRAINT minutes_pkey PRIMARY KEY (document_id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.policy_choices
    ADD CONSTRAINT policy_choices_pkey PRIMARY KEY (association_id, policy);

ALTER TABLE ONLY public.proxies
    ADD CONSTRAINT proxies_meeting_id_principal_key UNIQUE (meeting_id, principal);

ALTER TABLE ONLY public.proxies
    ADD CONSTRAINT proxies_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.restored_references
    ADD CONSTRAINT restored_references_pkey PRIMARY KEY (tenant_id, table_name, column_name, row_id);

ALTER TABLE ONLY public.tenant_operations
    ADD CONSTRAINT tenant_operations_pkey PRIMARY KEY (tenant_id, operation_id);

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_database_key UNIQUE (database);

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (tenant_id);

CREATE INDEX decisions_of_meeting ON public.decisions USING btree (meeting_id);

CREATE INDEX dispatches_of_meeting ON public.dispatches USING btree (meeting_id, purpose, recipient, id);

CREATE INDEX grants_of_subject ON public.grants USING btree (subject);

CREATE INDEX meetings_of_association ON public.meetings USING btree (association_id, starts_at DESC, id);

CREATE UNIQUE INDEX minutes_once ON public.minutes USING btree (meeting_id, language, is_final);

CREATE UNIQUE INDEX one_ballot ON public.acts USING btree (meeting_id, ((data ->> 'item'::text)), ((data ->> 'co_ownership'::text))) WHERE (kind = 'ballot'::text);

CREATE UNIQUE INDEX one_second_assembly ON public.meetings USING btree (first_meeting_id);

CREATE INDEX outbox_unpublished ON public.outbox USING btree ("position") WHERE (published_at IS NULL);

ALTER TABLE ONLY public.acts
    ADD CONSTRAINT acts_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(id);

ALTER TABLE ONLY public.decisions
    ADD CONSTRAINT decisions_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(id);

ALTER TABLE ONLY public.dispatches
    ADD CONSTRAINT dispatches_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(id);

ALTER TABLE ONLY public.meetings
    ADD CONSTRAINT meetings_first_meeting_id_fkey FOREIGN KEY (first_meeting_id) REFERENCES public.meetings(id);

ALTER TABLE ONLY public.minutes
    ADD CONSTRAINT minutes_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(id);

ALTER TABLE ONLY public.proxies
    ADD CONSTRAINT proxies_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(id);

ALTER TABLE public.acts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.decisions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.dispatches ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.grants ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.idempotency_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.inbox ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.meetings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.minutes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.outbox ENABLE ROW LEVEL SECURITY;

CREATE POLICY own ON public.grants FOR SELECT USING ((subject = ( SELECT (NULLIF(current_setting('koprogo.subject'::text, true), ''::text))::uuid AS "nullif")));

CREATE POLICY places ON public.tenants FOR SELECT USING (((database IS NOT NULL) AND (( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting) = '00000000-0000-0000-0000-000000000000'::uuid)));

ALTER TABLE public.policy_choices ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.proxies ENABLE ROW LEVEL SECURITY;

CREATE POLICY relay_forgets ON public.idempotency_keys FOR DELETE USING (((current_setting('koprogo.relay'::text, true) = 'on'::text) AND (created_at < (now() - '30 days'::interval))));

CREATE POLICY relay_forgets ON public.inbox FOR DELETE USING (((current_setting('koprogo.relay'::text, true) = 'on'::text) AND (handled_at < (now() - '30 days'::interval))));

CREATE POLICY relay_forgets ON public.outbox FOR DELETE USING ((current_setting('koprogo.relay'::text, true) = 'on'::text));

CREATE POLICY relay_marks ON public.outbox FOR UPDATE USING ((current_setting('koprogo.relay'::text, true) = 'on'::text));

CREATE POLICY relay_reads ON public.outbox FOR SELECT USING ((current_setting('koprogo.relay'::text, true) = 'on'::text));

ALTER TABLE public.restored_references ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON public.dispatches USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.grants USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text, true))::uuid AS current_setting)));

CREATE POLICY tenant ON public.idempotency_keys USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.inbox USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.meetings USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.minutes USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.policy_choices USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.proxies USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.restored_references USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.tenant_operations USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.tenants USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_adds ON public.acts FOR INSERT WITH CHECK ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_adds ON public.decisions FOR INSERT WITH CHECK ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_is_erased ON public.acts FOR DELETE USING (((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)) AND (( SELECT current_setting('koprogo.restoring'::text, true) AS current_setting) = 'on'::text)));

CREATE POLICY tenant_is_erased ON public.decisions FOR DELETE USING (((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)) AND (( SELECT current_setting('koprogo.restoring'::text, true) AS current_setting) = 'on'::text)));

ALTER TABLE public.tenant_operations ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_reads ON public.acts FOR SELECT USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_reads ON public.decisions FOR SELECT USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_writes ON public.outbox FOR INSERT WITH CHECK ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

ALTER TABLE public.tenants ENABLE ROW LEVEL SECURITY;
