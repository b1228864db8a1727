"""Fixtures of the PDF tests: documents that are built and typeset once."""

from __future__ import annotations

import pytest
from manuscript import SHAPES
from proofs import Proof, print_in


@pytest.fixture(scope="session")
def proof(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Proof:
    """The document of all shapes, typeset by an engine."""
    engine: str = request.param
    sections = tuple(section for section in SHAPES if engine in section.engines)
    return print_in(tmp_path_factory.mktemp(engine), sections, engine)
