# Rscript speed.R N: the estimator on N series of 8 waves x 20 schools in matrix R: rates, covariance of the waves, slope and its standard
# error, schools reporting and paired. Seconds a series, and what slopes and errors sum to: as one writes it (sweep), and in the quickest way (rep).
rest <- function(p, z, n, t) {
  there <- n > 0
  reporting <- colSums(there)
  paired <- crossprod(there)
  v <- nrow(n) / (nrow(n) - 1) * crossprod(z)
  line <- (t - mean(t)) / sum((t - mean(t))^2)
  sum(line * p) + sqrt(drop(line %*% v %*% line))
}
plain <- function(n, x, t) {
  sum_n <- colSums(n)
  p <- colSums(x) / sum_n
  rest(p, sweep(x - sweep(n, 2, p, "*"), 2, sum_n, "/"), n, t)
}
quick <- function(n, x, t) {
  sum_n <- colSums(n)
  p <- colSums(x) / sum_n
  rest(p, (x - n * rep(p, each = nrow(n))) / rep(sum_n, each = nrow(n)), n, t)
}
count <- as.integer(commandArgs(TRUE)[1])
t <- (seq_len(8) - 1) / 2
cell <- outer(0:19, 0:7, function(s, k) 7 * s + 3 * k)
n <- outer(0:19, 0:7, function(s, k) 100 + 5 * s + k %% 3)
x <- lapply(seq_len(count), function(i) 40 + (cell + i - 1) %% 23)
rest <- compiler::cmpfun(rest)
for (fit in list(compiler::cmpfun(plain), compiler::cmpfun(quick))) {
  total <- 0
  started <- proc.time()[["user.self"]]
  for (i in seq_len(count)) total <- total + fit(n, x[[i]], t)
  cat(sprintf("%.9g %.15g\n", (proc.time()[["user.self"]] - started) / count, total))
}
