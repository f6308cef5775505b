"""An employer's desk in the demo: plain forms that change its ATS and break or mend its old source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from changeover.demo.pages import page
from changeover.demo.world import World
from changeover.job import Lane

Form = Mapping[str, str]

BREAKAGES = {
    "truncate": ("Cut it off", "The XML feed now breaks off in the middle of a job."),
    "shrink": ("Shrink it", "The old source now lists a third of the jobs."),
    "take-down": ("Take it down", "The old source now answers 503."),
    "mend": ("Mend it", "The old source is whole again."),
}


def desk(world: World, slug: str, note: str = "", *, trouble: bool = False) -> Response:
    """The desk's page, with what was just done or why it was not."""
    employer = world.employer(slug)
    ats = sorted(world.jobs(slug, Lane.ATS), key=lambda job: (bool(job.employer_job_id), job.title))
    keys = {job.key for job in ats}
    legacy = sorted(world.jobs(slug, Lane.LEGACY), key=lambda job: (job.key in keys, job.title))
    breakages = [(a, label) for a, (label, _) in BREAKAGES.items() if a != "truncate" or employer.has_feed]
    said: dict[str, Any] = {
        "employer": employer,
        "ats": ats,
        "ats_keys": keys,
        "legacy": legacy,
        "closed": [(lane, job) for lane in Lane for job in world.closed(slug, lane)],
        "state": world.state(slug),
        "breakages": breakages,
        "note": note,
        "trouble": trouble,
    }
    return page("desk.html", HTTPStatus.BAD_REQUEST if trouble else HTTPStatus.OK, **said)


async def act(world: World, request: Request, notes: dict[str, str]) -> Response:
    """One form of the desk: done and shown by a redirect, or refused with a sentence and nothing changed."""
    slug, action = request.path_params["slug"], request.path_params["action"]
    world.employer(slug)
    form = {name: value.strip() for name, value in (await request.form()).items() if isinstance(value, str)}
    do = ACTIONS.get(action)
    if do is None:
        return desk(world, slug, f"The desk has no form called {action}. Use the buttons below.", trouble=True)
    try:
        notes[slug] = do(world, slug, form)
    except (KeyError, ValueError):
        sentence = "Nothing was changed: the form lacks a title, or names a job that is not there any more."
        return desk(world, slug, sentence, trouble=True)
    return RedirectResponse(f"/desk/{slug}", HTTPStatus.SEE_OTHER)


def _fix(world: World, slug: str, _form: Form) -> str:
    return " ".join(world.fix_in_ats(slug)) or "The ATS was right already."


def _edit(world: World, slug: str, form: Form) -> str:
    job = world.job(slug, Lane.ATS, form["key"])
    title, place = _filled(form, "title"), form.get("place", "")
    if title != job.title:
        world.rename(slug, job.key, title)
    if place != job.place.text:
        world.relocate(slug, job.key, place)
    if form.get("employer_job_id", "") != job.employer_job_id:
        world.set_employer_job_id(slug, job.key, form.get("employer_job_id", ""))
    return f"Saved “{title}”."


def _open(world: World, slug: str, form: Form) -> str:
    lanes = tuple(Lane) if form.get("lane", "both") == "both" else (Lane(form["lane"]),)
    title, city = _filled(form, "title"), _filled(form, "city")
    known = [*world.jobs(slug, Lane.LEGACY), *world.jobs(slug, Lane.ATS)]
    like = next((job.place for job in known if job.place.city.casefold() == city.casefold()), None)
    home = known[0].place.country if known else "GB"
    place = (like.city, like.region, like.country) if like else (city, "", home)
    world.open_job(slug, title, place, employer_job_id=form.get("employer_job_id", ""), lanes=lanes)
    return f"Opened “{title}”."


def _add(world: World, slug: str, form: Form) -> str:
    return f"Added “{world.add_to_ats(slug, form['key']).title}” to the ATS."


def _close(world: World, slug: str, form: Form) -> str:
    lane = Lane(form["lane"])
    world.close(slug, form["key"], [lane])
    return f"Closed “{world.job(slug, lane, form['key']).title}”."


def _reopen(world: World, slug: str, form: Form) -> str:
    lane = Lane(form["lane"])
    world.reopen(slug, form["key"], [lane])
    return f"“{world.job(slug, lane, form['key']).title}” is open again."


def _break(action: str) -> Callable[[World, str, Form], str]:
    def do(world: World, slug: str, _form: Form) -> str:
        {"truncate": world.truncate, "shrink": world.shrink, "take-down": world.take_down, "mend": world.mend}[action](
            slug
        )
        return BREAKAGES[action][1]

    return do


def _filled(form: Form, name: str) -> str:
    """The field's text; ValueError where it is missing or too long for a board."""
    text = form.get(name, "")
    if not text or len(text) > 200:
        raise ValueError(name)
    return text


ACTIONS: Mapping[str, Callable[[World, str, Form], str]] = {
    "fix": _fix,
    "edit": _edit,
    "open": _open,
    "add": _add,
    "close": _close,
    "reopen": _reopen,
    **{action: _break(action) for action in BREAKAGES},
}
