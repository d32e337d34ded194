"""Providers that load, and every way in which one can fail to."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from taskflows_cloud_core import (
    DuplicateProviderError,
    IncompatibleProviderError,
    InvalidProviderError,
    OperationUnsupported,
    ProviderDisabledError,
    ProviderError,
    ProviderImportError,
    UnknownProviderError,
    available_providers,
    get_environment,
)
from taskflows_cloud_core.providers import diagnose

Stranger = Callable[..., Path]

MINIMAL = """
from taskflows_cloud_core import ProviderInfo, hookimpl

@hookimpl
def provider_info():
    return ProviderInfo(name="{name}", title="T", hook_api_version={api})

@hookimpl
def connect():
    return object()
"""


def minimal(name: str, api: int = 1) -> str:
    return MINIMAL.format(name=name, api=api)


def test_an_installed_provider_is_found_by_name(starlight: Path) -> None:
    environment = get_environment("starlight", sky="north")
    assert environment.provider == "starlight"
    assert "starlight" in available_providers()
    assert environment == get_environment("starlight", sky="north")
    assert environment != get_environment("starlight", sky="south")


def test_secret_options_stay_out_of_the_repr(starlight: Path) -> None:
    assert "hunter2" not in repr(get_environment("starlight", token="hunter2"))


def test_the_embedded_provider_is_always_there() -> None:
    assert "local" in available_providers()


def test_an_unknown_name_lists_what_is_installed() -> None:
    with pytest.raises(UnknownProviderError, match=r"no provider 'mars' is installed; installed are: .*local"):
        get_environment("mars")


@pytest.mark.parametrize("name", ["lokal", "Local", "LOCAL"])
def test_a_near_miss_is_suggested(name: str) -> None:
    with pytest.raises(UnknownProviderError, match="did you mean 'local'"):
        get_environment(name)


@pytest.mark.parametrize("name", ["aws-like", "mars", "lokal"])
def test_an_unknown_name_brings_the_convention_and_no_command_to_install_it(name: str) -> None:
    with pytest.raises(UnknownProviderError) as caught:
        get_environment(name)
    assert str(caught.value).endswith("; a provider named NAME usually comes with `taskflows-cloud-NAME`")
    assert "pip" not in str(caught.value)
    assert f"taskflows-cloud-{name}" not in str(caught.value)


def test_only_installed_providers_are_suggested() -> None:
    program = (
        "import importlib.metadata as m, sys\n"
        "real = m.entry_points\n"
        "m.entry_points = lambda **k: [p for p in real(**k) if p.name != 'aws']\n"
        "import taskflows_cloud_core as t\n"
        "try:\n"
        "    t.get_environment('awz')\n"
        "except t.UnknownProviderError as error:\n"
        "    print(error)\n"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "no provider 'awz' is installed" in said
    assert "did you mean" not in said


def test_a_failing_import_keeps_its_cause(stranger: Stranger) -> None:
    stranger("stranger_import", "import no_such_module_anywhere", provider="far")
    with pytest.raises(
        ProviderImportError, match=r"'far' \(stranger_import-dist 0\.7\)|stranger-import-dist"
    ) as caught:
        get_environment("far")
    assert isinstance(caught.value.__cause__, ModuleNotFoundError)
    assert caught.value.distribution.endswith(" 0.7")


@pytest.mark.parametrize(("api", "remedy"), [(0, "upgrade stranger"), (2, "upgrade taskflows-cloud-core")])
def test_another_hook_api_is_refused(stranger: Stranger, api: int, remedy: str) -> None:
    module = f"stranger_api{api}"
    stranger(module, minimal("old", api) + "\n@hookimpl\ndef hook_of_another_age(): ...\n", provider="old")
    with pytest.raises(IncompatibleProviderError, match=rf"version {api} of the hook API.*{remedy}"):
        get_environment("old")


def test_an_unknown_hook_is_named_with_the_near_miss(stranger: Stranger) -> None:
    stranger("stranger_hook", minimal("x") + "\n@hookimpl\ndef deploy_functoin(plan): ...\n", provider="x")
    with pytest.raises(InvalidProviderError, match="'deploy_functoin' is no hook.*did you mean 'deploy_function'"):
        get_environment("x")


def test_an_unknown_argument_is_named(stranger: Stranger) -> None:
    source = minimal("x") + (
        "\n@hookimpl\ndef deploy_function(plam, progress, own=3): ...\n@hookimpl\ndef list_functions(account): ...\n"
    )
    stranger("stranger_argument", source, provider="x")
    with pytest.raises(InvalidProviderError) as caught:
        get_environment("x")
    assert (
        "deploy_function takes 'plam', which is no argument of that hook (did you mean 'plan'?); "
        "list_functions takes 'account', which is no argument of that hook (it has session). Please"
    ) in str(caught.value)


def test_a_hook_without_its_mark_is_named(stranger: Stranger) -> None:
    source = minimal("x") + "\ndef list_functions(session):\n    return []\n"
    stranger("stranger_unmarked", source, provider="x")
    with pytest.raises(InvalidProviderError, match="list_functions would be no hook without @hookimpl above it"):
        get_environment("x")


def test_a_name_that_is_only_imported_needs_no_mark(stranger: Stranger) -> None:
    stranger("stranger_imports", minimal("x") + "\nfrom shutil import copy as list_functions\n", provider="x")
    with pytest.raises(OperationUnsupported):
        get_environment("x").list_functions()


def test_a_provider_without_a_session(stranger: Stranger) -> None:
    stranger("stranger_asleep", minimal("x").partition("\n@hookimpl\ndef connect")[0], provider="x")
    with pytest.raises(InvalidProviderError, match="it has no hook connect"):
        get_environment("x")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("{'job': 1}", r"with a dict, where the contract says Sequence\[DeployedFunction\]"),
        ("[{'name': 'job'}]", r"with a list of dict, where the contract says Sequence\[DeployedFunction\]"),
        ("'job'", r"with a str, where the contract says Sequence\[DeployedFunction\]"),
    ],
)
def test_an_answer_of_another_class(stranger: Stranger, answer: str, said: str) -> None:
    source = minimal("x") + f"\n@hookimpl\ndef list_functions(session):\n    return {answer}\n"
    stranger(f"stranger_class_{len(answer)}", source, provider="x")
    with pytest.raises(InvalidProviderError, match=f"answered 'list_functions' {said}"):
        get_environment("x").list_functions()


def test_no_provider_info(stranger: Stranger) -> None:
    stranger("stranger_mute", "", provider="x")
    with pytest.raises(InvalidProviderError, match="no hook provider_info"):
        get_environment("x")


def test_provider_info_that_fails(stranger: Stranger) -> None:
    source = "from taskflows_cloud_core import hookimpl\n@hookimpl\ndef provider_info():\n    return 1 / 0\n"
    stranger("stranger_fails", source, provider="x")
    with pytest.raises(InvalidProviderError, match="ZeroDivisionError"):
        get_environment("x")


def test_another_name_than_the_entry_points(stranger: Stranger) -> None:
    stranger("stranger_name", minimal("y"), provider="x")
    with pytest.raises(InvalidProviderError, match="calls itself 'y'.*entry point is 'x'"):
        get_environment("x")


def test_one_name_from_two_distributions(stranger: Stranger) -> None:
    stranger("stranger_one", minimal("twin"), provider="twin")
    stranger("stranger_two", minimal("twin"), provider="twin", version="2.0")
    with pytest.raises(DuplicateProviderError, match=r"stranger.one.dist 0\.7 and stranger.two.dist 2\.0") as caught:
        get_environment("twin")
    assert caught.value.provider == "twin"
    assert available_providers().count("twin") == 1


def test_a_disabled_provider(starlight: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKFLOWS_CLOUD_DISABLE_PLUGINS", "other, starlight")
    with pytest.raises(ProviderDisabledError, match="TASKFLOWS_CLOUD_DISABLE_PLUGINS"):
        get_environment("starlight")
    assert "starlight" not in available_providers()


def test_a_broken_neighbour_hurts_nobody(starlight: Path, stranger: Stranger) -> None:
    stranger("stranger_broken", "raise RuntimeError('boom')", provider="broken")
    assert get_environment("starlight").list_functions() == []
    assert "stranger_broken" not in sys.modules


OBJECT = """
from taskflows_cloud_core import ProviderInfo, hookimpl

class Base:
    def list_versions(self, name):
        return []

class Plugin(Base):
    @hookimpl
    def provider_info(self):
        return ProviderInfo(name="thing", title="T", hook_api_version=1)

    @hookimpl
    def connect(self):
        return object()

    def list_functions(self):
        return []

plugin = Plugin()
"""


def test_unmarked_methods_of_an_object_are_reported(stranger: Stranger) -> None:
    stranger("stranger_thing", OBJECT, provider="thing", attribute="plugin")
    with pytest.raises(InvalidProviderError, match="list_functions, list_versions would be no hook without @hookimpl"):
        get_environment("thing")


def test_an_operation_that_is_not_there(starlight: Path) -> None:
    with pytest.raises(OperationUnsupported, match="'starlight'.*does not support 'list_versions'"):
        get_environment("starlight").list_versions("x")


@pytest.mark.parametrize(("body", "answer"), [("return None", "None"), ("yield []", "a generator")])
def test_an_answer_that_is_none(stranger: Stranger, body: str, answer: str) -> None:
    module = f"stranger_{body.split()[0]}"
    stranger(module, minimal("x") + f"\n@hookimpl\ndef list_functions():\n    {body}\n", provider="x")
    with pytest.raises(InvalidProviderError, match=f"answered 'list_functions' with {answer}"):
        get_environment("x").list_functions()


def test_options_are_told_all_at_once_with_the_near_miss(starlight: Path) -> None:
    with pytest.raises(ValueError, match=r"(?s)2 problems.*skye: is no option; did you mean 'sky'.*nonsense"):
        get_environment("starlight", skye="x", nonsense=1)
    with pytest.raises(ValueError, match="SKY: is no option; did you mean 'sky'"):
        get_environment("starlight", SKY="x")


def test_every_loading_error_is_a_provider_error() -> None:
    kinds = [
        UnknownProviderError,
        ProviderDisabledError,
        DuplicateProviderError,
        IncompatibleProviderError,
        ProviderImportError,
        InvalidProviderError,
        OperationUnsupported,
    ]
    assert all(issubclass(kind, ProviderError) for kind in kinds)


def test_a_name_that_is_no_text() -> None:
    with pytest.raises(TypeError, match="a provider's name is a str, not int"):
        get_environment(3)  # type: ignore[arg-type]


def test_an_option_of_the_wrong_type_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="root: must be a path, not int"):
        get_environment("local", root=3)


@pytest.mark.parametrize("secret", [b"hunter2", 42])
def test_a_secret_option_of_the_wrong_type_is_not_shown(stranger: Stranger, secret: object) -> None:
    source = (
        minimal("vault")
        .replace('title="T"', 'title="T", options_class=Options')
        .replace(
            "@hookimpl\ndef provider_info",
            "import attrs\n\n@attrs.frozen(kw_only=True)\nclass Options:\n"
            "    token: str = attrs.field(validator=attrs.validators.instance_of(str), repr=False)\n"
            "    port: int = attrs.field(default=1, converter=int)\n\n@hookimpl\ndef provider_info",
        )
    )
    stranger(f"stranger_vault_{type(secret).__name__}", source, provider="vault")
    with pytest.raises(ValueError, match="token: must be a str") as caught:
        get_environment("vault", token=secret)
    assert str(secret) not in str(caught.value)
    with pytest.raises(ValueError, match="refused it with a ValueError") as caught:
        get_environment("vault", token="x", port="hunter2")
    assert "hunter2" not in str(caught.value)
    with pytest.raises(ValueError, match="token: is needed"):
        get_environment("vault")


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("text", minimal("odd").replace("hook_api_version=1", "hook_api_version='1'"), "provider_info failed"),
        ("exit", "raise SystemExit('no licence')", "could not be imported"),
    ],
)
def test_a_bad_neighbour_does_not_end_the_diagnosis(stranger: Stranger, name: str, source: str, said: str) -> None:
    stranger(f"stranger_{name}", source, provider="odd")
    found = {diagnosis.name: diagnosis for diagnosis in diagnose()}
    assert found["local"].status == "ok"
    assert said in (found["odd"].error or "")


def test_a_coroutine_is_no_answer(stranger: Stranger) -> None:
    stranger("stranger_async", minimal("x") + "\n@hookimpl\nasync def list_functions():\n    return []\n", provider="x")
    with pytest.raises(InvalidProviderError, match="answered 'list_functions' with a coroutine"):
        get_environment("x").list_functions()
