-- The board's own line of revisions, each with the hash of the one before.

-- name: take(company)
insert into board as b (company_id, revision) values (:company, 1)
on conflict (company_id) do update set revision = b.revision + 1 returning revision;

-- name: record(company, revision, at, kind, who, why, detail)!
insert into board_revision (company_id, revision, at, kind, who, why, detail, hash)
select :company, :revision, :at, :kind, :who, :why, :detail, sha256(
  coalesce((select hash from board_revision where company_id = :company and revision = :revision - 1), '')
  || convert_to(jsonb_build_array(:company::bigint, :revision::bigint, extract(epoch from :at::timestamptz),
    :kind::text, :who::text, :why::text, :detail::jsonb)::text, 'UTF8'));
