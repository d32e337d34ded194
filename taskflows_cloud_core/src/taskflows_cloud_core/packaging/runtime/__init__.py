"""What runs inside a package. These files are copied into the archive and import nothing but Python and each other.

``adapters/`` has one adapter for each way in. Its main file becomes ``index.py`` at the root of the archive; all other
files of the runtime go into the archive's folder ``_taskflows_cloud``.
"""
