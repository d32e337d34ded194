"""The user's code that the checks deploy, as the sources of two modules."""

HELPER_SOURCE = '''"""What the jobs share."""


def answer():
    return 42
'''
JOBS_SOURCE = '''"""Jobs of a user."""

import os

from {helper} import answer


def report(event):
    print("report begins")
    return {{"answer": answer(), "event": event}}


def other():
    return "other"


def fails():
    print("about to fail")
    raise ValueError("broken on purpose")


def talks(event):
    for number in range(event["lines"]):
        print(f"line {{number:03}}")


def says(event):
    print(event)


def variable(event):
    return os.environ.get(event)


def needs_more(event, context, table):
    return table
'''
