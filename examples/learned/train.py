"""Trains two models of football matches on the features that simbet computes, and writes them as ONNX.

    pip install scikit-learn skl2onnx onnx
    simbet features 'data/E0_*.csv' --features elo,pi,form,goals --output features.csv
    python train.py features.csv 2019-06-30 models/
    simbet backtest 'data/E0_*.csv' --model onnx:models/trees.onnx --from 2019-07-01

Only matches up to the day that is given are learned from. The models say so in their metadata, and simbet neither bets on
those matches nor scores its forecasts of them.
"""

import csv
import sys
from pathlib import Path

import numpy
from onnx.helper import set_model_props
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

KEYS = ["match_id", "league", "season", "date", "home_team", "away_team", "neutral", "known_at"]

MODELS = {
    "logistic": make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression(C=0.1)),
    "trees": make_pipeline(
        SimpleImputer(),
        GradientBoostingClassifier(n_estimators=60, max_depth=2, learning_rate=0.05, subsample=0.7, random_state=1),
    ),
}


def read(path, last_day):
    """The names of the features, their values up to a day, and how those matches ended: H, D or A."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["date"] <= last_day and row["target_result"]]
    names = [name for name in rows[0] if name not in KEYS and not name.startswith("target_")]
    # a column that is never known would have no mean
    names = [name for name in names if any(row[name] for row in rows)]
    values = [[float(row[name] or "nan") for name in names] for row in rows]
    return names, numpy.array(values, dtype=numpy.float32), [row["target_result"] for row in rows]


def main(features, last_day, folder):
    names, values, results = read(features, last_day)
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, model in MODELS.items():
        model.fit(values, results)
        onnx = convert_sklearn(model, initial_types=[("features", FloatTensorType([None, len(names)]))])
        classes = ",".join(model.classes_)
        set_model_props(onnx, {"features": ",".join(names), "trained_to": last_day, "classes": classes})
        Path(folder, f"{name}.onnx").write_bytes(onnx.SerializeToString())
        print(f"{name}: trained on {len(results)} matches up to {last_day}, on {len(names)} features")


if __name__ == "__main__":
    main(*sys.argv[1:])
