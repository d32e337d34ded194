"""A plan in the languages of other tools: complete, without a secret, and right by those tools' own checks."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

from taskflows_cloud_core import Calendar, OperationUnsupported, Periodic, get_environment
from taskflows_cloud_core.reconcile import Resource
from tests.aws.support.account import GIVEN_ROLE, config, make_given_role

CANARY = "canary-7f3a"
EVERYTHING = {
    "schedules": [
        Calendar("Mon-Fri 09:00"),
        Periodic(period=3600),
        Calendar("Sun 17:00", timezone="America/New_York", description="weekly"),
    ],
    "environment_variables": {"API_KEY": CANARY, "API__KEY": f"{CANARY}-2", "MODE": "fast"},
    "max_concurrency": 3,
    "retries": 1,
    "log_retention_days": 14,
    "ephemeral_storage_mb": 1024,
    "description": "does ${everything} and %{more}",
    "tags": {"team": "data"},
    "provider_options": {
        "aws": {
            "alarm_emails": ["ops@example.com"],
            "alarms": {"errors": 1, "duration_percent": 90},
            "dead_letter_queue": True,
            "policy_statements": [
                {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/${aws:username}/*"},
                {"Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:out-${aws:username}"},
            ],
            "security_group_ids": ["sg-0123abcd"],
            "subnet_ids": ["subnet-0123abcd"],
            "tracing": "Active",
        }
    },
}
WARM = {
    "schedules": [Calendar("Sun 17:00", timezone="America/New_York")],
    "provider_options": {
        "aws": {
            "file_system_access_point_arn": (
                "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0"
            ),
            "file_system_mount_path": "/mnt/data",
            "layers": ["arn:aws:lambda:us-east-1:999999999999:layer:theirs:3"],
            "provisioned_concurrency": 2,
            "security_group_ids": ["sg-0123abcd"],
            "subnet_ids": ["subnet-0123abcd"],
        }
    },
}
CASES = {
    "bare": {},
    "everything": EVERYTHING,
    "warm": WARM,
    "given role": {"provider_options": {"aws": {"execution_role_arn": GIVEN_ROLE}}, "schedules": ["daily"]},
}


@pytest.fixture(autouse=True)
def given_role(aws):
    aws.look(make_given_role)


def exported(env, jobs, language, **settings):
    plan = env.plan_function(jobs.report, config(**settings), [])
    return env.export_plan(plan, language)


def template(env, jobs, **settings):
    return json.loads(exported(env, jobs, "cloudformation", **settings)["template.json"])


def terraform(env, jobs, **settings):
    return json.loads(exported(env, jobs, "terraform", **settings)["main.tf.json"])


@pytest.mark.slow
def test_cfn_lint_finds_nothing(env, jobs, tmp_path):
    files = [tmp_path / f"{case}.json" for case in CASES]
    for file in files:
        file.write_text(json.dumps(template(env, jobs, **CASES[file.stem])))
    program = Path(sys.executable).with_name("cfn-lint")
    run = subprocess.run([program, *map(str, files)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


@pytest.mark.parametrize("language", ["cloudformation", "terraform"])
@pytest.mark.parametrize("case", CASES)
def test_no_value_of_the_environment_and_no_tag_of_ours_gets_out(env, jobs, language, case):
    files = exported(env, jobs, language, **CASES[case])
    assert CANARY not in json.dumps(files)
    assert "taskflows-cloud:" not in json.dumps(files)
    again = exported(env, jobs, language, **CASES[case])
    assert again == files


def test_the_kinds_of_a_template(env, jobs):
    made = template(env, jobs, **EVERYTHING)
    kinds = sorted(resource["Type"].removeprefix("AWS::") for resource in made["Resources"].values())
    assert kinds == [
        "CloudWatch::Alarm",
        "CloudWatch::Alarm",
        "Events::Rule",
        "Events::Rule",
        "IAM::Role",
        "IAM::Role",
        "Lambda::Alias",
        "Lambda::EventInvokeConfig",
        "Lambda::Function",
        "Lambda::Permission",
        "Lambda::Version",
        "Logs::LogGroup",
        "SNS::Topic",
        "SQS::Queue",
        "Scheduler::Schedule",
        "Scheduler::ScheduleGroup",
    ]


def test_what_a_template_says(env, jobs):
    made = template(env, jobs, **EVERYTHING)
    function = made["Resources"]["Function"]["Properties"]
    assert function["ReservedConcurrentExecutions"] == 3
    assert function["Tags"] == [{"Key": "team", "Value": "data"}]
    secret = {name: found for name, found in made["Parameters"].items() if name.startswith("Environment")}
    assert [found["NoEcho"] for found in secret.values()] == [True, True, True]
    assert {found["Ref"] for found in function["Environment"]["Variables"].values()} == set(secret)
    assert function["DeadLetterConfig"] == {"TargetArn": {"Fn::GetAtt": ["Queue", "Arn"]}}
    statements = made["Resources"]["ExecutionRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    assert statements[0]["Resource"]["Fn::Sub"].startswith(
        "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:"
    )
    assert {
        "Action": "s3:GetObject",
        "Effect": "Allow",
        "Resource": "arn:aws:s3:::bucket/${aws:username}/*",
    } in statements
    assert any(
        one["Resource"]
        == {"Fn::Sub": "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:out-${!aws:username}"}
        for one in statements
    )
    assert "123456789012" not in json.dumps(made)


def test_what_is_kept_warm_and_mounted(env, jobs):
    resources = template(env, jobs, **WARM)["Resources"]
    function = resources["Function"]["Properties"]
    assert resources["Live"]["Properties"]["ProvisionedConcurrencyConfig"] == {"ProvisionedConcurrentExecutions": 2}
    assert function["FileSystemConfigs"][0]["LocalMountPath"] == "/mnt/data"
    assert function["Layers"] == ["arn:aws:lambda:us-east-1:999999999999:layer:theirs:3"]
    made = terraform(env, jobs, **WARM)["resource"]
    warm = made["aws_lambda_provisioned_concurrency_config"]["live"]
    assert warm["provisioned_concurrent_executions"] == 2
    assert made["aws_lambda_function"]["function"]["file_system_config"]["local_mount_path"] == "/mnt/data"


def test_a_shared_role_gets_no_name_that_another_stack_may_have(aws, jobs):
    shared = get_environment("aws", region="us-east-1", shared_roles=True)
    made = template(shared, jobs, schedules=[Calendar("Sun 17:00", timezone="America/New_York")])["Resources"]
    assert "RoleName" not in made["ExecutionRole"]["Properties"]
    assert "RoleName" not in made["SchedulerRole"]["Properties"]
    assert made["Function"]["Properties"]["Role"] == {"Fn::GetAtt": ["ExecutionRole", "Arn"]}


@pytest.mark.parametrize("language", ["cloudformation", "terraform"])
def test_a_layer_is_published_from_an_archive_of_its_own(env, jobs, language):
    plan = env.plan_function(jobs.report, config(), [])
    name = "taskflows-cloud-" + "0" * 40
    arn = f"arn:aws:lambda:us-east-1:123456789012:layer:{name}"
    desired = [
        attrs.evolve(one, properties={**one.properties, "layers": [arn]}) if one.kind == "function" else one
        for one in plan.desired
    ]
    plan = attrs.evolve(plan, desired=[*desired, Resource(kind="layer", name=name)])

    files = env.export_plan(plan, language)

    if language == "cloudformation":
        made = json.loads(files["template.json"])
        assert made["Resources"]["Function"]["Properties"]["Layers"] == [{"Ref": "Layer1"}]
        assert made["Resources"]["Layer1"]["Properties"]["Content"]["S3Key"] == {"Ref": "LayerKey1"}
        assert "LayerKey1" in made["Parameters"]
    else:
        made = json.loads(files["main.tf.json"])
        assert made["resource"]["aws_lambda_function"]["function"]["layers"] == [
            "${aws_lambda_layer_version.layer_1.arn}"
        ]
        assert "layer_file_1" in made["variable"]
    assert "plan.package.layer.path" in files["README.md"]


def test_another_state_is_another_version(env, jobs):
    def versions(made):
        return {name for name, found in made["Resources"].items() if found["Type"] == "AWS::Lambda::Version"}

    first = versions(template(env, jobs))
    assert versions(template(env, jobs)) == first
    assert versions(template(env, jobs, memory_mb=512)) != first


def references(value):
    """All that stands in ${...} of the strings of a value."""
    if isinstance(value, dict):
        return {found for key, one in value.items() for found in references(key) | references(one)}
    if isinstance(value, list):
        return {found for one in value for found in references(one)}
    return set(re.findall(r"(?<!\$)\$\{([^}]*)\}", value)) if isinstance(value, str) else set()


@pytest.mark.parametrize("case", CASES)
def test_every_reference_of_terraform_leads_to_something(env, jobs, case):
    made = terraform(env, jobs, **CASES[case])
    known = {f"var.{name}" for name in made["variable"]}
    known |= {f"data.{kind}.{name}" for kind, found in made["data"].items() for name in found}
    known |= {f"{kind}.{name}" for kind, found in made["resource"].items() for name in found}
    used = {
        re.sub(r"^filebase64sha256\((.*)\)$", r"\1", one)
        for one in references({key: made[key] for key in ("resource", "output", "provider")})
    }
    assert {one if one.startswith("var.") else one.rpartition(".")[0] for one in used} <= known
    assert {one for one in used if one.startswith("var.")} == {f"var.{name}" for name in made["variable"]}
    for found in made["resource"].values():
        for arguments in found.values():
            assert set(arguments.get("depends_on", [])) <= known


def test_what_terraform_takes_literally(env, jobs):
    made = terraform(env, jobs, **EVERYTHING)
    function = made["resource"]["aws_lambda_function"]["function"]
    assert function["description"] == "does $${everything} and %%{more}"
    assert function["tags"] == {"team": "data"}
    assert function["environment"]["variables"]["API_KEY"] == "${var.environment_API_KEY}"
    assert made["variable"]["environment_API_KEY"]["sensitive"] is True
    policy = made["resource"]["aws_iam_role_policy"]["execution"]["policy"]
    assert "arn:aws:s3:::bucket/$${aws:username}/*" in policy
    assert "123456789012" not in json.dumps(made)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
@pytest.mark.parametrize("case", CASES)
def test_terraform_reads_the_configuration(env, jobs, tmp_path, case):
    """Without its provider Terraform reads blocks, variables, imports and expressions, but knows no arguments."""
    # The layer and the signatures of the warm one are in no account of moto.
    assert case == "warm" or env.deploy_function(jobs.report, config(**CASES[case]), [])
    for name, content in exported(env, jobs, "terraform", **CASES[case]).items():
        (tmp_path / name).write_text(content)
    run = subprocess.run(["terraform", "providers"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "hashicorp/aws" in run.stdout
    broken = json.loads((tmp_path / "main.tf.json").read_text())
    broken["variable"]["region"] = {"no_such_argument": 1}
    (tmp_path / "main.tf.json").write_text(json.dumps(broken))
    run = subprocess.run(["terraform", "providers"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode != 0


def test_what_is_there_already_is_taken_over(env, jobs):
    assert "import.tf.json" not in exported(env, jobs, "terraform", **EVERYTHING)
    assert env.deploy_function(jobs.report, config(**EVERYTHING), [])
    files = exported(env, jobs, "terraform", **{**EVERYTHING, "memory_mb": 512})
    made = json.loads(files["main.tf.json"])["resource"]
    imports = {one["to"]: one["id"] for one in json.loads(files["import.tf.json"])["import"]}
    assert imports["aws_lambda_function.function"] == "job"
    assert imports["aws_lambda_permission.rules"] == "job:live/taskflows-cloud-rules"
    assert imports["aws_cloudwatch_log_group.log_group"] == "/aws/lambda/job"
    assert {tuple(to.split(".")) for to in imports} <= {(kind, name) for kind in made for name in made[kind]}


def test_other_partitions(aws, jobs):
    china = get_environment("aws", region="cn-north-1")
    made = template(china, jobs, schedules=["daily"])
    assert "arn:aws" not in json.dumps(made)
    assert terraform(china, jobs)["variable"]["region"]["default"] == "cn-north-1"


def test_how_to_use_it_is_told(env, jobs):
    text = exported(env, jobs, "cloudformation", **EVERYTHING)["README.md"]
    assert "aws cloudformation deploy" in text
    assert "plan.package.path" in text
    assert "environment_API_KEY" in exported(env, jobs, "terraform", **EVERYTHING)["README.md"]


def test_other_languages_and_plans_that_deploy_nothing(env, jobs):
    with pytest.raises(OperationUnsupported, match="'cloudformation', 'terraform', not 'pulumi'"):
        exported(env, jobs, "pulumi")
    with pytest.raises(ValueError, match="deploys nothing"):
        env.export_plan(env.plan_removal("job"), "terraform")
