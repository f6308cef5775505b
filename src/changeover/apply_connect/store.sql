-- All the SQL of the wire: applications, tokens, integrations, jobs, tasks. In a vendor's rows company is the vendor.

-- name: add_application(company, application, kind, foreign_id, name, description, callback_urls, js_domains, now)!
insert into wire_application (company_id, application_id, kind, foreign_id, name, description, callback_urls, js_domains,
  created_at)
values (:company, :application, :kind, :foreign_id, :name, :description, :callback_urls, :js_domains, :now);

-- name: application(company, application)
select company_id, application_id, kind, foreign_id, name, description, callback_urls, js_domains, created_at
from wire_application where company_id = :company and application_id = :application;

-- name: children(company, foreign_id)
select company_id, application_id, kind, foreign_id, name, description, callback_urls, js_domains, created_at
from wire_application where company_id = :company and kind = 'child' and foreign_id = :foreign_id;

-- name: change_application(company, application, foreign_id, name, description, callback_urls, js_domains)!
update wire_application set foreign_id = :foreign_id, name = :name, description = :description,
  callback_urls = :callback_urls, js_domains = :js_domains
where company_id = :company and application_id = :application;

-- name: all_applications()
-- Operator's view.
select company_id as vendor_id, application_id, kind, name, foreign_id from wire_application order by company_id, kind desc, application_id;

-- name: add_secret(company, application, secret, hash, now)!
insert into wire_secret (company_id, application_id, secret_id, hash, created_at)
values (:company, :application, :secret, :hash, :now);

-- name: end_older(company, application, now, until)!
-- A rotation leaves one older secret for a while; those before it end at once.
update wire_secret s set ends_at = case
  when s.secret_id = (select max(secret_id) from wire_secret where company_id = :company
                      and application_id = :application and coalesce(ends_at, :until) > :now)
  then :until else :now end
where s.company_id = :company and s.application_id = :application and coalesce(s.ends_at, :until) > :now;

-- name: live_secrets(company, application, now)
select secret_id, hash from wire_secret
where company_id = :company and application_id = :application and (ends_at is null or ends_at > :now)
order by secret_id desc;

-- name: used(company, application, secret, now)!
update wire_secret set used_at = :now
where company_id = :company and application_id = :application and secret_id = :secret;

-- name: forget_tokens(company, application, forget)!
delete from wire_token where company_id = :company and application_id = :application and expires_at < :forget;

-- name: add_token(company, application, hash, expires)!
insert into wire_token (company_id, hash, application_id, expires_at) values (:company, :hash, :application, :expires);

-- name: token(company, hash)
select t.company_id as vendor_id, t.application_id, a.kind, a.name, a.foreign_id, t.expires_at
from wire_token t join wire_application a using (company_id, application_id)
where t.company_id = :company and t.hash = :hash;

-- name: link(company, application, organization)!
insert into wire_link (company_id, application_id, organization) values (:company, :application, :organization)
on conflict do nothing;

-- name: links(company, application)
select organization from wire_link where company_id = :company and application_id = :application order by organization;

-- name: linked(company, organization)
select application_id from wire_link where company_id = :company and organization = :organization order by application_id;

-- name: unlinked_children(company)
select application_id from wire_application a where company_id = :company and kind = 'child'
  and not exists (select 1 from wire_link l where l.company_id = :company and l.application_id = a.application_id)
order by application_id limit 2;

-- name: is_company(company)
select name from company where company_id = :company;

-- name: ask(company, vendor, kind, tenant, provider, application, name, request, now)
insert into wire_integration (company_id, vendor_id, kind, tenant, provider, application_id, name, request_id, requested_at)
values (:company, :vendor, :kind, :tenant, :provider, :application, :name, :request, :now)
on conflict (company_id, vendor_id, kind, tenant, provider) do update
  set name = excluded.name, application_id = coalesce(wire_integration.application_id, excluded.application_id),
      state = case when wire_integration.state = 'disabled' then 'requested' else wire_integration.state end
returning company_id, vendor_id, kind, tenant, provider, application_id, name, configurations, state, request_id,
  requested_at, decided_at, resync_at, resync_last_at, resync_done_at;

-- name: integrations(company)
select company_id, vendor_id, kind, tenant, provider, application_id, name, configurations, state, request_id,
  requested_at, decided_at, resync_at, resync_last_at, resync_done_at
from wire_integration where company_id = :company order by requested_at, vendor_id;

-- name: configure(company, vendor, kind, tenant, provider, configurations)!
update wire_integration set configurations = :configurations
where company_id = :company and vendor_id = :vendor and kind = :kind and tenant = :tenant and provider = :provider;

-- name: decide(company, request, state, application, now)
update wire_integration set state = :state, application_id = coalesce(:application::bigint, application_id), decided_at = :now
where company_id = :company and request_id = :request
returning company_id, vendor_id, kind, tenant, provider, application_id, name, configurations, state, request_id,
  requested_at, decided_at, resync_at, resync_last_at, resync_done_at;

-- name: bind(company, request, application)!
update wire_integration set application_id = :application
where company_id = :company and request_id = :request and application_id is null;

-- name: others_off(company, request, now)!
-- One ATS feeds a company: whoever was enabled before is not any more.
update wire_integration set state = 'disabled', decided_at = :now
where company_id = :company and request_id <> :request and kind = 'APPLY_CONNECT' and state = 'enabled';

-- name: resync_asked(company, request, now)!
update wire_integration set resync_at = :now, resync_last_at = null, resync_done_at = null
where company_id = :company and request_id = :request;

-- name: resync_told(company, request, now)!
update wire_integration set resync_last_at = :now
where company_id = :company and request_id = :request and resync_at is not null and resync_done_at is null;

-- name: resync_done(company, request, now)!
update wire_integration set resync_done_at = :now where company_id = :company and request_id = :request;

-- name: resyncs_open()
-- Operator's view.
select company_id, request_id, resync_at, resync_last_at from wire_integration
where resync_at is not null and resync_done_at is null;

-- name: jobs(company, keys)
select external_id, application_id, places, open, flaw, apply_flaw, listing, contract, expires_at, sameness, webhook_url,
  form_number
from wire_job where company_id = :company and external_id = any(:keys);

-- name: same_jobs(company, sames)
select w.sameness, w.external_id, j.posting_id from wire_job w
join source s on s.company_id = :company and s.kind = 'ats_push' and s.state = 'active'
join job j on j.company_id = :company and j.source_id = s.source_id and j.source_job_id = w.external_id
where w.company_id = :company and w.sameness = any(:sames) and w.open and w.sameness <> 0 and w.flaw = '';

-- name: keep_jobs(company, vendor, application, now, rows)!
insert into wire_job (company_id, external_id, vendor_id, application_id, places, location, open, flaw, flaw_detail,
  apply_flaw, listing, contract, campaign, webhook_url, form_number, sameness, listed_at, expires_at, updated_at)
select :company, r.external_id, :vendor, :application, r.places, r.location, true, r.flaw, r.flaw_detail, r.apply_flaw,
  r.listing, r.contract, r.campaign, r.webhook_url, r.form_number, r.sameness, r.listed_at, r.expires_at, :now
from jsonb_to_recordset(:rows) as r (external_id text, places text[], location text, flaw text, flaw_detail text,
  apply_flaw text, listing text, contract text, campaign text, webhook_url text, form_number bigint, sameness bigint,
  listed_at timestamptz, expires_at timestamptz)
on conflict (company_id, external_id) do update set vendor_id = excluded.vendor_id,
  application_id = excluded.application_id, places = excluded.places, location = excluded.location, open = true,
  flaw = excluded.flaw, flaw_detail = excluded.flaw_detail, apply_flaw = excluded.apply_flaw,
  listing = excluded.listing, contract = excluded.contract, campaign = excluded.campaign,
  webhook_url = excluded.webhook_url, form_number = excluded.form_number, sameness = excluded.sameness,
  listed_at = excluded.listed_at, expires_at = excluded.expires_at, updated_at = excluded.updated_at;

-- name: job_of_place(company, place)
-- The wire's job by one of its places' own ids.
select external_id, vendor_id, application_id, webhook_url from wire_job
where company_id = :company and (external_id = split_part(:place, '@', 1) or external_id = :place) and :place = any(places)
limit 1;

-- name: apply_at_ats(company, external, application)
-- Of a job whose first application this is, one for any of its places: that it is applied for at the ATS.
update wire_job w set apply_flaw = 'DELIVERY_FAILED'
where w.company_id = :company and w.external_id = :external and w.apply_flaw = '' and not exists (
  select 1 from application a where a.company_id = :company and a.external_job_id = any(w.places)
    and a.application_id < :application)
returning w.places;

-- name: close_jobs(company, keys, now)!
update wire_job set open = false, updated_at = :now where company_id = :company and external_id = any(:keys) and open;

-- name: renew_jobs(company, keys, until)!
update wire_job w set expires_at = m.until from unnest(:keys::text[], :until::timestamptz[]) as m (external_id, until)
where w.company_id = :company and w.external_id = m.external_id;

-- name: flag_job(company, key, flaw, now)!
update wire_job set flaw = :flaw, updated_at = :now where company_id = :company and external_id = :key;

-- name: expired(now, size)
-- Operator's view.
select company_id, external_id from wire_job where open and expires_at <= :now order by expires_at limit :size;

-- name: expired_of(company, now)
select external_id, places from wire_job where company_id = :company and open and expires_at <= :now;

-- name: add_tasks(company, application, revision, now, rows)!
insert into wire_task (company_id, task_id, application_id, external_id, place, operation, revision, failed, message, created_at)
select :company, t.task_id, :application, t.external_id, t.place, t.operation, :revision, t.failed, t.message, :now
from json_to_recordset(:rows::json)
  as t (task_id bigint, external_id text, place text, operation text, failed text, message text);

-- name: tasks(company, ids, since)
select t.company_id, t.task_id, t.application_id, t.external_id, t.place, t.operation, t.revision, t.failed,
  t.message, t.created_at, w.flaw, w.open as told_open, j.location, j.posting_id, j.open, j.valid, c.feed, c.state,
  exists (select 1 from live l where l.company_id = :company and l.posting_id = j.posting_id) as live
from wire_task t
join company c on c.company_id = :company
left join wire_job w on w.company_id = :company and w.external_id = t.external_id
left join source s on s.company_id = :company and s.kind = 'ats_push' and s.state = 'active'
left join job j on j.company_id = :company and j.source_id = s.source_id and j.source_job_id = t.place
where t.company_id = :company and t.task_id = any(:ids) and t.created_at > :since;

-- name: old_tasks(before, size)
-- Operator's view.
select distinct company_id from (select company_id from wire_task where created_at < :before limit :size) old;

-- name: forget_tasks(company, before)!
delete from wire_task where company_id = :company and created_at < :before;

-- name: for_status(company, keys)
-- Everything that a job's status is told from.
select k.key as external_id, w.external_id is not null as told, w.open as told_open, w.application_id, w.flaw,
  w.flaw_detail, w.listing,
  case when not c.apply_here and coalesce(w.apply_flaw, '') = '' then 'APPLY_OFF' when p.promoted or coalesce(w.apply_flaw, '') <> '' or c.free_applicants is null or c.free_applicants >
    (select count(*) from application a where a.company_id = :company and a.posting_id = j.posting_id)
    then w.apply_flaw else 'APPLICANT_CAP' end as apply_flaw, p.promoted, p.slot,
  w.campaign, w.location, w.places, w.webhook_url, w.form_number <> 0 as form,
  w.listed_at, w.expires_at, j.posting_id, j.open, j.valid, j.company_name,
  exists (select 1 from live l where l.company_id = :company and l.posting_id = j.posting_id) as live,
  f.code, f.fix
from unnest(:keys::text[]) as k (key)
join company c on c.company_id = :company
left join wire_job w on w.company_id = :company and w.external_id = k.key
left join source s on s.company_id = :company and s.kind = 'ats_push' and s.state = 'active'
left join job j on j.company_id = :company and j.source_id = s.source_id and j.source_job_id = k.key
left join lateral (
  select min(h.contract_id) as slot, count(*) > 0 as promoted from wrap h
  where h.company_id = :company and h.posting_id = j.posting_id and h.to_revision is null
) p on true
left join lateral (select code, fix from finding f where f.company_id = :company and f.ats_job_id = j.job_id
                   order by f.legacy_job_id limit 1) f on true;

-- name: untold(company, keys)
-- Jobs of the old source under these ids, that the ATS has not told.
select distinct on (k.key) k.key as external_id, j.location, j.posting_id, coalesce(f.code, '') as code
from unnest(:keys::text[]) as k (key)
join job j on j.company_id = :company and j.lane = 'legacy' and j.open
  and (j.employer_job_id = k.key or j.source_job_id = k.key)
left join finding f on f.company_id = :company and f.legacy_job_id = j.job_id and f.ats_job_id = 0;

-- name: to_announce(company, after, size)
select w.external_id from wire_job w where company_id = :company and external_id > :after order by external_id limit :size;

-- name: announced(company, keys, said)
update wire_job w set announced = m.said from unnest(:keys::text[], :said::text[]) as m (external_id, said)
where w.company_id = :company and w.external_id = m.external_id and w.announced <> m.said
returning w.external_id, w.application_id;

-- name: note_refusal(company, refusal, now, application, asked)!
insert into wire_refusal (company_id, refusal_id, at, application, asked)
values (:company, :refusal, :now, :application, :asked);

-- name: refusals(company)
select at, application, asked from wire_refusal where company_id = :company order by refusal_id desc limit 50;
