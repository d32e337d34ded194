"""What the tests deploy; apart from them, so that the package needs no pytest."""


def hello():
    print("hello from cron")
