-- All the SQL of subscriptions. They are the board's own: company is 0.

-- name: add(company, subscription, url, events, secret, cursor, now)!
insert into subscription (company_id, subscription_id, url, events, secret_id, cursor, created_at)
values (:company, :subscription, :url, :events, :secret, :cursor, :now);

-- name: subscriptions(company)
select s.subscription_id, s.url, s.events, s.secret_id, s.older_secret_id, s.older_until, s.cursor, s.created_at,
  s.failing_since, s.off_at, s.off_why, d.waiting, d.dead
from subscription s
left join lateral (
  select count(*) filter (where state = 'waiting') as waiting, count(*) filter (where state = 'dead') as dead
  from delivery where company_id = :company and channel = 'events' and recipient = s.subscription_id::text
    and state <> 'delivered'
) d on true
where s.company_id = :company order by s.subscription_id;

-- name: subscription(company, subscription)
select subscription_id, url, events, secret_id, older_secret_id, older_until, cursor, created_at, failing_since, off_at,
  off_why
from subscription where company_id = :company and subscription_id = :subscription;

-- name: taken(company, subscription)
-- For this transaction alone; nothing where another has it.
select subscription_id, url, events, secret_id, older_secret_id, older_until, cursor, created_at, failing_since, off_at,
  off_why
from subscription where company_id = :company and subscription_id = :subscription for update skip locked;

-- name: moved(company, subscription, cursor)!
update subscription set cursor = :cursor where company_id = :company and subscription_id = :subscription;

-- name: rotate(company, subscription, secret, until)
update subscription set older_secret_id = secret_id, older_until = :until, secret_id = :secret
where company_id = :company and subscription_id = :subscription returning subscription_id;

-- name: succeeded(company, subscription)!
update subscription set failing_since = null
where company_id = :company and subscription_id = :subscription and failing_since is not null;

-- name: failed(company, subscription, now, before, why, at_once)
-- Where it has failed since before, or is to be off at once, it is off from now on.
update subscription set failing_since = coalesce(failing_since, :now), off_why = :why,
  off_at = case when :at_once or failing_since <= :before then :now::timestamptz end
where company_id = :company and subscription_id = :subscription and off_at is null returning off_at;

-- name: enable(company, subscription)
update subscription set failing_since = null, off_at = null, off_why = ''
where company_id = :company and subscription_id = :subscription returning subscription_id;

-- name: send_again(company, recipient, now)!
update delivery set state = 'waiting', attempts = 0, problem = '', next_at = :now, ended_at = null
where company_id = :company and channel = 'events' and recipient = :recipient and state = 'dead';

-- name: remove(company, subscription)
delete from subscription where company_id = :company and subscription_id = :subscription returning subscription_id;

-- name: queue(company, recipient, now, rows)!
insert into delivery (company_id, delivery_id, channel, recipient, event, url, body, created_at, next_at)
select :company, r.delivery_id, 'events', :recipient, r.event, '', r.body, :now, :now
from json_to_recordset(:rows::json) as r (delivery_id bigint, event text, body text);
