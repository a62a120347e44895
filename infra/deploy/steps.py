"""A deployment, step by step. For `python -m infra.deploy`.

stack → secrets → new versions → asked before anybody gets them → alias → what calls them → edge → asked as people ask
→ good, or back. Each step looks at what is there and does what lacks, so that a deployment that was killed is finished
by starting it again. It never undoes what a stack did: it names it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from infra.deploy import smoke, wanted
from infra.deploy.doors import Behind, Door, InFront
from infra.deploy.functions import CURRENT, Functions
from infra.deploy.keeping import Code, Journal, Keeping
from infra.deploy.pages import edge_pages
from infra.deploy.place import EDGE_REGION, Place
from infra.deploy.plan import Plan, Say
from infra.deploy.ready import Ready
from infra.deploy.secret import Secrets
from infra.deploy.stacks import Change, CloudStack, Pulse
from infra.deploy.wanted import Function, Stage
from infra.local.template import TEMPLATE, Template

EDGE = TEMPLATE.with_name("edge.yaml")
BASE_URL = "MOTCUA_BASE_URL"
VERSIONS = "MOTCUA_SECRETS_VERSIONS"
CLOSED = "Closed"
NOT_YET = "first-deployment.invalid"  # until the edge has told its name
NO_SECRET = "-" * 32  # in a plan of an edge that isn't there yet
HOSTS = ("PublicHost", "ConsoleHost", "HooksHost", "EditionsHost")


class SmokeFailed(Exception):
    """The stage does not serve as it should; the text says what was wrong and what was done about it."""


def no_pulse() -> None:
    """Nobody has to be kept waiting."""


@dataclass
class Deployment:
    """One stage in one place."""

    place: Place
    stage: Stage
    told: list[Function]
    say: Say
    pulse: Pulse = no_pulse
    template: Path = TEMPLATE
    edge_template: Path = EDGE
    _plan: Plan | None = field(default=None, init=False)
    _shut: bool | None = field(default=None, init=False)  # what an operator asked for; None: as it is
    _changed: list[str] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.keeping = Keeping(self.place)
        self.secrets = Secrets(self.place, self.stage.name)
        self.functions = Functions(self.place, lambda: self.pulse())
        self.ready = Ready(self.place, lambda: self.pulse())
        self.stack = CloudStack(self.place, self.keeping, f"{self.stage.name}-stack")
        self.edge = CloudStack(self.place, self.keeping, f"{self.stage.name}-edge", EDGE_REGION)

    def plan(self, zip_file: Path) -> Plan:
        """What `up` would do, from what is there now. Nothing is changed."""
        code = self.keeping.code(zip_file)
        edged = self.edge.is_made()
        self._plan = Plan(
            self.stage.name,
            self.place.account,
            code.short,
            zip_file.stat().st_size,
            f"{self.site()}{' (closed to everybody, and stays so)' if self.is_closed() else ''}",
            tuple(self.stack.changes(self._stack_template("yes"))),
            tuple(self.edge.changes(self._edge_template("" if edged else NO_SECRET))),
            tuple(self.secrets.missing()),
            {
                each.name: (*self.functions.differences(each, code.digest), *self.ready.differences(each))
                for each in self._functions()
            },
            self._raised(),
        )
        return self._plan

    def up(self, zip_file: Path) -> None:
        """Make it so; SmokeFailed after going back."""
        self._plan = self._plan or self.plan(zip_file)
        code = self.keeping.code(zip_file)
        self.say(f"Bringing in {code.short} …")
        self.keeping.make()
        self.keeping.put_code(zip_file, code)
        self._stack_first()
        self._secrets()
        site = self.site()
        versions = self.release(code)
        self._stack_and_edge()
        if self.site() != site:  # the edge told its name only now
            self.say(f"The site is {self.site()}; functions learn it …")
            versions = self.release(code)
            self._stack_and_edge()
        self.judge(versions)

    def shut(self, closed: bool) -> None:
        """Close the site to everybody, with the page that says so, or open it again."""
        self._shut = closed
        self.bring_edge()

    def is_closed(self) -> bool:
        """Whether the edge answers everybody by itself."""
        return self.edge.parameters().get(CLOSED) == "yes"

    def smoke(self) -> smoke.Report:
        """Ask what people would ask; of a closed site, as the edge would if it were open."""
        front = self.front()
        if self.is_closed():
            self.say("The site is closed: asking behind the edge …")
        hosts = {name: host for name, host in self._hosts().items() if name in wanted.WEB}
        questions = smoke.of_pages(front, self.stage)
        questions |= smoke.of_addresses(lambda host: self.place.ask(host, "/healthz"), hosts)
        return smoke.smoke(questions, self.say)

    def expect_served(self) -> None:
        """SmokeFailed unless people get what they ask for."""
        self.say("Asking as people do …")
        report = self.smoke()
        if report.wrong:
            raise SmokeFailed(f"{len(report.wrong)} of {report.asked} answers were wrong. {self._left()}")

    def front(self) -> Door:
        """The way in that people take, or what is behind it while it is closed."""
        if self.is_closed():
            return self._behind({each.name: (each, CURRENT) for each in self.told})
        return InFront(self.place, self.site(), self._edge_host())

    def back(self) -> dict[str, str]:
        """Return to the versions before: of a deployment that was left undone, the last good ones; else those before
        them. The versions by function; empty when there is nothing to return to."""
        journal = self.keeping.journal(self.stage.name)
        if journal.state == "returning":
            target = journal.to
        else:
            target = journal.good if journal.state == "shifting" else journal.before
        if target:
            self._return(journal, dict(target))
        return dict(target)

    def site(self) -> str:
        """The name that people type; empty when neither the settings nor an edge say one."""
        return self.stage.site or self.edge.outputs().get("SiteHost", "")

    # --- steps

    def _stack_first(self) -> None:
        """What functions stand on. What calls functions is made only for those that are there."""
        lacking = [each.name for each in self._functions() if not self.functions.current(each)]
        whole = self._stack_template("yes" if len(lacking) < len(self.told) else "no")
        self.say(f"Stack {self.stack.name} …")
        kinds = whole.kinds()
        gone = callers(whole, lacking)
        left_out = [Change("Remove", name, kinds[name]) for name in gone & kinds.keys()]  # they call what isn't there
        self._bring(self.stack, whole.less(gone) if gone else whole, left_out)

    def _secrets(self) -> None:
        for name in self.secrets.missing():
            self.say(f"Secret {name} is made …")
            self.secrets.make(name)

    def release(self, code: Code) -> dict[str, str]:
        """New versions, asked before anybody gets them; then everybody does."""
        told = self._functions()
        versions: dict[str, str] = {}
        for number, each in enumerate(told, 1):
            self.pulse()
            self.say(f"Function {each.name} ({number} of {len(told)}) …")
            versions[each.name] = self.functions.prepare(each, code)
        self._ask_before({each.name: (each, versions[each.name]) for each in told})
        journal = self.keeping.journal(self.stage.name)
        good = journal.to if journal.state == "returning" else journal.good
        self.keeping.write(self.stage.name, replace(journal, state="shifting", good=good, to=versions))
        self.say("Everybody gets them …")
        for each in told:
            self.functions.shift(each, versions[each.name])
        for each in told:
            if each.ready:
                self.say(f"{each.ready} environments of {each.name} are made ready …")
            self.ready.keep(each)
        return versions

    def _ask_before(self, versions: dict[str, tuple[Function, str]]) -> None:
        self.say("Asking the new versions before anybody gets them …")
        door = self._behind(versions)
        report = smoke.smoke({**smoke.of_versions(door), **smoke.of_pages(door, self.stage)}, self.say)
        if report.wrong:
            raise SmokeFailed(
                f"{len(report.wrong)} of {report.asked} answers of the new versions were wrong; nobody got them, "
                f"`current` stays where it was. {self._left()}"
            )

    def _behind(self, versions: dict[str, tuple[Function, str]]) -> Behind:
        return Behind(self.functions, versions, self.site() or NOT_YET, self.secrets.origin())

    def _stack_and_edge(self) -> None:
        self.say(f"Stack {self.stack.name}: what calls the functions …")
        self._bring(self.stack, self._stack_template("yes"))
        self.bring_edge()

    def bring_edge(self) -> None:
        """The edge as it is to be, with the origin secret of now."""
        self.say(f"Stack {self.edge.name} …")
        self._bring(self.edge, self._edge_template())

    def judge(self, versions: dict[str, str]) -> None:
        self.say("Asking as people do …")
        report = self.smoke()
        journal = self.keeping.journal(self.stage.name)
        if report.wrong:
            what = "there is no version to return to"
            if journal.good:
                self._return(journal, dict(journal.good))
                what = f"everybody has the versions from before again ({_listed(journal.good)})"
            raise SmokeFailed(f"{len(report.wrong)} of {report.asked} answers were wrong; {what}. {self._left()}")
        before = journal.before if journal.good == versions else journal.good
        kept = Journal("good", versions, before, {})
        self.keeping.write(self.stage.name, kept)
        for each in self.told:
            self.functions.prune(each, {versions[each.name], before.get(each.name, "")})

    def _return(self, journal: Journal, target: dict[str, str]) -> None:
        self.keeping.write(self.stage.name, replace(journal, state="returning", to=target))
        for each in self.told:
            if version := target.get(each.name):
                self.say(f"Function {each.name}: back to version {version} …")
                self.functions.shift(each, version)
        before = {} if target == journal.before else journal.before
        self.keeping.write(self.stage.name, Journal("good", target, before, {}))

    # --- what is wanted

    def _functions(self) -> list[Function]:
        """With the address under which people know the stage, and how often the secrets that they read were put: a
        secret that was turned is a new configuration, and so a new version whose environments start anew and read it."""
        base = {BASE_URL: f"https://{self.site() or NOT_YET}"}
        held = self.secrets.versions()
        told = [replace(each, ready=self.stage.ready.get(each.name, 0)) for each in self.told]
        return [_with(each, {**base, **_versions_read(each, held)}) for each in told]

    def _stack_template(self, functions: str) -> Template:
        stage = self.stage
        given = {
            "Stage": stage.name,
            "Size": stage.size,
            "FunctionsDeployed": functions,
            "AlertAddress": stage.alerts,
            "MonthlyBudget": str(stage.monthly_budget),
            "WebOrigin": f"https://{self.site() or NOT_YET}",
        }
        given |= stage.at_least(self.stack.parameters())
        return self.place.template(Template(self.template, given))

    def _raised(self) -> dict[str, tuple[str, str]]:
        held = self.stack.parameters()
        wanted = self.stage.at_least(held)
        return {name: (held.get(name, "as new"), value) for name, value in wanted.items() if held.get(name) != value}

    def _edge_template(self, secret: str = "") -> Template:
        stage, outputs = self.stage, self.stack.outputs()
        given = {name: outputs.get(name, NOT_YET) for name in HOSTS}
        given["OriginSecret"] = secret or self.secrets.origin()
        closed = self.is_closed() if self._shut is None else self._shut
        given |= {CLOSED: "yes" if closed else "no", **edge_pages()}
        more = {
            "Stage": stage.name,
            "Site": stage.site,
            "CertificateArn": stage.certificate,
            "AlertAddress": stage.alerts,
        }
        return self.place.template(Template(self.edge_template, {**given, **more}))

    def _bring(self, stack: CloudStack, template: Template, also: Iterable[Change] = ()) -> None:
        shown = (*also, *self._plan.stack, *self._plan.edge) if self._plan else tuple(also)
        if stack.bring(template, shown, self.say, self.pulse):
            self._changed.append(stack.name)

    def _hosts(self) -> dict[str, str]:
        return {name.removesuffix("Host").lower(): host for name, host in self.stack.outputs().items()}

    def _left(self) -> str:
        """What stays as this deployment made it: stacks are not taken back."""
        return f"Changed and left so: {', '.join(sorted(set(self._changed))) or 'no stack'}."

    def _edge_host(self) -> str:
        """The edge's own name."""
        number = self.edge.outputs()["DistributionId"]
        return str(
            self.place.client("cloudfront", EDGE_REGION).get_distribution(Id=number)["Distribution"]["DomainName"]
        )


def callers(whole: Template, lacking: Iterable[str]) -> set[str]:
    """What calls functions that aren't there yet: a release that adds a function makes its role first.

    Some name the alias behind the function, others beside it, as a qualifier."""
    functions = [f"motcua-${{Stage}}-{name}" for name in lacking]
    marks = [mark for function in functions for mark in (f"{function}:{CURRENT}", f'{function}"')]
    return {
        name
        for name, one in whole.document["Resources"].items()
        if one.get("Condition") == "HasFunctions" and any(mark in json.dumps(one) for mark in marks)
    }


def _with(function: Function, variables: dict[str, str]) -> Function:
    held = function.config["Environment"]["Variables"]
    return replace(function, config={**function.config, "Environment": {"Variables": {**held, **variables}}})


def _versions_read(function: Function, held: Mapping[str, int]) -> dict[str, str]:
    told = ",".join(f"{name}:{version}" for name, version in held.items() if name in function.reads)
    return {VERSIONS: told} if told else {}


def _listed(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())
