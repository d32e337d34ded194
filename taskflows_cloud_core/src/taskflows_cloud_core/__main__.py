"""``python -m taskflows_cloud_core`` is the command line."""

from taskflows_cloud_core.cli import main

if __name__ == "__main__":
    main()
