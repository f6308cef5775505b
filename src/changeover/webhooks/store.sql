-- All the SQL of what leaves us: where events are sent, and the outbox.

-- name: register(company, webhook, channel, recipient, event, url, now)
insert into webhook (company_id, webhook_id, channel, recipient, event, url, check_at, created_at)
values (:company, :webhook, :channel, :recipient, :event, :url, :now, :now)
on conflict (company_id, channel, recipient, event, url) do nothing returning webhook_id;

-- name: known_urls(company, channel, recipient, event)
select url, state from webhook
where company_id = :company and channel = :channel and recipient = :recipient and event = :event;

-- name: webhooks(company)
select company_id, webhook_id, channel, recipient, event, url, state, failures, problem, checked_at, check_at,
  created_at
from webhook where company_id = :company order by webhook_id;

-- name: webhook(company, webhook)
select company_id, webhook_id, channel, recipient, event, url, state, failures, problem, checked_at, check_at,
  created_at
from webhook where company_id = :company and webhook_id = :webhook;

-- name: receivers(company, channel, recipient, event)
-- Where an event goes: those registered for it, else those registered for every event.
select company_id, webhook_id, channel, recipient, event, url, state, failures, problem, checked_at, check_at,
  created_at
from webhook
where company_id = :company and channel = :channel and recipient = :recipient and event in (:event, '') and state <> 'off'
order by event desc, webhook_id;

-- name: checked(company, webhook, state, failures, problem, now, check_at)!
update webhook set state = :state, failures = :failures, problem = :problem, checked_at = :now, check_at = :check_at
where company_id = :company and webhook_id = :webhook;

-- name: off(company, webhook)!
update webhook set state = 'off', check_at = null where company_id = :company and webhook_id = :webhook;

-- name: again(company, webhook, now)!
update webhook set state = case when state = 'blocked' then 'new' else state end, failures = 0, check_at = :now
where company_id = :company and webhook_id = :webhook;

-- name: due_checks(now, size)
-- Operator's view.
select company_id, webhook_id from webhook where check_at <= :now order by check_at limit :size;

-- name: queue(company, delivery, channel, recipient, event, url, body, now, next_at, request)!
insert into delivery (company_id, delivery_id, channel, recipient, event, url, body, created_at, next_at, request)
values (:company, :delivery, :channel, :recipient, :event, :url, :body, :now, :next_at, :request);

-- name: due(company, now, mail, sent, silent, size)
-- The oldest first. sent: the channels that are e-mail. An e-mail waits for one before it to the same recipient that has
-- failed: what became of an application is told in order. silent: receivers that gave no answer a moment ago.
select d.company_id, d.delivery_id, d.channel, d.recipient, d.event, d.url, d.body, d.state, d.attempts, d.problem,
  d.created_at, d.next_at, d.ended_at, d.request
from delivery d where d.company_id = :company and d.state = 'waiting' and d.next_at <= :now
  and (d.channel = any(:sent)) = :mail and concat_ws(' ', d.channel, d.recipient, d.url) <> all(:silent::text[])
  and not (:mail and exists (
    select 1 from delivery o where o.company_id = :company and o.channel = d.channel and o.recipient = d.recipient
      and o.state = 'waiting' and o.delivery_id < d.delivery_id and o.attempts > 0 and o.next_at > :now))
order by d.delivery_id limit :size;

-- name: due_companies(now, sent, size)
-- Operator's view: companies with events that are due, and whether these are e-mail.
select company_id, channel = any(:sent) as mail from delivery where state = 'waiting' and next_at <= :now
group by company_id, mail order by min(next_at) limit :size;

-- name: tried(company, delivery, state, problem, next_at, now)!
update delivery set state = :state, attempts = attempts + 1, problem = :problem, next_at = coalesce(:next_at, next_at),
  ended_at = case when :state = 'waiting' then null else :now::timestamptz end
where company_id = :company and delivery_id = :delivery;

-- name: deliveries(company, state, size, before)
select company_id, delivery_id, channel, recipient, event, url, body, state, attempts, problem, created_at, next_at,
  ended_at
from delivery where company_id = :company and delivery_id < :before and (:state = '' or state = :state)
order by delivery_id desc limit :size;

-- name: replay(company, delivery, now)
update delivery set state = 'waiting', attempts = 0, problem = '', next_at = :now, ended_at = null
where company_id = :company and (delivery_id = :delivery or (:delivery = 0 and state = 'dead'))
returning delivery_id;

-- name: forget(company, before)!
delete from delivery where company_id = :company and state = 'delivered' and ended_at < :before;

-- name: counts()
-- Operator's view.
select state, count(*) as deliveries from delivery group by state;

-- name: given_up(size)
-- Operator's view: of whom events could not be delivered, most first; company 0 is the board's own subscribers.
select d.company_id, coalesce(c.name, '') as name, d.events from (
  select company_id, count(*) as events from delivery where state = 'dead' group by company_id
) d left join company c on c.company_id = d.company_id order by d.events desc, d.company_id limit :size;
