"""From a callable to an archive that another machine can run."""

from taskflows_cloud_core.packaging.package import Package, PackagedFile, PackageTarget

__all__ = ["Package", "PackageTarget", "PackagedFile"]
