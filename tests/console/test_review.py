"""The review tells what did not match, why and what to do, takes a person's word, and stays quick at any size."""

from __future__ import annotations

import csv
import io
import re
import time

import pytest
from selectolax.lexbor import LexborHTMLParser

from changeover import flow as runs
from changeover.job import Lane
from changeover.match.match_csv import COLUMNS
from changeover.sources.spreadsheet import unguarded
from face import ATS, LEGACY, Face, job, migrate, text
from program import World


@pytest.fixture
async def migrating(world: World) -> World:
    await migrate(world)
    return world


async def review(face: Face, query: str = "") -> LexborHTMLParser:
    return await face.page(f"{face.at}/review{query}")


def pressed(page: LexborHTMLParser, words: str) -> dict[str, str]:
    """The fields of the first form whose button says this."""
    for form in page.css("form"):
        button = form.css_first("button")
        if button is not None and button.text(strip=True) == words:
            return {
                str(field.attributes["name"]): str(field.attributes.get("value") or "")
                for field in form.css("input[name]")
                if field.attributes["name"] != "csrf"
            }
    raise AssertionError(f"no form says {words}")


class TestThePage:
    async def test_groups_what_did_not_match_by_cause_with_the_wires_code(self, migrating: World, face: Face) -> None:
        page = await review(face)
        assert "Apply isn't available for all jobs" in text(page, "#head")
        board, ats = text(page, "#no-twin"), text(page, "#only-ats")
        assert "MIGRATION_MISSING_JOB_POSTING" in board
        assert "Lighthouse Keeper" in board
        assert "MIGRATION_MISSING_SCRAPED_JOB" in ats
        assert "will be enabled once resolved" in ats
        assert "Accountant" in ats
        assert [text_of(item) for item in page.css(".legend li")] == [
            "3 matched",
            "1 to confirm or reject",
            "1 only on the board",
            "1 only in the ATS",
        ]

    async def test_shows_a_suggested_pair_side_by_side_with_the_words_that_differ(
        self, migrating: World, face: Face
    ) -> None:
        page = await review(face)
        pairing = page.css_first(".pairing")
        assert pairing is not None
        assert [node.text() for node in pairing.css("del")] == ["Operator"]
        assert [node.text() for node in pairing.css("ins")] == ["Technician"]

    async def test_celebrates_when_every_job_has_its_twin(self, world: World, face: Face) -> None:
        await world.employ()
        world.tell(Lane.LEGACY, *LEGACY[:3])
        world.tell(Lane.ATS, *ATS[:3])
        await world.activate()
        await face.press(f"{face.at}/hold")
        await world.read()
        page = await review(face)
        assert "Every job has its twin" in text(page, "#settled")
        assert "The cut-over is held" in text(page, "#head")
        assert page.css_first(f'form[action="{face.at}/unhold"] input[name="page"][value="/review"]') is not None
        let_go = await face.press(f"{face.at}/unhold", {"page": "/review"})
        assert let_go.headers["location"] == f"{face.at}/review"

    async def test_has_nothing_to_say_before_the_activation(self, world: World, face: Face) -> None:
        await world.employ()
        page = await review(face)
        assert "not activated" in text(page, "#head")
        assert "Resolve" not in text(page, "#head")

    async def test_fills_in_the_case_for_support_for_two_weeks(self, migrating: World, face: Face) -> None:
        page = await review(face)
        assert "Until 16 March 2026" in text(page, "#support")
        case = text(page, "#support pre")
        assert "Ferrous & Sons" in case
        assert "MIGRATION_MISSING_JOB_POSTING" in case
        migrating.later(days=15)
        assert (await review(face)).css_first("#support") is None

    async def test_names_the_twin_that_closed(self, migrating: World, face: Face) -> None:
        migrating.tell(Lane.ATS, *ATS[1:])
        await migrating.read()
        closed = text(await review(face), "#twin-closed")
        assert "Night Baker" in closed
        assert "A1" in closed

    async def test_names_the_twin_that_cannot_be_posted(self, migrating: World, face: Face) -> None:
        migrating.tell(Lane.ATS, job("A1", "", number="R-1"), *ATS[1:])
        await migrating.read()
        page = await review(face)
        assert "MISSING_TITLE" in text(page, "#twin-invalid")

    async def test_says_that_a_waiting_resolve_is_overdue(self, migrating: World, face: Face) -> None:
        migrating.break_source(Lane.ATS)
        seen = pressed(await face.page(f"{face.at}/resolve"), "Resolve jobs and close 2 postings")
        told = await face.told(f"{face.at}/resolve", seen)
        assert "cannot be read whole right now" in told
        assert "Resolve waits" in text(await review(face), "#head")
        migrating.later(hours=25)
        page = await review(face)
        assert "Overdue" in text(page, "#head")
        assert "overdue" in text(await face.page("/"), ".attention").lower() or "Resolve has waited" in text(
            await face.page("/"), ".attention"
        )
        assert page.css_first("#support") is not None


class TestAWord:
    async def test_of_confirmation_makes_the_pair(self, migrating: World, face: Face) -> None:
        fields = pressed(await review(face), "Confirm")
        assert "one opening now" in await face.told(f"{face.at}/pairs", fields)
        assert "Confirmed" in text(await review(face), ".pairing")
        await runs.run(migrating.flow, migrating.company)
        page = await review(face)
        assert page.css_first(".pairing") is None
        assert "Crane Operator is Crane Technician" in text(page, "#decided")

    async def test_of_rejection_leaves_two_lone_jobs(self, migrating: World, face: Face) -> None:
        fields = pressed(await review(face), "Reject")
        assert "kept apart" in await face.told(f"{face.at}/pairs", fields)
        await runs.run(migrating.flow, migrating.company)
        page = await review(face)
        assert "Crane Operator" in text(page, "#no-twin")
        assert "Crane Technician" in text(page, "#only-ats")

    async def test_is_taken_back(self, migrating: World, face: Face) -> None:
        await face.press(f"{face.at}/pairs", pressed(await review(face), "Reject"))
        await runs.run(migrating.flow, migrating.company)
        assert "Taken back" in await face.told(f"{face.at}/pairs", pressed(await review(face), "Take back"))
        await runs.run(migrating.flow, migrating.company)
        assert (await review(face)).css_first(".pairing") is not None

    async def test_on_a_job_that_closed_meanwhile_is_refused(self, migrating: World, face: Face) -> None:
        fields = pressed(await review(face), "Confirm")
        migrating.tell(Lane.ATS, *(each for each in ATS if each.id != "A4"))
        await migrating.read(Lane.ATS)
        assert "has closed meanwhile" in await face.told(f"{face.at}/pairs", fields)

    async def test_on_no_job_is_refused(self, migrating: World, face: Face) -> None:
        for legacy, ats in (("7", "8"), (pressed(await review(face), "Confirm")["legacy"],) * 2):
            told = await face.told(f"{face.at}/pairs", {"legacy": legacy, "ats": ats, "verdict": "confirmed"})
            assert "one of the two jobs is not there" in told
        nonsense = await face.press(f"{face.at}/pairs", {"legacy": "x", "ats": "1", "verdict": "perhaps"})
        assert nonsense.status_code == 422


class TestManyWords:
    @pytest.fixture
    async def doubtful(self, world: World) -> World:
        """Three jobs that may be three others: a person is asked about each. A fourth keeps the company where it is."""
        await world.employ()
        names = ("Crane", "Boiler", "Turbine")
        alone = job("L9", "Lighthouse Keeper", place="Skye, Scotland")
        world.tell(
            Lane.LEGACY,
            *(job(f"L{n}", f"{each} Operator", place="Leith, Scotland") for n, each in enumerate(names)),
            alone,
        )
        world.tell(
            Lane.ATS, *(job(f"A{n}", f"{each} Technician", place="Leith, Scotland") for n, each in enumerate(names))
        )
        await world.read(Lane.LEGACY)
        await world.activate()
        await world.read()
        await world.read()
        return world

    async def same(self, face: Face) -> list[str]:
        """The pairs on the page whose jobs have one number."""
        page = await review(face)
        ticks = [str(box.attributes["value"]) for box in page.css("input[name=pair]")]
        titles = [str(box.attributes["aria-label"]) for box in page.css("input[name=pair]")]
        return [
            tick
            for tick, title in zip(ticks, titles, strict=True)
            if len(set(re.findall("Crane|Boiler|Turbine", title))) == 1
        ]

    async def tick(self, face: Face, pairs: list[str], verdict: str) -> LexborHTMLParser:
        data = {"csrf": await face.csrf(), "verdict": verdict, "pair": pairs}
        answer = await face.person.post(f"{face.at}/pairs/ticked", data=data)
        assert answer.status_code == 303, answer.text
        return await face.page(answer.headers["location"])

    async def test_are_one_press_and_one_press_takes_them_back(self, doubtful: World, face: Face) -> None:
        pairs = await self.same(face)
        assert len(pairs) == 3
        page = await self.tick(face, pairs, "confirmed")
        assert "3 pairs confirmed, 0 rejected" in text(page, "#note")
        await runs.run(doubtful.flow, doubtful.company)
        assert (await review(face)).css_first(".pairing") is None
        assert "3 words taken back" in await face.told(f"{face.at}/words/back", pressed(page, "Undo"))
        await runs.run(doubtful.flow, doubtful.company)
        assert await self.same(face) == pairs
        assert "do not stand any more" in await face.told(f"{face.at}/words/back", pressed(page, "Undo"))

    async def test_that_were_said_at_once_stand_together_and_are_taken_back_together(
        self, doubtful: World, face: Face
    ) -> None:
        await self.tick(face, await self.same(face), "rejected")
        page = await review(face)
        assert "3 words taken back" in await face.told(
            f"{face.at}/words/back", pressed(page, "Take back all that were said at once")
        )

    async def test_without_a_tick_are_none(self, doubtful: World, face: Face) -> None:
        assert "no pair is ticked" in text(await self.tick(face, [], "confirmed"), "#note")
        assert "Nothing was done. Not taken: 1" in text(await self.tick(face, ["x-1"], "confirmed"), "#note")

    async def send(self, face: Face, content: str | bytes) -> str:
        answer = await face.person.post(
            f"{face.at}/review/words", data={"csrf": await face.csrf()}, files={"file": ("review.csv", content)}
        )
        assert answer.status_code == 303, answer.text
        return text(await face.page(answer.headers["location"]), "#note")

    async def test_come_back_in_the_file(self, doubtful: World, face: Face) -> None:
        rows = list(csv.DictReader(io.StringIO((await face.person.get(f"{face.at}/review.csv")).text)))
        assert "no row of the file says" in await self.send(face, written(rows))
        for row in (row for row in rows if row["legacy_id"] and row["ats_id"]):
            row["decision"] = "confirmed" if row["legacy_id"][1:] == row["ats_id"][1:] else "rejected"
        asked = next(row for row in rows if row["decision"] == "confirmed")
        rows.append({**asked, "legacy_id": "L77"})
        told = await self.send(face, written(rows))
        assert "3 pairs confirmed" in told
        assert "Not taken: 1. L77 and A" in told

    async def test_of_a_file_that_is_none_are_refused_with_what_to_do(self, doubtful: World, face: Face) -> None:
        assert "has no column legacy_id" in await self.send(face, "a,b\n1,2\n")
        assert "Save it as" in await self.send(face, b"\xff\xfe\x00")
        assert "Line 2 decides 'perhaps'" in await self.send(face, "legacy_id,ats_id,decision\nL0,A0,perhaps\n")


def written(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


class TestASearch:
    async def test_shows_only_the_jobs_that_are_so_called(self, migrating: World, face: Face) -> None:
        page = await review(face, "?find=lighthouse")
        assert "Lighthouse Keeper" in text(page, "#no-twin")
        assert page.css_first("#only-ats") is None
        assert page.css_first(".pairing") is None
        assert "Crane Operator" in text(await review(face, "?find=technician"), ".pairing")
        assert (await review(face, "?find=%25")).css_first("#no-twin") is None
        assert "A6" in text(await review(face, "?find=a6"), "#only-ats")

    async def test_shows_only_the_doubts_of_one_kind(self, migrating: World, face: Face) -> None:
        assert (await review(face, "?doubt=doubt")).css_first(".pairing") is not None
        assert (await review(face, "?doubt=employer_job_id_differs")).css_first(".pairing") is None


class TestThePreview:
    async def test_shows_the_board_before_and_after(self, migrating: World, face: Face) -> None:
        page = await face.page(f"{face.at}/resolve")
        assert text(page, ".before-after .old") == "Now: the old source feeds the board 5 postings are live"
        assert text(page, ".before-after .new") == "Then: the ATS feeds the board 5 postings are live"

    async def test_shows_which_postings_would_say_it_otherwise(self, migrating: World, face: Face) -> None:
        await face.press(f"{face.at}/pairs", pressed(await review(face), "Confirm"))
        page = await face.page(f"{face.at}/resolve")
        assert [node.text() for node in page.css("del")] == ["Operator"]
        assert [node.text() for node in page.css("ins")] == ["Technician"]


class TestTheFile:
    async def test_has_the_columns_of_a_match_and_a_row_for_each_pair_and_lone_job(
        self, migrating: World, face: Face
    ) -> None:
        answer = await face.person.get(f"{face.at}/review.csv")
        assert answer.headers["content-type"].startswith("text/csv")
        assert answer.headers["content-disposition"] == 'attachment; filename="review-ferrous---sons.csv"'
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert tuple(rows[0]) == COLUMNS
        assert sorted(row["decision"] for row in rows) == ["ats_only", "legacy_only", *["paired"] * 3, "review"]

    async def test_is_safe_to_open_in_a_spreadsheet_and_reads_back(self, migrating: World, face: Face) -> None:
        title = '=HYPERLINK("https://evil.example")'
        migrating.tell(Lane.LEGACY, *LEGACY, job("L9", title, place="+Skye"))
        await migrating.read()
        rows = list(csv.DictReader(io.StringIO((await face.person.get(f"{face.at}/review.csv")).text)))
        row = next(row for row in rows if row["legacy_id"] == "L9")
        assert row["legacy_title"].startswith("'=")
        assert unguarded(row["legacy_title"]) == title


class TestManyJobs:
    @pytest.fixture
    async def large(self, world: World) -> World:
        await world.employ()
        world.tell(Lane.LEGACY, *(job(f"L{n}", f"Lighthouse Keeper {n:05}", number=f"R{n}") for n in range(3_000)))
        world.tell(Lane.ATS, *(job(f"A{n}", f"Accountant {n}", number=f"Q{n}") for n in range(50_000, 53_000)))
        await world.read(Lane.LEGACY)
        await world.activate()
        await world.read()
        await world.read()
        return world

    async def test_are_counted_whole_and_shown_a_page_at_a_time(self, large: World, face: Face) -> None:
        begun = time.perf_counter()
        answer = await face.person.get(f"{face.at}/review")
        assert time.perf_counter() - begun < 2
        assert len(answer.text) < 60_000
        page = LexborHTMLParser(answer.text)
        assert text(page, "#no-twin .count") == "3,000"
        seen: list[str] = []
        path = f"{face.at}/review?show=no-twin"
        while path:
            page = await face.page(path)
            assert page.css_first("#no-twin details[open]") is not None
            seen += [text_of(node) for node in page.css("#no-twin .jobs strong")]
            following = page.css_first("#no-twin a[rel=next]")
            path = str(following.attributes["href"]) if following else ""
        assert len(seen) == len(set(seen)) == 3_000

    async def test_of_a_preview_are_paged_too_and_the_digest_is_of_all(self, large: World, face: Face) -> None:
        page = await face.page(f"{face.at}/resolve")
        assert len(page.css(".lines.closing li")) == 100
        assert text(page, ".sum.closing") == "3,000 close"
        digest = pressed(page, "Resolve jobs and close 3,000 postings")
        following = page.css_first("a[rel=next]")
        assert following is not None
        second = await face.page(f"{face.at}/resolve{following.attributes['href']}")
        assert pressed(second, "Resolve jobs and close 3,000 postings") == digest


def text_of(node: object) -> str:
    return " ".join(str(node.text(separator=" ")).split())  # type: ignore[attr-defined]


class TestSentences:
    async def test_name_jobs_by_the_ids_of_their_sources(self, world: World) -> None:
        """Twins, jobs outdone by others and jobs whose twin is taken: no reason and no fix tells an id of our own."""
        await world.employ()
        world.tell(
            Lane.LEGACY,
            *(job(f"L{n}", "Cook, evening shift", number=f"R-{n}") for n in range(3)),
            job("L7", "Senior Nurse, night ward"),
            job("L8", "Nurse, night ward"),
            job("L9", "Baker of bread and cakes"),
        )
        world.tell(
            Lane.ATS,
            *(job(f"A{n}", "Cook, evening shift") for n in range(2)),
            job("A8", "Nurse, night ward"), job("A9", "Baker of bread"), job("A10", "Baker of cakes and bread, days"),
        )  # fmt: skip
        await world.read(Lane.LEGACY)
        await world.activate()
        await world.read()
        async with world.db.company(world.company) as conn:
            rows = await (await conn.execute("select rule, reason, fix from finding")).fetchall()
        assert {"twins"} < {row["rule"] for row in rows}
        assert any(" A" in row["reason"] + row["fix"] for row in rows)
        assert not [row for row in rows if re.search(r"\d{15}", row["reason"] + row["fix"])]
