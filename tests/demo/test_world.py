"""The demo's world: what it begins with, and what its employers can do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from changeover.demo.employers import AtsKind, Employer, LegacyKind
from changeover.demo.monogram import monogram
from changeover.demo.world import SourceState, UnknownEmployer, World
from changeover.job import Lane

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return World(now=lambda: NOON)


def keys(world: World, slug: str, lane: Lane) -> set[str]:
    return {job.key for job in world.jobs(slug, lane)}


class TestItBegins:
    def test_with_five_employers_and_eighty_jobs_at_least(self, world: World) -> None:
        assert len(world.employers) >= 5
        assert sum(len(world.jobs(e.slug, Lane.LEGACY)) for e in world.employers) >= 80

    def test_the_same_way_for_the_same_seed_and_day(self, world: World) -> None:
        again = World(now=lambda: NOON)
        assert all(world.jobs(e.slug, lane) == again.jobs(e.slug, lane) for e in world.employers for lane in Lane)

    def test_with_ids_that_no_system_uses_twice(self, world: World) -> None:
        for employer in world.employers:
            for lane in Lane:
                numbers = [job.number for job in world.jobs(employer.slug, lane)]
                assert len(numbers) == len(set(numbers))

    def test_with_descriptions_long_enough_for_every_board(self, world: World) -> None:
        jobs = [job for e in world.employers for lane in Lane for job in world.jobs(e.slug, lane)]
        assert min(len(job.about) for job in jobs) >= 100

    def test_with_no_two_openings_that_read_alike_at_one_employer(self, world: World) -> None:
        for employer in world.employers:
            said = [(job.title, job.place.text) for job in world.jobs(employer.slug, Lane.LEGACY)]
            assert len(said) == len(set(said))

    def test_in_every_situation_the_demo_tells(self, world: World) -> None:
        kinds = {(e.legacy, e.ats) for e in world.employers}
        assert {legacy for legacy, _ in kinds} == set(LegacyKind)
        assert {ats for _, ats in kinds} == set(AtsKind)

    def test_with_the_same_ids_on_both_sides_where_all_match(self, world: World) -> None:
        for slug in ("quillfeather", "crumbwell", "owlight", "fernsluice"):
            sides = [{job.employer_job_id for job in world.jobs(slug, lane)} for lane in Lane]
            assert sides[0] == sides[1]
            assert "" not in sides[0]

    def test_with_two_lone_legacy_jobs_and_one_lone_ats_job_where_a_person_is_needed(self, world: World) -> None:
        legacy, ats = keys(world, "tidewrack", Lane.LEGACY), keys(world, "tidewrack", Lane.ATS)
        assert (len(legacy - ats), len(ats - legacy)) == (2, 1)
        assert sum(not job.employer_job_id for job in world.jobs("tidewrack", Lane.ATS)) == 6

    def test_with_a_logo_for_each_employer(self, world: World) -> None:
        logos: dict[str, Employer] = {monogram(employer): employer for employer in world.employers}
        assert len(logos) == len(world.employers)
        assert all(employer.colour in logo for logo, employer in logos.items())


class TestAnEmployerCan:
    def test_put_its_ats_right_so_that_only_a_dead_job_and_a_new_one_are_left(self, world: World) -> None:
        done = world.fix_in_ats("tidewrack")
        assert len(done) == 7
        legacy, ats = keys(world, "tidewrack", Lane.LEGACY), keys(world, "tidewrack", Lane.ATS)
        assert (legacy - ats, ats - legacy) == ({"ticket-office"}, {"sustainability-analyst"})
        assert all(job.employer_job_id for job in world.jobs("tidewrack", Lane.ATS))
        assert world.fix_in_ats("tidewrack") == []

    def test_open_a_job_in_both_systems_under_different_ids(self, world: World) -> None:
        key = world.open_job("quillfeather", "Glassblower", ("Jena", "Thuringia", "DE"), employer_job_id="QI-9")
        sides = [world.job("quillfeather", lane, key) for lane in Lane]
        assert [job.employer_job_id for job in sides] == ["QI-9", "QI-9"]
        assert sides[0].number != sides[1].number

    def test_open_the_same_title_twice(self, world: World) -> None:
        first, second = (world.open_job("owlight", "Rigger", ("Leeds", "", "GB")) for _ in range(2))
        assert first != second

    def test_close_a_job_in_the_ats_that_the_old_source_still_shows(self, world: World) -> None:
        world.close("owlight", "rigger", [Lane.ATS])
        assert "rigger" in keys(world, "owlight", Lane.LEGACY)
        assert "rigger" not in keys(world, "owlight", Lane.ATS)
        world.reopen("owlight", "rigger")
        assert "rigger" in keys(world, "owlight", Lane.ATS)

    def test_rename_and_relocate_a_job_and_take_its_id_away(self, world: World) -> None:
        world.rename("owlight", "rigger", "Head Rigger")
        world.relocate("owlight", "rigger", "On the road")
        world.set_employer_job_id("owlight", "rigger", "")
        job = world.job("owlight", Lane.ATS, "rigger")
        assert (job.title, job.place.text, job.employer_job_id) == ("Head Rigger", "On the road", "")
        assert world.job("owlight", Lane.LEGACY, "rigger").title == "Touring Rigger"

    def test_break_its_feed_and_mend_it(self, world: World) -> None:
        whole = len(world.shown("crumbwell"))
        world.shrink("crumbwell")
        assert whole - len(world.shown("crumbwell")) > max(5, whole * 0.2)
        world.truncate("crumbwell")
        assert world.state("crumbwell") is SourceState.CUT_OFF
        world.mend("crumbwell")
        assert len(world.shown("crumbwell")) == whole

    def test_be_heard_by_who_listens(self, world: World) -> None:
        heard: list[tuple[str, Lane]] = []
        world.listen(lambda slug, lane: heard.append((slug, lane)))
        world.rename("owlight", "rigger", "Head Rigger")
        world.shrink("crumbwell")
        assert heard == [("owlight", Lane.ATS), ("crumbwell", Lane.LEGACY)]


class TestItRefuses:
    def test_an_employer_it_does_not_have(self, world: World) -> None:
        with pytest.raises(UnknownEmployer, match="quillfeather"):
            world.employer("nobody")

    def test_to_close_a_job_that_no_system_has(self, world: World) -> None:
        with pytest.raises(KeyError):
            world.close("owlight", "no-such-job")

    def test_to_cut_off_a_career_site(self, world: World) -> None:
        with pytest.raises(ValueError, match="only an XML feed"):
            world.truncate("quillfeather")
