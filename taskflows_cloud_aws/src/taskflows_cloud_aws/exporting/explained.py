"""How to use what was exported, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from taskflows_cloud_aws.exporting.subject import Subject

FILE_NAME = "README.md"


def of_cloudformation(subject: Subject, parameters: Sequence[str]) -> str:
    """The page beside a template."""
    given = "".join(f" {one}" for one in ("CodeBucket=BUCKET", *(f"{parameter}=..." for parameter in parameters)))
    key = f"{subject.names.upload_prefix}{subject.function['code_sha256']}.zip"
    deploy = [
        "aws cloudformation deploy --template-file template.json",
        f"--stack-name {subject.names.function}",
        "--capabilities CAPABILITY_NAMED_IAM",
        f"--parameter-overrides{given}",
    ]
    commands = [f"aws s3 cp {_archive(subject)} s3://BUCKET/{key}", " \\\n      ".join(deploy)]
    return _page(subject, "\n".join(f"    {command}" for command in commands))


def of_terraform(subject: Subject) -> str:
    """The page beside a configuration of Terraform."""
    variables = "".join(f' -var "environment_{name}=..."' for name in subject.variables)
    text = f"""
    terraform init
    terraform apply -var package_file={_archive(subject)}{variables}
"""
    if subject.existing:
        text += """
What stands in AWS already is taken over by `import.tf.json`; delete that file to make everything anew elsewhere.
"""
    return _page(subject, text)


def _archive(subject: Subject) -> str:
    return f"{subject.names.function}.zip"


def _page(subject: Subject, commands: str) -> str:
    size = f", {subject.package.size} bytes" if subject.package is not None else ""
    layers = "".join(
        f"\nThe layer `{layer.name}` has an archive of its own: `plan.package.layer.path`.\n"
        for layer in subject.of_kind("layer")
    )
    return f"""# {subject.names.function}

The archive is not among these files. It is the file `plan.package.path` of the plan that was exported (sha256
`{subject.function["code_sha256"]}`{size}); copy it to `{_archive(subject)}`.
{layers}
{commands.strip(chr(10))}

No value of the environment is here: each is a parameter that is not shown. The tags by which taskflows-cloud knows
what it made are left out, so that two tools do not change the same things: from then on taskflows-cloud leaves what
another tool made alone.
"""
