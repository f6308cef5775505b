"""Pushed batches: every element judged on its own, the batch bounded."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.sources.ats_push import MAX_BATCH, MAX_BYTES, Batch, BatchRefused, Status, parse

GOOD = {"id": "1", "title": "Nurse", "location": "Boston"}


def push(*elements: Any) -> Batch:
    batch = parse(orjson.dumps({"jobs": list(elements)}))
    assert isinstance(batch, Batch)
    assert len(batch.pushed) + len(batch.problems) == len(elements)
    return batch


class TestElements:
    def test_a_job_is_taken_as_our_records_are(self) -> None:
        [taken] = push(
            {**GOOD, "employer_job_id": 7, "description": "<p>x</p><script>y</script>", "team": "ICU"}
        ).pushed
        assert (taken.job.id, taken.job.employer_job_id, taken.job.description) == ("1", "7", "<p>x</p>")
        assert (taken.job.extra, taken.status) == ({"team": "ICU"}, Status.OPEN)

    def test_a_closed_job_needs_its_id_only(self) -> None:
        [taken] = push({"id": "1", "status": "closed"}).pushed
        assert taken.status is Status.CLOSED

    def test_a_bare_list_is_a_batch_too(self) -> None:
        batch = parse(orjson.dumps([GOOD]))
        assert isinstance(batch, Batch)
        assert len(batch.pushed) == 1

    def test_a_job_without_a_title_is_kept(self) -> None:
        assert push({"id": "1"}).pushed[0].job.title == ""

    @pytest.mark.parametrize(
        ("element", "pointer", "code"),
        [
            ("x", "", "NOT_AN_OBJECT"),
            (None, "", "NOT_AN_OBJECT"),
            ({"title": "A"}, "/id", "MISSING_ID"),
            ({"id": "  "}, "/id", "MISSING_ID"),
            ({"id": "x" * 201}, "/id", "ID_TOO_LONG"),
            ({"id": {"a": 1}}, "/id", "WRONG_TYPE"),
            ({"id": True}, "/id", "WRONG_TYPE"),
            ({"id": "1", "title": 5}, "/title", "WRONG_TYPE"),
            ({"id": "1", "title": "x" * 501}, "/title", "TITLE_TOO_LONG"),
            ({"id": "1", "location": ["x"]}, "/location", "WRONG_TYPE"),
            ({"id": "1", "status": "gone"}, "/status", "BAD_STATUS"),
            ({"id": "1", "status": ["open"]}, "/status", "BAD_STATUS"),
            ({"id": "1", "description": "x" * 10_000_001}, "/description", "FIELD_TOO_LARGE"),
            ({"id": "1", "deep": [[[[[[[[[[[[[1]]]]]]]]]]]]]}, "", "TOO_NESTED"),
            ({"id": "1", **{f"f{n}": 1 for n in range(150)}}, "", "TOO_MANY_FIELDS"),
        ],
    )
    def test_one_elements_mistake_is_its_own(self, element: Any, pointer: str, code: str) -> None:
        batch = push({"id": "before"}, element, {"id": "after"})
        assert [taken.job.id for taken in batch.pushed] == ["before", "after"]
        [problem] = batch.problems
        assert (problem.index, problem.pointer, problem.code) == (1, pointer, code)
        assert problem.sentence.endswith(".")

    def test_an_id_twice_in_a_batch_is_refused_the_second_time(self) -> None:
        batch = push(GOOD, {**GOOD, "title": "Cook"})
        assert [taken.job.title for taken in batch.pushed] == ["Nurse"]
        assert batch.problems[0].code == "ID_USED_TWICE"


class TestBatches:
    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"", "BAD_JSON"),
            (b"{", "BAD_JSON"),
            (b"\xff\xfe", "BAD_JSON"),
            (b"[" * 5000, "BAD_JSON"),
            (b"{}", "NO_JOBS"),
            (b'"x"', "NO_JOBS"),
            (b'{"jobs": {}}', "NO_JOBS"),
            (orjson.dumps([GOOD] * (MAX_BATCH + 1)), "BATCH_TOO_LONG"),
            (b" " * (MAX_BYTES + 1), "BATCH_TOO_LARGE"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_a_batch_that_cannot_be_looked_at_is_refused_whole(self, body: bytes, code: str) -> None:
        refused = parse(body)
        assert isinstance(refused, BatchRefused)
        assert refused.code == code

    def test_an_empty_batch_is_fine(self) -> None:
        assert push() == Batch((), ())

    @given(
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers(-(2**63), 2**63 - 1)
            | st.floats(allow_nan=False)
            | st.text(max_size=9),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(["jobs", "id", "title", "status", "posted_at", "url", "x"]), inner, max_size=5
                )
            ),
        )
    )
    def test_any_json_is_judged(self, value: Any) -> None:
        batch = parse(orjson.dumps(value))
        if isinstance(batch, Batch):
            for taken in batch.pushed:
                assert taken.job.id
                taken.job.digest()
