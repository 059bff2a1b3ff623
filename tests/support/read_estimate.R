# read_estimate.R: what a statistician's R reads through a service file and a password file: text, types, and each estimate of myopia again from
# the schools' own rows. Stops where anything differs.
suppressMessages(library(RPostgreSQL))
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
cat(sprintf("%d estimates, each again within %.1e, over %s as %s\n", nrow(estimate), worst, channel$version, channel$who))
invisible(dbDisconnect(connection))
