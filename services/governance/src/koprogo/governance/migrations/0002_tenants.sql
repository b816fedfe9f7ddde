-- Acts and decisions are never removed one by one. When a tenant is erased, and then alone, all of his are: the kit's
-- erasure says so for its own transaction. Nothing else sets it, no request reaches it, and only the operator may ask.
create policy tenant_is_erased on acts for delete
    using (tenant_id = (select current_setting('koprogo.tenant')::uuid)
           and (select current_setting('koprogo.restoring', true)) = 'on');
create policy tenant_is_erased on decisions for delete
    using (tenant_id = (select current_setting('koprogo.tenant')::uuid)
           and (select current_setting('koprogo.restoring', true)) = 'on');

-- Of a meeting that goes, what refers to it is found, and not looked for.
create index decisions_of_meeting on decisions (meeting_id);
