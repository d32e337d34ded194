"""The crontab as cron reads it: five fields, and a command that its shell runs."""

import shlex
import subprocess

import pytest
from hello_job import hello

from taskflows_cloud_core import CloudFunctionConfig, Periodic, get_environment


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "a folder with spaces, 100% quoted's"


@pytest.fixture
def environment(folder):
    return get_environment("crontab", folder=folder)


def jobs(folder):
    text = (folder / "crontab").read_text().splitlines()
    return [line.split(" ", 5) for line in text if line[0] in "*0123456789"]


def deploy(environment, *schedules, name="hello"):
    config = CloudFunctionConfig(function_name=name, schedules=list(schedules))
    return environment.deploy_function(hello, config, []).raise_for_error()


def test_each_schedule_is_a_line(environment, folder):
    deploy(environment, "Mon-Fri 06:30", Periodic(period=900))
    assert sorted(" ".join(line[:5]) for line in jobs(folder)) == ["*/15 * * * *", "30 6 * * 1-5"]


def test_the_command_of_a_line_runs_the_function(environment, folder):
    deploy(environment, "Mon-Fri 06:30")
    ((*_, command),) = jobs(folder)
    # Cron turns an escaped percent sign back into one before its shell gets the line.
    ran = subprocess.run(["/bin/sh", "-c", command.replace(r"\%", "%")], env={}, check=False, capture_output=True)
    assert ran.returncode == 0, ran.stderr
    assert [event.message for event in environment.get_function_logs("hello")] == ["hello from cron"]


def test_a_percent_sign_never_stands_alone(environment, folder):
    deploy(environment, "Mon-Fri 06:30")
    ((*_, command),) = jobs(folder)
    assert "%" in command
    assert "%" not in command.replace(r"\%", "")
    assert shlex.split(command.replace(r"\%", "%"))[-2:] == [str(folder), "hello"]


def test_a_paused_function_has_no_line(environment, folder):
    deploy(environment, "Mon-Fri 06:30")
    environment.pause_schedules("hello")
    assert jobs(folder) == []
    environment.resume_schedules("hello")
    assert len(jobs(folder)) == 1


def test_the_settings_are_for_their_owner_alone(environment, folder):
    deploy(environment, "Mon-Fri 06:30")
    assert (folder / "functions" / "hello" / "function.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("schedule", ["Mon-Fri 09:00 Europe/Berlin", "*-*-* 10:00:30", Periodic(period=5400)])
def test_what_cron_cannot_say_is_refused(environment, folder, schedule):
    config = CloudFunctionConfig(function_name="hello", schedules=[schedule])
    result = environment.deploy_function(hello, config, [])
    assert not result.success
    assert not folder.exists()
