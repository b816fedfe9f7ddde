-- A tenant who leaves takes his lots along: what refers to each is found, and not looked for.
create index allocation_key_shares_of_lot on allocation_key_shares (lot_id);
create index mandataries_of_co_owner on mandataries (co_owner_id);
