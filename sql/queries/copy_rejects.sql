-- copy_rejects: rows that were refused or want confirming, as they come
copy plumbline.reject (district_code, year, batch_id, reject_no, line_no, spreadsheet_row, column_no, column_name, header, value, rule,
                       severity, school_code, message, message_en) from stdin
