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

CREATE FUNCTION public.open_dispatches() RETURNS TABLE(id uuid, tenant_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
    select d.id, d.tenant_id from dispatches d
    where d.state in ('requested', 'sending') and exists (select 1 from documents x where x.id = d.document_id)
      and (d.state = 'requested' and (d.attempts = 0 or d.changed_at
               < now() - least(interval '2 seconds' * power(2, least(d.attempts, 10)), interval '10 minutes'))
           or d.state = 'sending' and d.changed_at < now() - interval '30 seconds')
      and not exists (select from tenants t where t.tenant_id = d.tenant_id and t.state <> 'active')
    order by d.changed_at, d.id limit 200
$$;

CREATE FUNCTION public.open_requests() RETURNS TABLE(document_id uuid, tenant_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
    select r.document_id, r.tenant_id from requests r where r.state = 'requested'
      and (r.attempts = 0
           or r.changed_at < now() - least(interval '2 seconds' * power(2, least(r.attempts, 10)), interval '5 minutes'))
      and not exists (select from tenants t where t.tenant_id = r.tenant_id and t.state <> 'active')
    order by r.requested_at, r.document_id limit 50
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

CREATE TABLE public.dispatches (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    association_name text NOT NULL,
    document_id uuid NOT NULL,
    subject text NOT NULL,
    kind text NOT NULL,
    language text NOT NULL,
    channel text NOT NULL,
    name text NOT NULL,
    address text[] NOT NULL,
    email text NOT NULL,
    attachment_ids uuid[] NOT NULL,
    state text NOT NULL,
    proof text DEFAULT ''::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    changed_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.dispatches FORCE ROW LEVEL SECURITY;

CREATE TABLE public.documents (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    subject text DEFAULT ''::text NOT NULL,
    file_name text NOT NULL,
    media_type text NOT NULL,
    language text DEFAULT ''::text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    visible_to text[] NOT NULL,
    visible_to_co_owner_id uuid,
    stored_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.documents FORCE ROW LEVEL SECURITY;

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

CREATE TABLE public.requests (
    document_id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    subject text NOT NULL,
    payload bytea NOT NULL,
    state text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.requests FORCE ROW LEVEL SECURITY;

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

ALTER TABLE ONLY public.dispatches
    ADD CONSTRAINT dispatches_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.documents
    ADD CONSTRAINT documents_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (tenant_id, subject, key);

ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (tenant_id, event_id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_pkey PRIMARY KEY (document_id);

ALTER TABLE ONLY public.restored_references
    ADD CONSTRAINT restored_references_pkey PRIMARY KEY (tenant_id, table_name, column_name, row_id);

ALTER TABLE ONLY public.tenant_operations
    ADD CONSTRAINT tenant_operations_pkey PRIMARY KEY (tenant_id, operation_id);

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_database_key UNIQUE (database);

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (tenant_id);

CREATE INDEX dispatches_by_state ON public.dispatches USING btree (association_id, state, id);

CREATE INDEX dispatches_of_document ON public.dispatches USING btree (document_id);

CREATE INDEX dispatches_open ON public.dispatches USING btree (changed_at) WHERE (state = ANY (ARRAY['requested'::text, 'sending'::text]));

CREATE INDEX documents_by_hash ON public.documents USING btree (association_id, sha256);

CREATE INDEX documents_in_order ON public.documents USING btree (association_id, stored_at DESC, id DESC);

CREATE UNIQUE INDEX documents_uploaded_once ON public.documents USING btree (association_id, sha256) WHERE (subject = ''::text);

CREATE INDEX grants_of_subject ON public.grants USING btree (subject);

CREATE INDEX outbox_unpublished ON public.outbox USING btree ("position") WHERE (published_at IS NULL);

CREATE INDEX requests_open ON public.requests USING btree (requested_at) WHERE (state = 'requested'::text);

ALTER TABLE public.dispatches ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.documents ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.grants ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.idempotency_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.inbox ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.outbox ENABLE ROW LEVEL SECURITY;

CREATE POLICY own ON public.grants FOR SELECT USING ((subject = ( SELECT (NULLIF(current_setting('koprogo.subject'::text, true), ''::text))::uuid AS "nullif")));

CREATE POLICY owner_finds_work ON public.dispatches FOR SELECT TO current_user USING (true);

CREATE POLICY owner_finds_work ON public.documents FOR SELECT TO current_user USING (true);

CREATE POLICY owner_finds_work ON public.requests FOR SELECT TO current_user USING (true);

CREATE POLICY owner_finds_work ON public.tenants FOR SELECT TO current_user USING (true);

CREATE POLICY places ON public.tenants FOR SELECT USING (((database IS NOT NULL) AND (( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting) = '00000000-0000-0000-0000-000000000000'::uuid)));

CREATE POLICY relay_forgets ON public.idempotency_keys FOR DELETE USING (((current_setting('koprogo.relay'::text, true) = 'on'::text) AND (created_at < (now() - '30 days'::interval))));

CREATE POLICY relay_forgets ON public.inbox FOR DELETE USING (((current_setting('koprogo.relay'::text, true) = 'on'::text) AND (handled_at < (now() - '30 days'::interval))));

CREATE POLICY relay_forgets ON public.outbox FOR DELETE USING ((current_setting('koprogo.relay'::text, true) = 'on'::text));

CREATE POLICY relay_marks ON public.outbox FOR UPDATE USING ((current_setting('koprogo.relay'::text, true) = 'on'::text));

CREATE POLICY relay_reads ON public.outbox FOR SELECT USING ((current_setting('koprogo.relay'::text, true) = 'on'::text));

ALTER TABLE public.requests ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.restored_references ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON public.dispatches USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.documents USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.grants USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text, true))::uuid AS current_setting)));

CREATE POLICY tenant ON public.idempotency_keys USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.inbox USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.requests USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.restored_references USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.tenant_operations USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.tenants USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

ALTER TABLE public.tenant_operations ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_writes ON public.outbox FOR INSERT WITH CHECK ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

ALTER TABLE public.tenants ENABLE ROW LEVEL SECURITY;
