"""Extensions wrap every provider, and fail closed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sample_jobs import job

from taskflows_cloud_core import CloudFunctionConfig, InvalidExtensionError, InvalidProviderError, get_environment

Stranger = Callable[..., Path]


def config(memory_mb: int = 256) -> CloudFunctionConfig:
    return CloudFunctionConfig(function_name="job", memory_mb=memory_mb)


def test_an_extension_adds_a_policy_and_an_audit_log(starlight: Path, guard: Path) -> None:
    environment = get_environment("starlight", sky="audited")
    refused = environment.deploy_function(job, config(memory_mb=600))
    assert not refused.success
    assert "policy allows 512" in (refused.error or "")
    assert environment.deploy_function(job, config()).success
    assert sys.modules["guard"].AUDIT == ["begin job", "end job: ok"]


def test_provider_and_extension_problems_come_together(starlight: Path, guard: Path) -> None:
    result = get_environment("starlight").deploy_function(job, config(memory_mb=2048))
    assert "Starlight has at most 1024" in (result.error or "")
    assert "policy allows 512" in (result.error or "")


def test_an_extension_wraps_the_embedded_provider_too(guard: Path, tmp_path: Path) -> None:
    result = get_environment("local", root=tmp_path).deploy_function(job, config(memory_mb=600))
    assert "policy allows 512" in (result.error or "")


def test_an_extension_that_answers_is_refused(starlight: Path, stranger: Stranger) -> None:
    source = "from taskflows_cloud_core import hookimpl\n@hookimpl\ndef check_function():\n    return []\n"
    stranger("stranger_answers", source, extension="loud")
    with pytest.raises(InvalidExtensionError, match=r"'loud' \(.* 0\.7\).*answers check_function.*wrapper=True"):
        get_environment("starlight")


@pytest.mark.parametrize("source", ["import no_such_module_anywhere", "raise RuntimeError('boom')"])
def test_an_extension_that_cannot_be_imported_stops_everything(
    starlight: Path, stranger: Stranger, source: str
) -> None:
    stranger(f"stranger_ext{len(source)}", source, extension="broken")
    with pytest.raises(InvalidExtensionError, match="could not be loaded") as caught:
        get_environment("starlight")
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("check_functions()", "did you mean 'check_function'"),
        ("check_function(cfg)", "cannot be used: check_function takes 'cfg', which is no argument"),
    ],
)
def test_an_extension_with_an_unknown_hook_or_argument(
    starlight: Path, stranger: Stranger, head: str, words: str
) -> None:
    source = f"from taskflows_cloud_core import hookimpl\n@hookimpl(wrapper=True)\ndef {head}:\n    return (yield)\n"
    stranger(f"stranger_ext{len(head)}", source, extension="typo")
    with pytest.raises(InvalidExtensionError, match=words):
        get_environment("starlight")


def test_an_extension_that_forgot_the_marks_is_refused(starlight: Path, stranger: Stranger) -> None:
    stranger("stranger_ext_bare", "def check_function(config):\n    return (yield)\n", extension="bare")
    with pytest.raises(InvalidExtensionError, match=r"has check_function without @hookimpl\(wrapper=True\)"):
        get_environment("starlight")


def test_an_extension_that_is_an_object_without_marks_is_refused(starlight: Path, stranger: Stranger) -> None:
    source = "class Policy:\n    def check_function(self, config):\n        return (yield)\n\npolicy = Policy()\n"
    stranger("stranger_ext_object", source, extension="bare", attribute="policy")
    with pytest.raises(InvalidExtensionError, match=r"has check_function without @hookimpl\(wrapper=True\)"):
        get_environment("starlight")


def test_an_extension_that_wraps_nothing_is_refused(starlight: Path, stranger: Stranger) -> None:
    stranger("stranger_ext_empty", "LIMIT_MB = 512\n", extension="empty")
    with pytest.raises(InvalidExtensionError, match=r"wraps no hook; put @hookimpl\(wrapper=True\)"):
        get_environment("starlight")


def test_a_disabled_extension_is_left_out(starlight: Path, stranger: Stranger, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger("stranger_ext_off", "raise RuntimeError('boom')", extension="broken")
    monkeypatch.setenv("TASKFLOWS_CLOUD_DISABLE_PLUGINS", "broken")
    assert get_environment("starlight").list_functions() == []
    assert "stranger_ext_off" not in sys.modules


def test_a_wrapper_that_loses_the_answer_is_named(starlight: Path, stranger: Stranger) -> None:
    source = "from taskflows_cloud_core import hookimpl\n@hookimpl(wrapper=True)\ndef list_functions():\n    yield\n"
    stranger("stranger_forgetful", source, extension="forgetful")
    with pytest.raises(InvalidProviderError, match="through the extension forgetful, which may have lost it"):
        get_environment("starlight").list_functions()
