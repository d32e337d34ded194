"""A project of a user: the table in pyproject.toml, and the functions that are marked in files and modules."""

from taskflows_cloud_core.project.collecting import collect_functions, select_functions
from taskflows_cloud_core.project.loading import load_module
from taskflows_cloud_core.project.reading import find_project
from taskflows_cloud_core.project.settings import Place, Project, Stage
from taskflows_cloud_core.project.staging import for_stage

__all__ = [
    "Place",
    "Project",
    "Stage",
    "collect_functions",
    "find_project",
    "for_stage",
    "load_module",
    "select_functions",
]
