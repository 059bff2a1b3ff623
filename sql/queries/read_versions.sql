-- read_versions: by what catalogue and rules this night judges. A run's number would differ when a night is repeated, and so would the mail.
select left(encode(sha256(convert_to(coalesce((select string_agg(file_name || ' ' || content, ' ' order by file_name)
                                                 from plumbline.catalogue_file), ''), 'UTF8')), 'hex'), 12) as catalogue
