-- put_view_file: $1 file, $2 SHA-256 of its text
insert into plumbline.view_file (file_name, sha256) values ($1, $2)
on conflict (file_name) do update set sha256 = excluded.sha256, applied_at = excluded.applied_at
