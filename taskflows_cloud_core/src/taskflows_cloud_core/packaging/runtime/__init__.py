"""What runs inside a package. These files are copied into the archive and import nothing of the house.

``index.py`` stands at the root of the archive, the others in its folder ``_taskflows_cloud``.
"""
