-- All the SQL of subscriptions. They are the board's own: company is 0.

-- name: add(company, subscription, url, events, secret, cursor, now)!
insert into subscription (company_id, subscription_id, url, events, secret_id, cursor, created_at)
values (:company, :subscription, :url, :events, :secret, :cursor, :now);

-- name: subscriptions(company)
select s.company_id, s.subscription_id, s.url, s.events, s.secret_id, s.older_secret_id, s.older_until, s.cursor,
  s.created_at, d.waiting, d.dead from subscription s
left join lateral (
  select count(*) filter (where state = 'waiting') as waiting, count(*) filter (where state = 'dead') as dead
  from delivery where company_id = :company and channel = 'events' and recipient = s.subscription_id::text
    and state <> 'delivered'
) d on true
where s.company_id = :company order by s.subscription_id;

-- name: subscription(company, subscription)
select company_id, subscription_id, url, events, secret_id, older_secret_id, older_until, cursor, created_at
from subscription where company_id = :company and subscription_id = :subscription;

-- name: taken(company, subscription)
-- For this transaction alone; nothing where another has it.
select company_id, subscription_id, url, events, secret_id, older_secret_id, older_until, cursor, created_at
from subscription where company_id = :company and subscription_id = :subscription for update skip locked;

-- name: moved(company, subscription, cursor)!
update subscription set cursor = :cursor where company_id = :company and subscription_id = :subscription;

-- name: rotate(company, subscription, secret, until)
update subscription set older_secret_id = secret_id, older_until = :until, secret_id = :secret
where company_id = :company and subscription_id = :subscription returning subscription_id;

-- name: remove(company, subscription)
delete from subscription where company_id = :company and subscription_id = :subscription returning subscription_id;

-- name: queue(company, recipient, now, rows)!
insert into delivery (company_id, delivery_id, channel, recipient, event, url, body, created_at, next_at)
select :company, r.delivery_id, 'events', :recipient, r.event, '', r.body, :now, :now
from json_to_recordset(:rows::json) as r (delivery_id bigint, event text, body text);
