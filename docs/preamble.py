"""Code that every table of this site may use: see "Share code between pages"."""

import pandas as pd

PRICES = pd.read_csv("data/trn1_instance_prices.csv")


def with_cost(runs: pd.DataFrame) -> pd.DataFrame:
    """Add what a million inferences cost, in dollars."""
    priced = runs.merge(PRICES, on="Inst. Type")
    hours = 1e6 / priced["Throughput (inference/sec)"] / 3600
    cost = (hours * priced["RI-Effective hourly rate"]).round(3)
    return priced.assign(**{"Cost per 1M ($)": cost})
