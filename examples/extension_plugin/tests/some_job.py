"""What the tests deploy; apart from them, so that the package needs no pytest."""


def report():
    return "all is well"


def other():
    return "better"
