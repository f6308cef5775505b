-- How far each company's history has been audited, and what was found.

-- name: audited(company)
select revision from audited where company_id = :company;

-- name: keep(company, revision, now, whole_at, next_at, broken, sentence, codes)!
-- What is broken is forgotten only when the whole history has been found right.
insert into audited (company_id, revision, at, whole_at, next_at, broken, sentence, codes)
values (:company, :revision, :now, coalesce(:whole_at::timestamptz, :now), :next_at, :broken, :sentence, :codes)
on conflict (company_id) do update set
  revision = greatest(audited.revision, excluded.revision), at = excluded.at, next_at = excluded.next_at,
  whole_at = coalesce(:whole_at::timestamptz, audited.whole_at),
  broken = case when :whole_at::timestamptz is null then greatest(audited.broken, excluded.broken) else excluded.broken end,
  sentence = case when :whole_at::timestamptz is null and excluded.broken = 0 then audited.sentence
    else excluded.sentence end,
  codes = case when :whole_at::timestamptz is null and excluded.broken = 0 then audited.codes else excluded.codes end;

-- name: changed(now, size)
-- Operator's view: companies with revisions that have not been audited, longest waiting first.
select c.company_id from company c left join audited a using (company_id)
where c.revision > coalesce(a.revision, 0) and coalesce(a.next_at, :now) <= :now
order by a.at nulls first, c.company_id limit :size;

-- name: in_turn(now, before, size)
-- Operator's view: companies whose whole history was not read back since, longest ago first.
select company_id from audited where whole_at < :before and next_at <= :now order by whole_at, company_id limit :size;

-- name: alerts(size)
-- Operator's view.
select a.company_id, c.name, a.broken, a.sentence, a.at from audited a join company c using (company_id)
where a.broken > 0 order by a.at desc, a.company_id limit :size;

-- name: broken_count()
-- Operator's view.
select coalesce(sum(broken), 0) as broken from audited where broken > 0;
