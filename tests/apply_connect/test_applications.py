"""What a candidate sends on the board is in the ATS, whole and signed, and what becomes of it comes back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import orjson
import pytest
from selectolax.lexbor import LexborHTMLParser
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from apply_connect.wire import KEYS, Receivers, Wire
from changeover import flow as runs
from changeover.apply.questions import Form, name_of, read_form
from changeover.apply_connect import hooks
from changeover.apply_connect.exporting import hand_over
from changeover.apply_connect.payloads_questions import asked
from changeover.database.connection import Connection
from changeover.job import Lane
from changeover.webhooks import store as webhooks
from changeover.webhooks.outbox import SCHEDULE, Reply
from changeover.webhooks.signing import signature
from face import job
from hiring import PDF, Hiring

HOOK = "https://ats.example/hook"
QUESTION: dict[str, Any] = {
    "partnerQuestionIdentifier": "visa",
    "questionText": "<p>May you work here?</p>",
    "required": True,
    "questionDetails": {
        "multipleChoiceQuestionDetails": {
            "choices": [{"symbolicName": "y", "displayValue": "Yes"}, {"symbolicName": "n", "displayValue": "No"}],
            "preferredFormComponent": "RADIO_BUTTONS",
        }
    },
}
CONFIGURATION: dict[str, Any] = {
    "jobApplicationWebhookUrl": HOOK,
    "questions": {
        "contactInformationQuestions": {"locationQuestionRequirement": "OPTIONAL"},
        "resumeQuestions": {"resumeQuestionRequirement": "REQUIRED"},
        "workQuestions": {"workExperienceQuestionSet": {"minRequired": 0}},
        "voluntarySelfIdentificationQuestions": {
            f"{name}QuestionRequirement": "OPTIONAL" for name in ("disability", "gender", "race", "veteranStatus")
        },
        "additionalQuestions": {
            "customQuestionSets": [
                {
                    "questions": [
                        QUESTION,
                        {
                            "partnerQuestionIdentifier": "years",
                            "questionText": "Years",
                            "questionDetails": {
                                "numericQuestionDetails": {"integerQuestionDetails": {"maxValue": 60}},
                                "prerequisiteQuestionResponse": {
                                    "prerequisiteQuestion": {"partnerQuestionIdentifier": "visa"},
                                    "prerequisiteResponse": {"multipleChoiceAnswerValue": {"symbolicNames": ["y"]}},
                                },
                            },
                        },
                    ]
                }
            ]
        },
    },
}
SAID = {
    "contact.0.first_name": "Ada",
    "contact.0.last_name": "Exämple",
    "contact.0.email": "ada@example.org",
    "contact.0.phone": "+47 22 86 44 00",
    "work.0.title": "Baker",
    "work.0.dates.from": "2020-01",
    f"additional0.0.{name_of('visa')}": "y",
    f"additional0.0.{name_of('years')}": "7",
    "consent": "yes",
}


@pytest.fixture
async def hiring(wire: Wire) -> Hiring:
    """A job that the wire told, paired with the one that is live, with a form."""
    world = wire.face.world
    served = wire.face.web.state.served
    wire.face.web.state.served = replace(served, hand_over=hand_over(wire.outbox, "https://board.example"))
    world.tell(Lane.LEGACY, job("L1", "Night Baker A-1", place="York, England", number="R-1"))
    await world.read(Lane.LEGACY)
    await wire.push(wire.job(companyJobCode="R-1", onsiteApplyConfiguration=CONFIGURATION))
    await runs.run(world.flow, world.company)
    (posting,) = await world.live()
    return Hiring(world, wire.face, "", f"{world.company}-{posting}")


async def apply(hiring: Hiring) -> str:
    person = hiring.face.stranger
    answer = await hiring.send(person, {**await hiring.open(person), **SAID})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def exported(receivers: Receivers) -> list[tuple[dict[str, Any], bytes, dict[str, str]]]:
    return [
        (orjson.loads(body), body, dict(headers))
        for url, body, headers in receivers.came
        if url == HOOK and body and orjson.loads(body)["type"] == "EXPORT_JOB_APPLICATION"
    ]


async def deliveries(conn: Connection, company: int, state: str) -> list[dict[str, Any]]:
    rows = await webhooks.deliveries(conn, company, state, 9)
    return [row for row in rows if row["event"] == "EXPORT_JOB_APPLICATION"]


async def test_an_application_is_in_the_ats_whole_and_signed(hiring: Hiring, wire: Wire, receivers: Receivers) -> None:
    await apply(hiring)
    await wire.outbox.drain(wire.company)
    ((said, body, headers),) = exported(receivers)
    assert headers["X-LI-Signature"] == signature(wire.child.secret, body.decode())
    assert body.isascii()
    (row,) = await hiring.applications()
    assert said["jobApplicationId"] == f"urn:li:jobApplication:{row['application_id']}"
    assert said["externalJobId"] == "A-1"
    responses = said["questionResponses"]
    assert responses["contactInformationQuestionResponses"]["lastNameAnswer"] == {"value": "Exämple"}
    phone = responses["contactInformationQuestionResponses"]["cellphoneNumberQuestionAnswer"]
    assert phone["nationalNumber"] == "+4722864400"
    (work,) = responses["workQuestionResponses"]["workExperienceQuestionSetResponses"]
    assert work["employmentDatesQuestionAnswer"] == {"start": {"year": 2020, "month": 1}}
    (answers,) = responses["additionalQuestionResponses"]["customQuestionSetResponses"]
    assert answers["customQuestionResponses"] == [
        {"questionIdentifier": "visa", "answer": {"multipleChoiceAnswerValue": {"symbolicNames": ["y"]}}},
        {"questionIdentifier": "years", "answer": {"numericAnswerValue": {"integerValue": 7}}},
    ]
    url = responses["resumeQuestionResponses"]["resumeQuestionAnswer"]["mediaUrl"]
    path = url.removeprefix("https://board.example")
    assert (await wire.call("GET", path)).content == PDF
    assert (await wire.face.stranger.get(path)).status_code == 401
    hiring.world.later(days=31)
    wire.tokens.clear()
    assert (await wire.call("GET", path)).status_code == 404


async def test_one_name_follows_an_application_through_the_log_to_the_webhook(
    hiring: Hiring, wire: Wire, receivers: Receivers
) -> None:
    person, stop = hiring.face.stranger, asyncio.Event()
    with capture_logs([merge_contextvars]) as told:
        answer = await hiring.send(person, {**await hiring.open(person), **SAID})
        working = asyncio.create_task(wire.outbox.queue.work(stop=stop))
        async with asyncio.timeout(60):
            while not exported(receivers):  # noqa: ASYNC110  the worker tells nobody
                await asyncio.sleep(0.05)
        stop.set()
        await working
    name = answer.headers["x-request-id"]
    events = [(each["event"], each.get("work")) for each in told if each.get("request") == name]
    assert ("a request was answered", None) in events
    assert ("an event was delivered", "deliver_events") in events
    assert ("work was done", "deliver_events") in [(each["event"], each.get("work")) for each in told]
    for theirs in ("ada@example.org", "Ada", "Exämple", "22864400", "ada.pdf"):
        assert theirs not in repr(told), "nothing of who applied is in the log"


async def test_what_becomes_of_it_is_on_the_candidates_page_once(hiring: Hiring, wire: Wire) -> None:
    at = await apply(hiring)
    await hiring.agree()
    (row,) = await hiring.applications()
    for action in ("APPLICATION_VIEWED", "APPLICATION_VIEWED", "APPLICATION_REJECTED"):
        hiring.world.later(seconds=1)
        signal = {
            "jobApplicationId": f"urn:li:jobApplication:{row['application_id']}",
            "action": action,
            "performedAt": round(hiring.world.clock[0].timestamp() * 1_000),
        }
        answer = await wire.call("POST", "/v2/jobApplicationLifecycleActions", signal, rest="create")
        assert answer.status_code == 201, answer.text
    page = LexborHTMLParser((await hiring.face.stranger.get(at)).text)
    assert [node.text() for node in page.css(".timeline strong")] == ["Received", "Viewed"]
    hiring.world.later(hours=72)
    page = LexborHTMLParser((await hiring.face.stranger.get(at)).text)
    assert [node.text() for node in page.css(".timeline strong")] == ["Received", "Viewed", "Not taken further"]


async def test_an_ats_that_is_down_gets_it_six_times_more_and_then_on_a_persons_word(
    hiring: Hiring, wire: Wire, receivers: Receivers
) -> None:
    receivers.answers[HOOK] = Reply(503)
    await apply(hiring)
    await wire.outbox.drain(wire.company)
    for pause in SCHEDULE:
        hiring.world.later(seconds=pause.total_seconds() + 1)
        await wire.outbox.drain(wire.company)
    assert len(exported(receivers)) == 1 + len(SCHEDULE) == 7
    hiring.world.later(days=3)
    await wire.outbox.drain(wire.company)
    async with wire.outbox.db.company(wire.company) as conn:
        (dead,) = await deliveries(conn, wire.company, "dead")
        receivers.answers[HOOK] = Reply(200)
        assert await webhooks.replay(conn, wire.company, dead["delivery_id"], wire.outbox.db.now()) == 1
    await wire.outbox.drain(wire.company)
    assert len({said["jobApplicationId"] for said, _, _ in exported(receivers)}) == 1
    async with wire.outbox.db.company(wire.company) as conn:
        assert [row["state"] for row in await deliveries(conn, wire.company, "")] == ["delivered"]


async def test_where_it_is_asked_for_a_job_whose_first_delivery_fails_is_applied_for_at_the_ats(
    hiring: Hiring, wire: Wire, receivers: Receivers
) -> None:
    wire.outbox.channels[hooks.CHANNEL] = hooks.channel(wire.outbox.db, lambda: KEYS, offsite=True)
    receivers.answers[HOOK] = Reply(503)
    await apply(hiring)
    await wire.outbox.drain(wire.company)
    assert (await hiring.face.stranger.get(hiring.path)).status_code == 303
    status = await wire.status("A-1")
    assert (status["linkedInApplyStatus"], status["linkedInApplyStatusDetail"]["errorType"]) == (
        "NOT_ENABLED",
        "PARTNER_ERROR",
    )
    # The application is on its way all the same.
    receivers.answers[HOOK] = Reply(200)
    hiring.world.later(minutes=5)
    await wire.outbox.drain(wire.company)
    async with wire.outbox.db.company(wire.company) as conn:
        assert [row["state"] for row in await deliveries(conn, wire.company, "")] == ["delivered"]
    # The ATS turns it back by telling the job again; a later failure turns nothing.
    again = wire.job(companyJobCode="R-1", jobPostingOperationType="UPDATE", onsiteApplyConfiguration=CONFIGURATION)
    await wire.push(again)
    assert (await hiring.face.stranger.get(hiring.path)).status_code == 200
    receivers.answers[HOOK] = Reply(503)
    hiring.face.stranger.cookies.clear()
    await apply(hiring)
    await wire.outbox.drain(wire.company)
    assert (await hiring.face.stranger.get(hiring.path)).status_code == 200


async def test_unless_it_is_asked_for_a_failed_delivery_turns_no_job(
    hiring: Hiring, wire: Wire, receivers: Receivers
) -> None:
    receivers.answers[HOOK] = Reply(503)
    await apply(hiring)
    await wire.outbox.drain(wire.company)
    assert (await hiring.face.stranger.get(hiring.path)).status_code == 200


async def test_a_job_told_again_without_a_form_is_applied_for_at_the_employer(hiring: Hiring, wire: Wire) -> None:
    await wire.push(wire.job(companyJobCode="R-1", jobPostingOperationType="UPDATE"))
    assert (await hiring.face.stranger.get(hiring.path)).status_code == 303


def test_every_question_of_the_wire_has_its_place_in_our_words() -> None:
    details: list[dict[str, Any]] = [
        {"textQuestionDetails": {"maxLength": 900, "preferredFormComponent": "MULTILINE_TEXT"}},
        {"textQuestionDetails": {}},
        {"numericQuestionDetails": {"decimalQuestionDetails": {"minValue": 1, "maxValue": 2.5}}},
        {"dateRangeQuestionDetails": {"startLabel": "Since", "hideEndDateLabel": "now"}},
        {"documentQuestionDetails": {"maximumSize": 1000, "acceptableFileExtensions": ["pdf"]}},
        QUESTION["questionDetails"],
    ]
    customs = [
        {"partnerQuestionIdentifier": f"q{n}", "questionText": "?", "questionDetails": each}
        for n, each in enumerate(details)
    ]
    said = {
        "contactInformationQuestions": {"customQuestions": customs[:1]},
        "resumeQuestions": {"customQuestions": customs[1:2]},
        "coverLetterQuestions": {"textCoverLetterQuestionRequirement": "REQUIRED", "customQuestions": customs[2:3]},
        "workQuestions": {"workExperienceQuestionSet": {"customQuestions": customs[3:4]}, "customQuestions": []},
        "educationQuestions": {"educationExperienceQuestionSet": {}, "customQuestions": customs[4:5]},
        "voluntarySelfIdentificationQuestions": {"customQuestions": customs[5:]},
    }
    form = read_form(asked(said).form)
    assert isinstance(form, Form), form
    kinds = {q.key: q.kind for q in form.questions() if q.custom}
    assert kinds == {"q0": "text", "q1": "line", "q2": "number", "q3": "dates", "q4": "file", "q5": "choice"}


UNCLEAR = {"partnerQuestionIdentifier": "u", "questionDetails": {}}
NEEDS = {"prerequisiteQuestion": {"partnerQuestionIdentifier": "visa"}, "prerequisiteResponse": {}}


@pytest.mark.parametrize(
    ("questions", "flaw"),
    [
        ([QUESTION], ""),
        ([QUESTION, QUESTION], "QUESTION_TWICE"),
        ([UNCLEAR], "BAD_APPLY_QUESTIONS"),
        ([{**UNCLEAR, "questionDetails": {"textQuestionDetails": {}, "dateRangeQuestionDetails": {}}}],
         "BAD_APPLY_QUESTIONS"),
        ([QUESTION, {**UNCLEAR, "questionDetails": {"textQuestionDetails": {}, "prerequisiteQuestionResponse": NEEDS}}],
         "BAD_PREREQUISITE"),
    ],
)  # fmt: skip
def test_our_own_rules_judge_a_form_of_the_wire(questions: list[Any], flaw: str) -> None:
    assert asked({"additionalQuestions": {"customQuestionSets": [{"questions": questions}]}}).flaw == flaw


async def test_a_form_that_cannot_be_read_is_the_element_s_error_at_its_place(wire: Wire) -> None:
    questions = {"resumeQuestions": {"resumeQuestionRequirement": "MAYBE"}}
    (answered,) = await wire.push(
        wire.job(onsiteApplyConfiguration={"jobApplicationWebhookUrl": HOOK, "questions": questions})
    )
    where = "/onsiteApplyConfiguration/questions/resumeQuestions/resumeQuestionRequirement"
    assert answered["error"]["message"] == f'ERROR :: {where} :: "MAYBE" is not an enum symbol\n'
