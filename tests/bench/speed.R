# Rscript speed.R N: the estimator on N series of 8 waves x 20 schools in matrix R; seconds a series, and what the slopes sum to.
count <- as.integer(commandArgs(TRUE)[1])
schools <- 20
waves <- 8
t <- (seq_len(waves) - 1) / 2
line <- (t - mean(t)) / sum((t - mean(t))^2)
cell <- outer(0:(schools - 1), 0:(waves - 1), function(s, k) 7 * s + 3 * k)
n <- outer(0:(schools - 1), 0:(waves - 1), function(s, k) 100 + 5 * s + k %% 3)
sum_n <- colSums(n)
total <- 0
started <- proc.time()[["user.self"]]
for (i in seq_len(count)) {
  x <- 40 + (cell + i - 1) %% 23
  p <- colSums(x) / sum_n
  z <- sweep(x - sweep(n, 2, p, "*"), 2, sum_n, "/")
  v <- schools / (schools - 1) * crossprod(z)
  slope <- sum(line * p)
  se <- sqrt(drop(line %*% v %*% line))
  total <- total + slope + se
}
cat(sprintf("%.9g %.15g\n", (proc.time()[["user.self"]] - started) / count, total))
