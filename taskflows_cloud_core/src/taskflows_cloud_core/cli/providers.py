"""``taskflows-cloud providers``: the state of every plugin."""

from __future__ import annotations

import sys

import click

from taskflows_cloud_core.providers import Diagnosis, diagnose


@click.command()
def providers() -> None:
    """Tell which plugins are installed and work.

    The exit code is 1 when one of them is broken.
    """
    diagnoses = diagnose()
    for diagnosis in diagnoses:
        click.echo(_line(diagnosis))
    sys.exit(int(any(diagnosis.status == "broken" for diagnosis in diagnoses)))


def _line(diagnosis: Diagnosis) -> str:
    title = f"  {diagnosis.title}" if diagnosis.title else ""
    head = f"{diagnosis.status:<8}  {diagnosis.kind:<9}  {diagnosis.name}{title}  ({diagnosis.distribution})"
    return f"{head}\n          {diagnosis.error}" if diagnosis.error else head
