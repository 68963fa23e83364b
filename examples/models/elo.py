"""An Elo model for simbet, with nothing but Python's standard library.

    simbet backtest datasets/epl.csv --model "exec:python3 examples/models/elo.py"

Ratings move with every result. A match's probabilities are those of earlier matches in which the home side was about as much
better or worse: counted by the difference of the ratings, in steps of 50 points, and shrunk to those of all matches.
"""

import json
import sys
from collections import defaultdict

K, HOME, START, STEP = 20.0, 65.0, 1500.0, 50.0
BEFORE = 20.0  # how many average matches each step has seen before the first

ratings = defaultdict(lambda: START)
overall = [45.0, 27.0, 28.0]  # home wins, draws, away wins
counts = defaultdict(lambda: [0.0, 0.0, 0.0])


def difference(match):
    home = 0.0 if match["neutral"] else HOME
    return ratings[match["home_team"]] + home - ratings[match["away_team"]]


def learn(match):
    """Counts a result, then moves both ratings by what it says beyond what was expected."""
    ahead = difference(match)
    home, away = match["home_goals"], match["away_goals"]
    outcome = 0 if home > away else 1 if home == away else 2
    counts[round(ahead / STEP)][outcome] += 1.0
    overall[outcome] += 1.0
    expected = 1.0 / (1.0 + 10.0 ** (-ahead / 400.0))
    change = K * ((1.0, 0.5, 0.0)[outcome] - expected)
    ratings[match["home_team"]] += change
    ratings[match["away_team"]] -= change


def forecast(fixture):
    """Probabilities of home win, draw and away win; None, which is null, for a team that has not played."""
    if fixture["home_team"] not in ratings or fixture["away_team"] not in ratings:
        return None
    seen, total = counts[round(difference(fixture) / STEP)], sum(overall)
    weights = [n + BEFORE * all_ / total for n, all_ in zip(seen, overall)]
    return {"p": [weight / sum(weights) for weight in weights]}


for line in sys.stdin:
    message = json.loads(line)
    if message["type"] == "result":
        learn(message)
    elif message["type"] == "predict":
        answer = {"id": message["id"], "forecasts": [forecast(fixture) for fixture in message["fixtures"]]}
        print(json.dumps(answer), flush=True)
