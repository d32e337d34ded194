"""What every provider promises."""

import pytest

from taskflows_cloud_core.testing import ProviderConformance


class TestCrontab(ProviderConformance):
    provider = "crontab"

    @pytest.fixture
    def options(self, tmp_path):
        return {"folder": tmp_path / "place"}

    @pytest.fixture
    def look(self, options):
        """Every file with its content, apart from the launcher, the lock, and a crontab without a line."""

        def files():
            paths = [path for path in options["folder"].rglob("*") if path.is_file()]
            found = {str(path): path.read_bytes() for path in paths if path.name not in ("launcher.py", ".lock")}
            return {path: data for path, data in found.items() if not path.endswith("/crontab") or b"launcher" in data}

        return files
