-- Of one database; those of tenants who have one of their own are asked beside.
create function organisations_after(p_after text, p_limit int) returns table (id uuid, name text)
language plpgsql as $$
begin
    perform set_config('koprogo.tenant', '00000000-0000-0000-0000-000000000000', true);
    return query select o.id, o.name from organisations o
                 where p_after is null or o.id::text > p_after order by o.id limit p_limit;
end
$$;
