"""Jobs for tests to deploy; a module of its own, so that no test tool goes along into their packages."""


def job() -> int:
    return 1


def other_job() -> int:
    return 2


def needs_arguments(customer: str) -> str:
    return customer
