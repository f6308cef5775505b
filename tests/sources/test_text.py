"""Text, dates, places, links and ids: what every reader relies on."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.job import Job
from changeover.sources.dates import Order, posted
from changeover.sources.identity import MAX_ID, settle
from changeover.sources.links import canonical, web
from changeover.sources.places import place, widened
from changeover.sources.text import description, line, tidy
from changeover.sources.workplace import workplace


class TestText:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("  Night\u00a0\n Nurse ", "Night Nurse"),
            ("Fish &amp;amp; Chips", "Fish & Chips"),
            ("<b>Nurse</b><script>x</script>", "Nurse"),
            ("Cafe\u0301\x00", "Caf\u00e9"),
            ("C++ < 3 years > x", "C++ < 3 years > x"),
        ],
    )
    def test_one_line(self, value: str, expected: str) -> None:
        assert line(value) == expected

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("<p style='x' onclick='y'>Hi</p>", "<p>Hi</p>"),
            ("&lt;p&gt;Hi&lt;/p&gt;", "<p>Hi</p>"),
            ("&amp;lt;p&amp;gt;Hi &amp;amp;amp; you&amp;lt;/p&amp;gt;", "<p>Hi &amp; you</p>"),
            ("One\nTwo\n\nThree", "<p>One<br>Two</p><p>Three</p>"),
            ("a < b & c", "<p>a &lt; b &amp; c</p>"),
            ("<p>x</p><iframe src='//e'></iframe><img src=x onerror=y><svg/onload=z>", "<p>x</p>"),
            ('<a href="javascript:x()">y</a>', '<a rel="nofollow noopener noreferrer">y</a>'),
            ("", ""),
        ],
    )
    def test_descriptions(self, value: str, expected: str) -> None:
        assert description(value) == expected

    @given(st.text())
    def test_what_comes_out_goes_in_again_unchanged(self, value: str) -> None:
        for made in (line(value), description(value)):
            assert unicodedata.is_normalized("NFC", made)
            assert not any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in made)
        assert description(description(value)) == description(value)
        assert line(line(value)) == line(value)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        )
    )
    def test_what_is_kept_beside_can_be_written_as_json(self, value: object) -> None:
        Job("1", "A", extra={"x": tidy(value)}).digest()


class TestDates:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("2026-03-20", "2026-03-20T00:00:00+00:00"),
            ("2026-03-20T10:11:12.123456789Z", "2026-03-20T10:11:12.123456+00:00"),
            ("2026-03-20T10:11:12+0200", "2026-03-20T10:11:12+02:00"),
            ("2026-08-05 09:41:37 UTC", "2026-08-05T09:41:37+00:00"),
            ("2026-03-20 10:11:12 +01:00", "2026-03-20T10:11:12+01:00"),
            ("Fri, 20 Mar 2026 19:18:39 +0100", "2026-03-20T19:18:39+01:00"),
            ("Fri, 20 Mar 2026 19:18:39 GMT", "2026-03-20T19:18:39+00:00"),
            ("20.03.2026", "2026-03-20T00:00:00+00:00"),
            ("3/20/2026", "2026-03-20T00:00:00+00:00"),
            ("20/3/2026", "2026-03-20T00:00:00+00:00"),
            ("March 20, 2026", "2026-03-20T00:00:00+00:00"),
            ("20 Mar 2026", "2026-03-20T00:00:00+00:00"),
            ("1774000000", "2026-03-20T09:46:40+00:00"),
            (1774000000000, "2026-03-20T09:46:40+00:00"),
            ("1. März 2026", "2026-03-01T00:00:00+00:00"),
            ("Freitag, 20. März 2026", "2026-03-20T00:00:00+00:00"),
            ("1er août 2026", "2026-08-01T00:00:00+00:00"),
            ("20 de marzo de 2026", "2026-03-20T00:00:00+00:00"),
            ("20 marca 2026", "2026-03-20T00:00:00+00:00"),
            ("20 maj 2026", "2026-05-20T00:00:00+00:00"),
            ("2026/03/20 10:00", "2026-03-20T10:00:00+00:00"),
        ],
    )
    def test_forms_with_one_meaning(self, value: object, expected: str) -> None:
        moment = posted(value)
        assert moment is not None
        assert moment.isoformat() == expected

    @pytest.mark.parametrize(
        "value", ["03/04/2026", "Posted 30+ days ago", "yesterday", "2026", "", None, True, 0, -5, 1e300]
    )
    def test_what_has_no_one_meaning_is_no_date(self, value: object) -> None:
        assert posted(value) is None

    def test_a_known_order_decides(self) -> None:
        assert posted("03/04/2026", Order.DAY_FIRST) == datetime(2026, 4, 3, tzinfo=UTC)
        assert posted("03/04/2026", Order.MONTH_FIRST) == datetime(2026, 3, 4, tzinfo=UTC)

    @given(st.text() | st.floats() | st.integers(), st.sampled_from(Order))
    def test_nothing_raises_and_every_date_has_a_zone(self, value: object, order: Order) -> None:
        moment = posted(value, order)
        assert moment is None or moment.tzinfo is not None


class TestPlacesAndLinks:
    def test_a_place_says_each_part_once(self) -> None:
        assert place(" Boston ", "", "boston", "MA", None, "US") == "Boston, MA, US"
        assert widened("Paris", "Paris", "", "France") == "Paris, France"
        assert widened("Remote (EU)", "Paris", "", "France") == "Remote (EU)"

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("www.acme.example/jobs", "https://www.acme.example/jobs"),
            ("//acme.example/1", "https://acme.example/1"),
            ("javascript:alert(1)", ""),
            ("mailto:x@acme.example", ""),
            ("see website", ""),
            ("http://[", ""),
        ],
    )
    def test_only_web_addresses_are_links(self, value: str, expected: str) -> None:
        assert web(value) == expected

    def test_one_page_has_one_canonical_address(self) -> None:
        assert canonical("HTTPS://Acme.example:443/a/?utm_source=x&id=1&gclid=2#top") == "https://acme.example/a?id=1"
        assert canonical("https://acme.example/#/job/1") != canonical("https://acme.example/#/job/2")

    @given(st.text())
    def test_no_link_raises(self, value: str) -> None:
        canonical(web(value))
        canonical(value)

    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            (["Hybrid remote"], "hybrid"),
            (["TELECOMMUTE"], "remote"),
            (["Fully remote"], "remote"),
            (["On-site"], "onsite"),
            (["office"], "onsite"),
            ([None, True], "remote"),
            ([False], ""),
            (["No"], ""),
            (["1099"], ""),
        ],
    )
    def test_workplaces(self, said: list[object], expected: str) -> None:
        assert workplace(*said) == expected


class TestIdentity:
    jobs = st.builds(
        Job,
        id=st.sampled_from(["", "1", "2", "1~2", "x" * 400]),
        title=st.sampled_from(["Nurse", "Nurse - Boston", "Driver"]),
        location=st.sampled_from(["Boston", "Denver", ""]),
        url=st.sampled_from(["", "https://a.example/1", "https://a.example/2"]),
    )

    @given(st.lists(jobs, max_size=12))
    def test_every_job_gets_an_id_of_its_own_and_none_is_lost_unsaid(self, told: list[Job]) -> None:
        settled = settle(told)
        ids = [job.id for job in settled.jobs]
        assert len(ids) == len(set(ids))
        assert all(0 < len(one) <= MAX_ID + 30 for one in ids)
        assert len(settled.jobs) + settled.unreadable == len(told)
        assert bool(settled.problems) >= bool(settled.unreadable)

    @given(st.lists(jobs.filter(lambda job: job.title == "Nurse"), max_size=12), st.randoms(use_true_random=False))
    def test_ids_do_not_depend_on_the_order_of_the_source(self, told: list[Job], random: object) -> None:
        mixed = list(told)
        random.shuffle(mixed)  # type: ignore[attr-defined]

        def view(jobs: list[Job]) -> list[tuple[str, str, str]]:
            return sorted((job.id, job.location, job.url) for job in settle(jobs).jobs)

        assert view(told) == view(mixed)

    def test_a_title_that_names_its_city_is_the_same_requisition(self) -> None:
        told = [Job("1", "Nurse - Boston", "Boston"), Job("1", "Nurse - Denver", "Denver")]
        assert [job.requisition for job in settle(told).jobs] == ["1", "1"]
