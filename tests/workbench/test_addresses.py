"""Addresses of things with names of any kind: what is opened is what was chosen, also when the page is loaded anew."""

from __future__ import annotations

import pytest

from tests.kit.project import write
from tests.kit.server import until
from tests.workbench.kit import Bench, checks

PARCEL = """
    config = {"type": "event", "name": "Pack/Parcel?", "subscribes": ["parcel.ready"], "flows": ["shop/parcels 100%25"]}

    def handler(input, context):
        pass
"""


@pytest.mark.parametrize("check", checks(__file__))
def test_addresses(bench: Bench, check: str) -> None:
    bench.run(__file__, check)


def test_flows_and_steps_with_a_slash(bench: Bench) -> None:
    write(bench.project, {"steps/pack_parcel_step.py": PARCEL})
    until(lambda: "Pack/Parcel?" in bench.server.get("/__motia/api/graph").body.decode())
    bench.run(__file__, "given_a_flow_with_a_slash")
