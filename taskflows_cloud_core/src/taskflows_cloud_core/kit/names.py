"""Names within the limits of a cloud.

Shortened names never collide: a name that fits with a character to spare stays as it is, every other one is cut and
given a hash so that it is exactly as long as the limit. So no function's own name can equal another one's shortened
name.
"""

from __future__ import annotations

import hashlib

_HASH_CHARACTERS = 8


def shortened(stem: str, *, suffix: str = "", limit: int) -> str:
    """Join stem and suffix; when that is not shorter than ``limit``, cut the stem and add its hash.

    Args:
        stem: What tells this name from others.
        suffix: Kept whole.
        limit: The most characters that the name may have.

    Returns:
        The name; exactly ``limit`` characters long when it was cut.
    """
    if len(stem) + len(suffix) < limit:
        return stem + suffix
    digest = hashlib.sha256(stem.encode()).hexdigest()[:_HASH_CHARACTERS]
    return f"{stem[: limit - len(suffix) - len(digest) - 1]}-{digest}{suffix}"
