"""The model and the program agree, and no promise is broken, whatever happens in whatever order."""

from __future__ import annotations

import pytest

from changeover.database.embedded import Server
from model.machine import play, stage


@pytest.mark.usefixtures("_template")
def test_no_promise_is_broken_and_the_program_does_as_the_model_says(
    server: Server, request: pytest.FixtureRequest
) -> None:
    option = request.config.getoption
    with stage(server) as made:
        failure = play(made, option("walk_seed"), machines=option("walks"), length=option("machine_steps"))
    assert not failure, failure
