"""The tasks of the book's tables of speed (docs/src/speed.md), done by penaltyblog and numpy (PyPI), timed in one process.

    pip install penaltyblog==1.13.1 numpy
    python benches/peers/peer.py FOLDER

FOLDER holds football-data.co.uk files named DIV_YYYY-YY.csv.
"""

import statistics
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import penaltyblog as pb

warnings.filterwarnings("ignore")


def read(folder, seasons):
    frames = []
    for season in seasons:
        frame = pd.read_csv(Path(folder) / f"E0_{season}.csv", encoding="latin-1", on_bad_lines="skip")
        frame["date"] = pd.to_datetime(frame["Date"], dayfirst=True, format="mixed")
        frames.append(frame.dropna(subset=["FTHG"]))
    return pd.concat(frames, ignore_index=True)


def fit(frame, xi=None):
    weights = pb.models.dixon_coles_weights(frame["date"], xi) if xi else None
    model = pb.models.DixonColesGoalModel(
        frame["FTHG"].to_numpy(), frame["FTAG"].to_numpy(),
        frame["HomeTeam"].to_numpy(), frame["AwayTeam"].to_numpy(), weights,
    )
    model.fit()
    return model


def timed(name, work, repeats):
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    print(f"{name:<55} {statistics.median(seconds) * 1e3:12.3f} ms (median of {repeats})")


def trainer(ctx):
    return fit(ctx.lookback, 0.001)


def logic(ctx):
    fixture = ctx.fixture
    try:
        grid = ctx.model.predict(fixture["HomeTeam"], fixture["AwayTeam"])
    except ValueError:
        return
    kelly = pb.betting.kelly_criterion(fixture["B365H"], grid.home_win, 0.3)
    stake = getattr(kelly, "stake", kelly)
    if stake > 0:
        ctx.account.place_bet(fixture["B365H"], ctx.account.current_bankroll * stake, int(fixture["FTR"] == "H"))


def flat(ctx):
    ctx.account.place_bet(ctx.fixture["B365H"], 10, int(ctx.fixture["FTR"] == "H"))


def backtest(frame, start, logic, trainer=None):
    run = pb.backtest.Backtest(frame.copy(), start, "2022-07-01")
    run.start(bankroll=10_000, logic=logic, trainer=trainer)
    return run


def scores():
    """Goals of both sides of the fixtures of a season, a thousand times over, as `cargo bench --bench simulate` draws them."""
    rng = np.random.default_rng(1)
    fixtures = np.arange(380)
    home, away = np.tile(0.8 + 0.004 * fixtures, 1000), np.tile(2.2 - 0.004 * fixtures, 1000)
    timed("scores of 380,000 matches, a rate for each", lambda: (rng.poisson(home), rng.poisson(away)), 9)
    timed("the same, one rate for all", lambda: (rng.poisson(1.5, 380_000), rng.poisson(1.2, 380_000)), 9)


def main(folder):
    scores()
    one = read(folder, ["2011-12"])
    ten = read(folder, [f"{y}-{(y + 1) % 100:02d}" for y in range(2012, 2022)])
    three = read(folder, ["2019-20", "2020-21", "2021-22"])
    start = sorted(three["date"].dt.date.unique())[-58]
    model = fit(one)
    timed("Dixon-Coles fit, 380 matches", lambda: fit(one), 9)
    timed("Dixon-Coles fit, 3,800 matches", lambda: fit(ten), 5)
    timed("predict one grid", lambda: model.predict("Arsenal", "Fulham"), 2000)
    timed(f"backtest of 58 match days from {start}, refit each day", lambda: backtest(three, str(start), logic, trainer), 1)
    timed("backtest of 3 seasons, no model", lambda: backtest(three, "2019-08-01", flat), 3)


main(sys.argv[1])
