-- Who sold to whom, as property tells; transfers noted before do not say it.
alter table lot_transfers
    add column lot_number text not null default '',
    add column seller_id uuid,
    add column buyer_id uuid;

-- R134: the working capital of a lot that changed hands, called from its buyer and credited to its seller, once.
create table transfer_settlements (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    association_id uuid not null,
    transferred_on date not null,
    lot_id uuid not null,
    seller_id uuid not null,
    buyer_id uuid not null check (buyer_id <> seller_id),
    amount bigint not null check (amount > 0),
    -- Its demand, its day and its entry.
    call_id uuid not null unique references calls,
    primary key (association_id, transferred_on, lot_id),
    foreign key (association_id, transferred_on, lot_id) references lot_transfers,
    foreign key (association_id, seller_id) references parties (association_id, id),
    foreign key (association_id, buyer_id) references parties (association_id, id)
);
alter table transfer_settlements enable row level security;
alter table transfer_settlements force row level security;
create policy tenant on transfer_settlements using (tenant_id = (select current_setting('koprogo.tenant')::uuid));
