-- What one statement writes beside a new job does not look it up and lock it.
set local search_path = changeover;

-- A job, its posting, its text and the beginning of its history are one statement (postings/writing.sql, new_jobs), and
-- no job and no posting is ever deleted or renumbered: these looked up, row by row, what had just been written, and
-- wrote a lock of it into the log. That was a fifth of what a new job cost the server.
alter table job_text drop constraint job_text_company_id_job_id_fkey;
alter table job_open drop constraint job_open_company_id_job_id_fkey;
alter table side drop constraint side_company_id_job_id_fkey;
alter table side drop constraint side_company_id_posting_id_fkey;
