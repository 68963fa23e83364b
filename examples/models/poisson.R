# A Poisson regression for simbet, in base R.
#
#     simbet backtest datasets/epl.csv --model "exec:Rscript examples/models/poisson.R"
#
# Goals depend on who attacks, who defends and who is at home, with weights that halve in 300 days. The regression is of the first
# 80, 120, 160 ... results, so that it does not depend on when simbet asks. Base R reads no JSON: what is needed of a line is found
# by its name.

values <- function(line, name) {
  pattern <- sprintf('"%s":("(?:[^"\\\\]|\\\\.)*"|[^],}]+)', name)
  found <- regmatches(line, gregexpr(pattern, line, perl = TRUE))[[1]]
  gsub('^"|"$', "", substring(found, nchar(name) + 4))
}

results <- list()
fit <- NULL
fitted_to <- 0

learn <- function(line) {
  teams <- c(values(line, "home_team"), values(line, "away_team"))
  home <- if (values(line, "neutral") == "true") 0 else 1
  results[[length(results) + 1]] <<- data.frame(
    scored = as.integer(c(values(line, "home_goals"), values(line, "away_goals"))),
    attack = teams, defence = rev(teams), home = c(home, 0), day = as.numeric(as.Date(values(line, "date")))
  )
}

refit <- function() {
  due <- length(results) %/% 40 * 40
  if (due < 80 || due == fitted_to) return()
  played <- do.call(rbind, results[1:due])
  age <- max(played$day) - played$day
  recent <- age < 900
  fit <<- glm(scored ~ attack + defence + home, poisson, played[recent, ], weights = 0.5^(age[recent] / 300))
  fitted_to <<- due
}

# The forecasts of all fixtures of a question, as JSON; null for teams that are not in the fit.
forecasts <- function(line) {
  home <- values(line, "home_team")
  away <- values(line, "away_team")
  advantage <- ifelse(values(line, "neutral") == "true", 0, 1)
  answer <- rep("null", length(home))
  known <- home %in% fit$xlevels$attack & away %in% fit$xlevels$attack
  if (is.null(fit) || !any(known)) return(answer)
  rate <- function(attack, defence, home) {
    predict(fit, data.frame(attack, defence, home), type = "response")
  }
  scored <- rate(home[known], away[known], advantage[known])
  conceded <- rate(away[known], home[known], 0)
  answer[known] <- sprintf('{"rates":[%.17g,%.17g]}', pmin(scored, 20), pmin(conceded, 20))
  answer
}

input <- file("stdin", "r")
while (length(line <- readLines(input, n = 1)) > 0) {
  if (startsWith(line, '{"type":"result"')) learn(line)
  if (startsWith(line, '{"type":"predict"')) {
    refit()
    cat(sprintf('{"id":%s,"forecasts":[%s]}\n', values(line, "id"), paste(forecasts(line), collapse = ",")))
    flush(stdout())
  }
}
