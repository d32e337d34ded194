"""Three small jobs. They are plain functions: nothing in them knows where they will run."""

import csv
import os
import sqlite3
import time
import urllib.request
from collections import defaultdict
from contextlib import closing
from pathlib import Path


def weather_report() -> dict[str, dict[str, float]]:
    """Sum up a data set by year: rain, and the hottest and coldest day."""
    years: dict[str, list[dict[str, str]]] = defaultdict(list)
    with Path("data/seattle-weather.csv").open(newline="") as file:
        for day in csv.DictReader(file):
            years[day["date"][:4]].append(day)
    report = {
        year: {
            "rain_mm": round(sum(float(day["precipitation"]) for day in days), 1),
            "hottest": max(float(day["temp_max"]) for day in days),
            "coldest": min(float(day["temp_min"]) for day in days),
        }
        for year, days in years.items()
    }
    for year, figures in report.items():
        print(f"{year}: {figures['rain_mm']} mm of rain, {figures['coldest']} to {figures['hottest']} °C")
    return report


def backup_orders() -> dict[str, int | str]:
    """Copy a SQLite database while others may be writing to it, check the copy, keep the newest three."""
    source = Path(os.environ["ORDERS_DATABASE"])
    folder = Path(os.environ["BACKUP_FOLDER"])
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"orders-{time.time_ns()}.sqlite"
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
        (orders,) = copy.execute("SELECT count(*) FROM orders").fetchone()
    if verdict != "ok":
        raise RuntimeError(f"the copy is damaged: {verdict}")
    for old in sorted(folder.glob("orders-*.sqlite"))[:-3]:
        old.unlink()
    print(f"{orders} orders saved to {target.name}, {target.stat().st_size} bytes")
    return {"orders": orders, "file": target.name}


def check_endpoint(event: dict[str, str]) -> dict[str, float]:
    """Ask an HTTP endpoint how it is, and fail when it is not well. The event may name another one."""
    url = event.get("url") or os.environ["HEALTH_URL"]
    begin = time.perf_counter()
    with urllib.request.urlopen(url, timeout=5) as response:
        answer = response.read(1000)
    milliseconds = round((time.perf_counter() - begin) * 1000, 1)
    if not answer:
        raise RuntimeError(f"{url} says nothing")
    print(f"{url} is well, {milliseconds} ms")
    return {"status": response.status, "milliseconds": milliseconds}


def weather_report_by_month() -> dict[str, float]:
    """The new version of the report: rain by month."""
    rain: dict[str, float] = defaultdict(float)
    with Path("data/seattle-weather.csv").open(newline="") as file:
        for day in csv.DictReader(file):
            rain[day["date"][5:7]] += float(day["precipitation"])
    wettest = max(rain, key=lambda month: rain[month])
    print(f"the wettest month is {wettest} with {rain[wettest] / 4:.0f} mm in an average year")
    return {month: round(amount / 4, 1) for month, amount in sorted(rain.items())}
