-- A reminder that a former syndic sent, noted when its demands were taken over: no letter of it is here.
alter table reminders add column is_taken_over boolean not null default false;
