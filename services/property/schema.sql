-- What the migrations make of an empty database. Written by `make schema`, compared by a test.

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

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

CREATE FUNCTION public.organisation_of(p_association uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$ select tenant_id from associations where id = p_association $$;

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

CREATE TABLE public.allocation_key_shares (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    key_id uuid NOT NULL,
    lot_id uuid NOT NULL,
    shares bigint NOT NULL,
    CONSTRAINT allocation_key_shares_shares_check CHECK ((shares > 0))
);

ALTER TABLE ONLY public.allocation_key_shares FORCE ROW LEVEL SECURITY;

CREATE TABLE public.allocation_keys (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    name text NOT NULL
);

ALTER TABLE ONLY public.allocation_keys FORCE ROW LEVEL SECURITY;

CREATE TABLE public.associations (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    name text NOT NULL,
    enterprise_number text NOT NULL,
    address text[] NOT NULL,
    region text NOT NULL,
    languages text[] NOT NULL,
    share_denominator bigint NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT associations_share_denominator_check CHECK ((share_denominator > 0))
);

ALTER TABLE ONLY public.associations FORCE ROW LEVEL SECURITY;

CREATE TABLE public.co_owners (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    reference text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    address text[] NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    accepts_email boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL
);

ALTER TABLE ONLY public.co_owners FORCE ROW LEVEL SECURITY;

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

CREATE TABLE public.lots (
    id uuid NOT NULL,
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    association_id uuid NOT NULL,
    number text NOT NULL,
    sort_key text GENERATED ALWAYS AS ((lpad(COALESCE("substring"(number, '[0-9]+'::text), ''::text), 8, '0'::text) || number)) STORED NOT NULL,
    kind text NOT NULL,
    building text DEFAULT ''::text NOT NULL,
    shares bigint NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT lots_shares_check CHECK ((shares > 0))
);

ALTER TABLE ONLY public.lots FORCE ROW LEVEL SECURITY;

CREATE TABLE public.mandataries (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    lot_id uuid NOT NULL,
    co_owner_id uuid NOT NULL,
    valid_during daterange NOT NULL
);

ALTER TABLE ONLY public.mandataries FORCE ROW LEVEL SECURITY;

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

CREATE TABLE public.ownerships (
    tenant_id uuid DEFAULT (current_setting('koprogo.tenant'::text))::uuid NOT NULL,
    lot_id uuid NOT NULL,
    co_owner_id uuid NOT NULL,
    "right" text NOT NULL,
    numerator bigint NOT NULL,
    denominator bigint NOT NULL,
    valid_during daterange NOT NULL,
    CONSTRAINT ownerships_check CHECK ((denominator >= numerator)),
    CONSTRAINT ownerships_numerator_check CHECK ((numerator > 0)),
    CONSTRAINT ownerships_right_check CHECK (("right" = ANY (ARRAY['full'::text, 'bare'::text, 'usufruct'::text])))
);

ALTER TABLE ONLY public.ownerships FORCE ROW LEVEL SECURITY;

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

ALTER TABLE ONLY public.allocation_key_shares
    ADD CONSTRAINT allocation_key_shares_pkey PRIMARY KEY (key_id, lot_id);

ALTER TABLE ONLY public.allocation_keys
    ADD CONSTRAINT allocation_keys_association_id_name_key UNIQUE (association_id, name);

ALTER TABLE ONLY public.allocation_keys
    ADD CONSTRAINT allocation_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.associations
    ADD CONSTRAINT associations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.associations
    ADD CONSTRAINT associations_tenant_id_enterprise_number_key UNIQUE (tenant_id, enterprise_number);

ALTER TABLE ONLY public.co_owners
    ADD CONSTRAINT co_owners_association_id_reference_key UNIQUE (association_id, reference);

ALTER TABLE ONLY public.co_owners
    ADD CONSTRAINT co_owners_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (tenant_id, subject, key);

ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (tenant_id, event_id);

ALTER TABLE ONLY public.lots
    ADD CONSTRAINT lots_association_id_number_key UNIQUE (association_id, number);

ALTER TABLE ONLY public.lots
    ADD CONSTRAINT lots_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.mandataries
    ADD CONSTRAINT mandataries_pkey PRIMARY KEY (lot_id, valid_during WITHOUT OVERLAPS);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.ownerships
    ADD CONSTRAINT ownerships_pkey PRIMARY KEY (lot_id, co_owner_id, "right", valid_during WITHOUT OVERLAPS);

ALTER TABLE ONLY public.restored_references
    ADD CONSTRAINT restored_references_pkey PRIMARY KEY (tenant_id, table_name, column_name, row_id);

ALTER TABLE ONLY public.tenant_operations
    ADD CONSTRAINT tenant_operations_pkey PRIMARY KEY (tenant_id, operation_id);

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_database_key UNIQUE (database);

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (tenant_id);

CREATE INDEX allocation_key_shares_of_lot ON public.allocation_key_shares USING btree (lot_id);

CREATE INDEX co_owners_in_order ON public.co_owners USING btree (association_id, name, id);

CREATE INDEX grants_of_subject ON public.grants USING btree (subject);

CREATE UNIQUE INDEX lots_in_order ON public.lots USING btree (association_id, sort_key);

CREATE INDEX mandataries_of_co_owner ON public.mandataries USING btree (co_owner_id);

CREATE INDEX outbox_unpublished ON public.outbox USING btree ("position") WHERE (published_at IS NULL);

CREATE INDEX ownerships_of_co_owner ON public.ownerships USING btree (co_owner_id);

ALTER TABLE ONLY public.allocation_key_shares
    ADD CONSTRAINT allocation_key_shares_key_id_fkey FOREIGN KEY (key_id) REFERENCES public.allocation_keys(id);

ALTER TABLE ONLY public.allocation_key_shares
    ADD CONSTRAINT allocation_key_shares_lot_id_fkey FOREIGN KEY (lot_id) REFERENCES public.lots(id);

ALTER TABLE ONLY public.allocation_keys
    ADD CONSTRAINT allocation_keys_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.associations(id);

ALTER TABLE ONLY public.co_owners
    ADD CONSTRAINT co_owners_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.associations(id);

ALTER TABLE ONLY public.lots
    ADD CONSTRAINT lots_association_id_fkey FOREIGN KEY (association_id) REFERENCES public.associations(id);

ALTER TABLE ONLY public.mandataries
    ADD CONSTRAINT mandataries_co_owner_id_fkey FOREIGN KEY (co_owner_id) REFERENCES public.co_owners(id);

ALTER TABLE ONLY public.mandataries
    ADD CONSTRAINT mandataries_lot_id_fkey FOREIGN KEY (lot_id) REFERENCES public.lots(id);

ALTER TABLE ONLY public.ownerships
    ADD CONSTRAINT ownerships_co_owner_id_fkey FOREIGN KEY (co_owner_id) REFERENCES public.co_owners(id);

ALTER TABLE ONLY public.ownerships
    ADD CONSTRAINT ownerships_lot_id_fkey FOREIGN KEY (lot_id) REFERENCES public.lots(id);

ALTER TABLE public.allocation_key_shares ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.allocation_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.associations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.co_owners ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.grants ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.idempotency_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.inbox ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.lots ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.mandataries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.outbox ENABLE ROW LEVEL SECURITY;

CREATE POLICY own ON public.grants FOR SELECT USING ((subject = ( SELECT (NULLIF(current_setting('koprogo.subject'::text, true), ''::text))::uuid AS "nullif")));

CREATE POLICY owner_looks_up ON public.associations FOR SELECT TO current_user USING (true);

ALTER TABLE public.ownerships ENABLE ROW LEVEL SECURITY;

CREATE POLICY places ON public.tenants FOR SELECT USING (((database IS NOT NULL) AND (( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting) = '00000000-0000-0000-0000-000000000000'::uuid)));

CREATE POLICY relay_forgets ON public.idempotency_keys FOR DELETE USING (((current_setting('koprogo.relay'::text, true) = 'on'::text) AND (created_at < (now() - '30 days'::interval))));

CREATE POLICY relay_forgets ON public.inbox FOR DELETE USING (((current_setting('koprogo.relay'::text, true) = 'on'::text) AND (handled_at < (now() - '30 days'::interval))));

CREATE POLICY relay_forgets ON public.outbox FOR DELETE USING ((current_setting('koprogo.relay'::text, true) = 'on'::text));

CREATE POLICY relay_marks ON public.outbox FOR UPDATE USING ((current_setting('koprogo.relay'::text, true) = 'on'::text));

CREATE POLICY relay_reads ON public.outbox FOR SELECT USING ((current_setting('koprogo.relay'::text, true) = 'on'::text));

ALTER TABLE public.restored_references ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON public.allocation_key_shares USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.allocation_keys USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.associations USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.co_owners USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.grants USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text, true))::uuid AS current_setting)));

CREATE POLICY tenant ON public.idempotency_keys USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.inbox USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.lots USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.mandataries USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.ownerships USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.restored_references USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.tenant_operations USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant ON public.tenants USING ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

ALTER TABLE public.tenant_operations ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_writes ON public.outbox FOR INSERT WITH CHECK ((tenant_id = ( SELECT (current_setting('koprogo.tenant'::text))::uuid AS current_setting)));

ALTER TABLE public.tenants ENABLE ROW LEVEL SECURITY;
