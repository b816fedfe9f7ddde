-- A tenant is restored as he was and erased whole: then, and then alone, entries come with their kept figures instead
-- of moving them, into years that are closed, and may be deleted. The kit's restoration and erasure say so for their
-- own transaction (koprogo.restoring). Any statement of the service could say it, as it could say another tenant; that
-- is acceptable because all its statements are in this repository, one place sets it, no request reaches that place,
-- only the operator's certificate may ask for it, what was restored is compared with what was exported by count and
-- hash of every table, and the daily proof still compares every kept figure with its lines.
-- These are all the triggers there are.
drop trigger balances on entries;
create constraint trigger balances after insert on entries deferrable initially deferred
    for each row when (current_setting('koprogo.restoring', true) is distinct from 'on')
    execute function entry_balances();

drop trigger kept on entries;
create trigger kept before update or delete on entries
    for each row when (current_setting('koprogo.restoring', true) is distinct from 'on')
    execute function entry_is_kept();

drop trigger kept on entry_lines;
create trigger kept before update or delete on entry_lines
    for each row when (current_setting('koprogo.restoring', true) is distinct from 'on')
    execute function entry_is_kept();

drop trigger in_open_year on entries;
create trigger in_open_year before insert on entries
    for each row when (current_setting('koprogo.restoring', true) is distinct from 'on')
    execute function entry_is_in_open_year();

drop trigger balances on entry_lines;
create trigger balances after insert on entry_lines referencing new table as added
    for each statement when (current_setting('koprogo.restoring', true) is distinct from 'on')
    execute function lines_move_balances();

-- Of each row that goes, what refers to it is found, and not looked for.
create index entries_of_year on entries (fiscal_year_id);
create index calls_of_entry on calls (entry_id);
create index reminders_of_entry on reminders (entry_id) where entry_id is not null;
create index charge_statements_of_entry on charge_statements (entry_id) where entry_id is not null;
create index invoices_of_entry on invoices (entry_id) where entry_id is not null;
create index payments_of_entry on payments (entry_id) where entry_id is not null;
create index payments_of_association on payments (association_id);
create index payment_batches_of_bank_account on payment_batches (bank_account_id);
create index payment_plan_demands_of_demand on payment_plan_demands (demand_id);
create index owner_statements_of_demand on owner_statements (demand_id) where demand_id is not null;
create index disputes_of_association on disputes (association_id);
create index bank_statements_of_association on bank_statements (association_id);
create index bank_statements_of_file on bank_statements (bank_file_id);
create index bank_entries_of_entry on bank_entries (entry_id);
create index bank_entries_of_match on bank_entries (match_entry_id) where match_entry_id is not null;
create index budget_lines_of_account on budget_lines (association_id, account);
create index owner_statements_of_party on owner_statements (association_id, party_id);
create index calls_on_budget on calls (budget_id) where budget_id is not null;
create index transfer_settlements_of_association on transfer_settlements (association_id);
create index withdrawals_of_association on withdrawals (association_id);
create index withdrawals_of_entry on withdrawals (entry_id) where entry_id is not null;
