from __future__ import annotations

import gc

import pytest

from stalklog.core.haste import without_circles


@pytest.mark.parametrize("looks", [True, False])
@pytest.mark.parametrize("fails", [True, False])
def test_circles_are_looked_for_again_as_before(looks: bool, fails: bool) -> None:
    if not looks:
        gc.disable()
    try:
        if fails:
            with pytest.raises(OSError, match="full"):
                fail_in_haste()
        else:
            with without_circles():
                assert not gc.isenabled()
        assert gc.isenabled() == looks
    finally:
        gc.enable()


def fail_in_haste() -> None:
    with without_circles():
        raise OSError("full")
