"""read_estimate.py: what psycopg reads through a service file and a password file: text, types, and rates from school rows."""
import datetime
import sys

import psycopg2

connection = psycopg2.connect("service=plumbline")
cursor = connection.cursor()


def ask(sql):
    cursor.execute(sql)
    return cursor.fetchall()


def check(condition, message):
    if not condition:
        sys.exit(message)


((channel, who),) = ask("select version, current_user from pg_stat_ssl where pid = pg_backend_pid()")
check(channel in ("TLSv1.2", "TLSv1.3"), f"channel {channel}")
estimates = ask("select e.indicator, e.area_code, e.period, e.stratum, e.numerator, e.denominator, e.value, e.low95, e.high95, e.value_std, e.low95_std, e.high95_std,"
                " e.schools_reporting, e.schools_expected, e.provisional, a.name from monitor.estimate e join monitor.area a using (area_code)"
                " where a.valid_to is null and e.indicator = 'myopia' and e.stratum = 'all'")
types = (str, str, str, str, int, int) + 6 * (float,) + (int, int, bool, str)
check(len(estimates) > 50, "too few estimates")
for row in estimates:
    check(all(type(v) is t for v, t in zip(row, types)), f"types of {row}")
check({row[-1] for row in estimates if row[1] == "210102"} == {"和平区"}, "name of 210102")
sums = {(d, p): (x, n) for d, p, x, n in ask("select district_code, period, sum(myopic)::bigint, sum(examined)::bigint from monitor.myopia"
                                             " where not provisional and suppressed is null group by 1, 2")}
worst = 0
for row in estimates:
    if row[1] != "210100":
        x, n = sums[row[1], row[2]]
        check((x, n) == (row[4], row[5]), f"counts of {row}")
        worst = max(worst, abs(100 * x / n - row[6]))
check(worst < 1e-9, f"off by {worst}")
((day, moment),) = ask("select as_of, now() from monitor.verdict limit 1")
check(type(day) is datetime.date and moment.tzinfo is not None, "date and moment")
try:
    ask("select count(*) from feed.myopia")
    sys.exit("feed.myopia was read")
except psycopg2.errors.InsufficientPrivilege:
    pass
print(f"{len(estimates)} estimates over {channel} as {who}")
