-- copy_release_rows: true counts of a release, and what is shown of them
copy plumbline.release_row (district_code, year, release_id, indicator, unit_code, parent_code, period, stratum, counted, numerator,
  denominator, numerator_shown, denominator_shown, provisional) from stdin
