-- Distinct match events for `simbet serve`, as fast as they are taken:
--
--     simbet serve --store load.db &
--     wrk -t2 -c64 -d30s --latency -s benches/peers/serve.lua http://127.0.0.1:8000/match-events
--
-- With `-- paced` at the end each connection waits 3 to 6 ms between requests, so that 64 of them ask for about 11,500 events a
-- second: how long an answer takes then says more of the service than of who gets the processor.
--
-- All of them are of one instant, since connections overtake one another, and what comes after a later time is late.

local threads = 0

function setup(thread)
   thread:set("id", threads)
   threads = threads + 1
end

function init(args)
   number = 0
   start = os.date("!%Y-%m-%dT%H:%M:%SZ")
   if args[1] == "paced" then
      delay = function() return math.random(3, 6) end
   end
   wrk.method = "POST"
   wrk.headers["Content-Type"] = "application/json"
end

function request()
   number = number + 1
   local match = number % 1000
   local body = string.format(
      '{"match_id":"load-%s-%d-%d","home_team":"Home %d","away_team":"Away %d","minute":%d,"home_goals":%d,"away_goals":%d,' ..
      '"market_odds_home":%.6f,"market_odds_draw":3.4,"market_odds_away":2.5,"timestamp":"%s"}',
      start, id, match, match, match, number % 90, number % 3, number % 2, 2 + number / 10000000, start)
   return wrk.format(nil, nil, nil, body)
end

function done(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format("answered %d, %.0f/s; p50 %.2f ms, p99 %.2f ms, max %.2f ms; refused or failed %d\n",
      summary.requests, summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000,
      latency:percentile(99) / 1000, latency.max / 1000,
      errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
