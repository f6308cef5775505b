"""The state machine: three companies of the real program, moved at random beside the model, with faults and races."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import copy
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

import promises
from changeover.database.embedded import Server
from changeover.postings.history import verify
from model.adopting import adopt, words
from model.driver import Driver, Op, Row, do, expected, moved
from model.faults import KINDS, Fault, alone, armed, listen
from model.plays import NUMBERS, Plan, Play, first_job, plans
from model.rules import LANES, MATCHED, Company, Pair
from program import World, new_world

# The first has paid slots, the ATS of the second pushes.
KINDS_OF_COMPANY = ({"push": False, "slots_of": 3}, {"push": True, "slots_of": 0}, {"push": False, "slots_of": 0})
# The kinds of change that move the feed.
MOVES = ("cut_over", "resolved", "reverted")
# Every how many steps all companies are looked at, and their history is read back.
EVERY = 25


@dataclass
class Stage:
    """Where machines play: one database for many, each with companies of its own, and what has been counted."""

    runner: asyncio.Runner
    world: World
    watch: psycopg.Connection[dict[str, Any]]
    counts: Counter[str] = field(default_factory=Counter)
    trail: list[str] = field(default_factory=list)
    failure: str = ""
    dull: bool = True

    def moves(self) -> Counter[str]:
        """How often the companies that played here moved, by kind of move: a walk without any shows little."""
        query = "select kind, count(*) as times from revision where kind = any(%s) group by kind"
        rows = self.watch.execute(query, (list(MOVES),)).fetchall()
        return Counter({row["kind"]: row["times"] for row in rows})


@contextlib.contextmanager
def stage(server: Server) -> Iterator[Stage]:
    """A stage on a copy of the template database."""
    listen()
    with asyncio.Runner() as runner:
        made = new_world(server)
        world = runner.run(made.__aenter__())
        try:
            with promises.watcher(world.db.address.owner) as watch:
                watch.autocommit = True
                yield Stage(runner, world, watch)
        finally:
            runner.run(made.__aexit__(None, None, None))


Draw = Callable[[Any], Any]
STEPS = (
    ["alone"] * 11 + ["settled"] * 2 + ["agreed"] * 2 + ["pressed"] * 3 + ["waited"] * 2 + ["struck"] * 2
    + ["together"] * 2 + ["race"]
)  # fmt: skip
RUN = Op("run")
companies = st.integers(0, len(KINDS_OF_COMPANY) - 1)


class Migrations(RuleBasedStateMachine):
    """What happens to three companies. ``stage`` is set by who plays."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0
        # The first machine that hypothesis makes of a seed is the simplest, which does one and the same all the time.
        self.dull, self.stage.dull = self.stage.dull, False
        self.stage.trail.clear()
        self.plays = [] if self.dull else [self.run(self.begin(number)) for number in range(len(KINDS_OF_COMPANY))]

    def run(self, what: Any, *, at_once: bool = False) -> Any:
        with contextlib.nullcontext() if at_once else alone():
            return self.stage.runner.run(what, context=contextvars.copy_context())

    async def begin(self, number: int) -> Play:
        """A new company whose both sources have been read."""
        kind = KINDS_OF_COMPANY[number]
        play = Play(Driver(self.stage.world), Company(push=bool(kind["push"]), now=self.now()))
        await play.driver.begin(push=bool(kind["push"]), slots_of=int(kind["slots_of"]))
        for lane in LANES:
            play.has[lane] = dict(first_job(lane, n) for n in NUMBERS if n % (3 + number))
            await self.act(play, play.reading(lane))
        await self.act(play, Op("activate"))
        await self.act(play, RUN)
        self.check(play)
        return play

    def now(self) -> float:
        """The program's time in minutes."""
        return self.stage.world.clock[0].timestamp() / 60

    async def act(self, play: Play, op: Op) -> None:
        """Do it to both."""
        before = play.model.feed
        outcome = await play.driver.do(op, play.ids)
        do(play.model, op, play.looked)
        if op.name in ("resolve", "revert"):
            assert moved(outcome) == (play.model.feed != before), f"{op.name}: {outcome}"

    # What happens. Each is a step; after each, what is seen is what the model says, and no promise is broken.

    @rule(kind=st.sampled_from(STEPS), n=companies, plan=plans, data=st.data())
    def step(self, kind: str, n: int, plan: Plan, data: st.DataObject) -> None:
        """One step of one kind. A single rule: of several hypothesis leaves most out of a run."""
        if self.dull:
            return
        self.steps += 1
        self.stage.counts[kind] += 1
        getattr(self, kind)(n, plan, data.draw)
        self.pass_time(1)

    def alone(self, n: int, plan: Plan, draw: Draw) -> None:
        """One thing happens to one company."""
        play, op = self.prepared(n, plan)
        self.trail(f"{n}: {op}")
        if op.name == "run":
            self.follow(play)
        elif op.name == "look":
            self.look(play)
        elif op.name == "match anew":
            self.match_anew(play)
        else:
            self.run(self.act(play, op))
            play.rests = False
        self.ended(play)

    def settled(self, n: int, plan: Plan, draw: Draw) -> None:
        """Both sources tell everything, and what follows from it comes to its end."""
        play = self.plays[n]
        self.trail(f"{n}: both sources tell everything; run")
        for lane in LANES:
            self.run(self.act(play, play.reading(lane)))
        self.follow(play)
        self.ended(play)

    def agreed(self, n: int, plan: Plan, draw: Draw) -> None:
        """Both sources come to have the same openings and nobody holds it: where no word is against it, it moves."""
        play = self.plays[n]
        self.trail(f"{n}: both sources have the same openings; run")
        if play.model.state == "legacy":
            self.run(self.act(play, Op("activate")))
        if play.model.held:
            self.run(self.act(play, Op("hold")))
        for lane, jobs in play.same_openings().items():
            play.has[lane] = jobs
            self.run(self.act(play, play.reading(lane)))
        self.follow(play)
        self.ended(play)

    def pressed(self, n: int, plan: Plan, draw: Draw) -> None:
        """A person presses what there is to press: mostly on what they have just seen."""
        play = self.plays[n]
        what = {"legacy": "activate", "cut_over": "revert"}.get(play.model.state, "resolve")
        op = Op("hold" if play.model.held and plan.other else what)
        self.trail(f"{n}: {op} pressed{'' if plan.number % 5 == 0 else ' on what was just seen'}")
        if plan.number % 5:
            self.look(play)
        self.run(self.act(play, op))
        play.rests = False
        self.ended(play)

    def waited(self, n: int, plan: Plan, draw: Draw) -> None:
        """Time goes by, and the sweep comes to one company."""
        minutes = draw(st.sampled_from([1, 31, 31, 61, 130, 26 * 60, 15 * 24 * 60, 31 * 24 * 60]))
        self.trail(f"{minutes} minutes later, {n}: run")
        self.pass_time(minutes * 60)
        self.follow(self.plays[n])
        self.ended(self.plays[n])

    def struck(self, n: int, plan: Plan, draw: Draw) -> None:
        """A fault between any two words to the database; then it is done again, as who saw it fail would do."""
        play, op = self.prepared(n, plan)
        fault = Fault(draw(st.integers(1, 40)), draw(st.sampled_from(KINDS)))
        self.trail(f"{n}: {op} struck at {fault.at}, {fault.kind}{', in the run' if plan.other else ''}")

        async def struck() -> None:
            with armed(fault), contextlib.suppress(psycopg.OperationalError):
                if not plan.other:
                    await play.driver.do(op, play.ids)
                await play.driver.run()
            await play.driver.do(op, play.ids)
            await play.driver.run()

        self.run(struck())
        self.stage.counts["faults"] += fault.struck
        # It was done once or twice, and what follows from it came after either.
        self.one_of(play, [_done(play, ops) for ops in ([op, RUN], [op, op, RUN], [op, RUN, op, RUN], [RUN, op, RUN])])
        self.ended(play)

    def together(self, n: int, plan: Plan, draw: Draw) -> None:
        """Something happens to each company at the same time: none sees anything of the others."""
        three = [draw(plans) for _ in self.plays]
        prepared = [self.prepared(number, each) for number, each in enumerate(three)]
        self.trail("at once: " + "; ".join(str(op) for _, op in prepared))

        async def at_once() -> None:
            await asyncio.gather(*(self.act(play, op) for play, op in prepared))

        self.run(at_once(), at_once=True)
        for play, op in prepared:
            play.rests = op.name == "run"
        self.ended(*self.plays)

    def race(self, n: int, plan: Plan, draw: Draw) -> None:
        """Two things happen to one company at the same time: it comes out as if one had been first, or between."""
        play, one = self.prepared(n, plan)
        other = _planned(play, draw(plans))
        self.trail(f"{n}: race of {one} and {other}")

        async def at_once() -> None:
            await asyncio.gather(*(play.driver.do(op, play.ids) for op in (one, other)), play.driver.run())
            await play.driver.run()

        self.run(at_once(), at_once=True)
        self.one_of(play, [_done(play, ops) for ops in ([one, other, RUN], [other, one, RUN])], between=True)
        self.ended(play)

    # What is seen of it.

    def prepared(self, n: int, plan: Plan) -> tuple[Play, Op]:
        """The company, a new one in the place of one whose migration is over, and what is done to it."""
        play = self.plays[n]
        over = play.model.state == "finished" or not (play.model.ats.active and play.model.legacy.active)
        if over and plan.number % 5 == 0:
            self.plays[n] = play = self.run(self.begin(n))
        return play, _planned(play, plan)

    def follow(self, play: Play) -> None:
        """What follows by itself."""
        self.run(self.act(play, RUN))
        play.rests = True

    def look(self, play: Play) -> None:
        """A person looks at what Resolve or Revert would do: exactly what the model says."""
        if play.model.state in MATCHED:
            self.follow(play)
        seen = self.run(play.driver.look())
        if play.model.state in MATCHED:
            self.check(play)
            assert seen == play.model.preview, f"the preview is {seen}, and should be {play.model.preview}"
        play.looked = seen

    def match_anew(self, play: Play) -> None:
        """What was found of changes alone, one after another, is what matching everything finds."""
        self.follow(play)
        if play.model.state in ("matching", "ready"):
            self.run(play.driver.do(Op("match anew", flag=True), play.ids))
            self.check(play)

    def one_of(self, play: Play, models: Sequence[Company], *, between: bool = False) -> None:
        """It came out as one of these; ``between``: or as neither, which is then where the model goes on from.

        Where several look alike, they may differ in a word that was taken for jobs that are closed by now, or was not.
        """
        row, play.rests, company = play.driver.row(self.stage.watch), True, play.driver.world.company
        alike = [model for model in models if not differences(row, model, rests=True)]
        if len(alike) > 1:
            said = words(company, self.stage.watch)
            alike.sort(key=lambda model: model.words != said)
        right = next(iter(alike), None)
        if right is None and not between:
            told = [differences(row, model, rests=True) for model in models]
            raise AssertionError(f"seen and expected, of each order: {told}")
        play.model = right or models[0]
        if right is None:
            self.stage.counts["between"] += 1
            adopt(play.model, row, company, self.stage.watch)

    def check(self, play: Play) -> None:
        """What is seen is what the model says."""
        row = play.driver.row(self.stage.watch)
        wrong = differences(row, play.model, rests=play.rests)
        assert not wrong, f"seen and expected: {wrong}"
        play.ids = {job[1]: job[4] for job in row.said["jobs"]}

    def pass_time(self, seconds: float) -> None:
        self.stage.world.later(seconds=seconds)
        for play in self.plays:
            # Why it is not ready was written down by the last run, and may be otherwise by now.
            play.model.now, play.rests = self.now(), False

    def trail(self, what: str) -> None:
        self.stage.trail.append(what)

    def ended(self, *plays: Play) -> None:
        """The end of a step: the model is right, no promise is broken."""
        for play in plays:
            self.check(play)
        broken = [b for play in plays for b in promises.broken_of(self.stage.watch, [play.driver.world.company])]
        if self.steps % EVERY == 0:
            broken = promises.broken(self.stage.world.db.address.owner)
            for play in self.plays:
                self.check(play)
                broken += map(str, self.run(verify(self.stage.world.db, play.driver.world.company)).broken)
        assert not broken, "\n".join(broken)

    def teardown(self) -> None:
        """Keep the first failure: what comes after it, to make it smaller, does not play on the same stage."""
        problem = sys.exception()
        if isinstance(problem, Exception) and not self.stage.failure:
            told = "".join(traceback.format_exception(problem))
            self.stage.failure = "\n".join([*self.stage.trail[-40:], told])


def _planned(play: Play, plan: Plan) -> Op:
    """What the plan is for this company; a source is revoked one time in four, for that is the end of it."""
    return Op("run") if plan.name == "revoke" and plan.number % 4 else play.prepare(plan)


def _done(play: Play, ops: Sequence[Op]) -> Company:
    """The model after these operations."""
    model = copy.deepcopy(play.model)
    for op in ops:
        do(model, op, play.looked)
    return model


def differences(row: Row, it: Company, *, rests: bool) -> dict[str, Any]:
    """What is seen other than the model says: both. What only a run makes so is looked at where one ``rests``."""
    seen = row.seen()
    if rests and seen.state == it.state == "cut_over" and _stood_before(it, seen.pairs):
        it.pairs = set(seen.pairs)
    should = expected(it, rests=rests)
    names = {name for name in vars(seen) if rests or name not in ("pairs", "blockers")}
    return {name: (getattr(seen, name), getattr(should, name)) for name in names
            if getattr(seen, name) != getattr(should, name)}  # fmt: skip


def _stood_before(it: Company, pairs: frozenset[Pair]) -> bool:
    """After the cut-over, jobs that stand on one posting stay together: also such as stood there earlier."""
    more = pairs - it.pairs
    sound = all(it.both_open(pair) and it.words.get(pair) != "rejected" for pair in more)
    return sound and all(any(set(pair) & set(other) for other in more) for pair in it.pairs - pairs)


def play(made: Stage, number: int, *, length: int, machines: int) -> str:
    """So many machines from one seed; what broke, with the steps that led there, or nothing.

    It is not made smaller: by then the stage has moved on.
    """
    made.dull = True
    machine = seed(number)(type("Walk", (Migrations,), {"stage": made}))
    rules = settings(
        max_examples=machines + 1,
        stateful_step_count=length,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    try:
        run_state_machine_as_test(machine, settings=rules)
    except Exception as problem:
        return made.failure or repr(problem)
    return ""
