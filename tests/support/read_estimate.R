# read_estimate.R: what a statistician's R reads through a service file and a password file: text, types, and each estimate of myopia again from
# the schools' own rows. Stops where anything differs.
suppressMessages(library(RPostgreSQL))
invisible(Sys.setlocale("LC_CTYPE", "C.UTF-8"))
connection <- dbConnect(PostgreSQL(), dbname = "service=plumbline")
ask <- function(...) suppressWarnings(dbGetQuery(connection, paste0(...)))

channel <- ask("select version, cipher, current_user::text as who from pg_stat_ssl where pid = pg_backend_pid()")
stopifnot(channel$version %in% c("TLSv1.2", "TLSv1.3"))

estimate <- ask("select e.*, a.name from monitor.estimate e join monitor.area a on a.area_code = e.area_code where a.valid_to is null",
                " and e.indicator = 'myopia' and e.stratum = 'all'")
stopifnot(nrow(estimate) > 50,
          is.character(estimate$area_code), is.character(estimate$period), is.character(estimate$name),
          is.numeric(estimate$numerator), is.numeric(estimate$denominator), is.logical(estimate$provisional),
          all(sapply(estimate[c("value", "low95", "high95", "value_std", "low95_std", "high95_std")], is.double)),
          unique(estimate$name[estimate$area_code == "210102"]) == "\u548c\u5e73\u533a")

rows <- ask("select m.district_code, m.school_code, m.period, m.grade || '/' || m.sex as stratum, m.examined as n, m.myopic as x, m.provisional",
            " from monitor.myopia m where m.suppressed is null")
rows <- rows[!rows$provisional, ]
rate <- function(x, n) {  # linearised ratio of schools, CR2, mean of plain and Satterthwaite's degrees of freedom, on the logit scale
  m <- length(n)
  p <- sum(x) / sum(n)
  o <- n / sum(n)
  r <- (x - p * n) / sum(n)
  P <- diag(o) - outer(o, o)
  A <- P %*% t(P)
  f <- o^2 / diag(A)
  df <- 2 / (1 / (m - 1) + 1 / min(m - 1, sum(f * diag(A))^2 / sum(outer(f, f) * A^2)))
  c(100 * p, 100 * plogis(qlogis(p) + c(-1, 1) * qt(0.975, df) * sqrt(sum(f * r^2)) / (p * (1 - p))))
}
worst <- 0
for (i in seq_len(nrow(estimate))) {
  e <- estimate[i, ]
  mine <- rows[rows$period == e$period & (e$area_code == "210100" | rows$district_code == e$area_code), ]
  school <- aggregate(cbind(x, n) ~ school_code, mine, sum)
  again <- rate(school$x, school$n)
  stopifnot(sum(school$x) == e$numerator, sum(school$n) == e$denominator, nrow(school) == e$schools_reporting)
  worst <- max(worst, abs(again - c(e$value, e$low95, e$high95)))
}
stopifnot(worst < 1e-9)

# Standardised: each grade and sex with its share of those examined in the city's baseline wave, wherever the stored one is given.
baseline <- ask("select t.baseline_period from monitor.target t where t.indicator = 'myopia'")$baseline_period
first <- aggregate(n ~ stratum, rows[rows$period == baseline, ], sum)
weight <- setNames(first$n / sum(first$n), first$stratum)
off <- 0
standard <- estimate[!is.na(estimate$value_std), ]
stopifnot(nrow(standard) > 50, any(abs(standard$value_std - standard$value) > 0.01))
for (i in seq_len(nrow(standard))) {
  e <- standard[i, ]
  mine <- rows[rows$period == e$period & (e$area_code == "210100" | rows$district_code == e$area_code), ]
  stratum <- aggregate(cbind(x, n) ~ stratum, mine, sum)
  again <- 100 * sum(weight * (stratum$x / stratum$n)[match(names(weight), stratum$stratum)])
  off <- max(off, abs(again - e$value_std))
}
stopifnot(off < 1e-9)

# Every grade, sex and cell of both, from the same rows.
cells <- ask("select area_code, period, stratum, numerator, denominator, value from monitor.estimate where indicator = 'myopia' and stratum <> 'all'")
rows$grade <- sub("/.*", "", rows$stratum)
rows$sex <- sub(".*/", "", rows$stratum)
sums <- do.call(rbind, lapply(list(c("stratum"), c("grade"), c("sex")), function(by) rbind(
  setNames(aggregate(rows[c("x", "n")], rows[c("district_code", "period", by)], sum), c("area_code", "period", "stratum", "x", "n")),
  cbind(area_code = "210100", setNames(aggregate(rows[c("x", "n")], rows[c("period", by)], sum), c("period", "stratum", "x", "n"))))))
both <- merge(cells, sums)
stopifnot(nrow(both) == nrow(cells), nrow(cells) > 1000, both$x == both$numerator, both$n == both$denominator, abs(100 * both$x / both$n - both$value) < 1e-9)

# Text: what a verdict says in Chinese comes as characters, not as bytes.
reason <- ask("select distinct reason from monitor.verdict")$reason
stopifnot(length(reason) > 0, validUTF8(reason), grepl("[\u4e00-\u9fff]", reason), nchar(estimate$name[estimate$area_code == "210102"]) == 3)
cat(sprintf("%d estimates, each again within %.1e; %d standardised within %.1e; %d strata; over %s as %s\n",
            nrow(estimate), worst, nrow(standard), off, nrow(cells), channel$version, channel$who))
invisible(dbDisconnect(connection))
