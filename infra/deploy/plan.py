"""What a deployment would do, as lines for the person who decides. It holds no secret and changes nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from infra.deploy.stacks import Change

Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """Everything that would change."""

    stage: str
    account: str
    code: str
    size: int
    site: str
    stack: Sequence[Change]
    edge: Sequence[Change]
    secrets: Sequence[str]
    functions: Mapping[str, Sequence[str]]
    raised: Mapping[str, tuple[str, str]]  # for results day: parameter, as it is, as it will be

    @property
    def is_empty(self) -> bool:
        """Whether everything is as it should be already."""
        return not (self.stack or self.edge or self.secrets or self.raised or any(self.functions.values()))

    def lines(self) -> Iterator[str]:
        """For people, the worst first within each part."""
        yield f"Stage {self.stage} in account {self.account}: code {self.code}, {self.size / 1e6:.1f} MB"
        yield f"Site: {self.site or 'the name that the edge will get'}"
        yield from _stack(f"Stack {self.stage}-stack", self.stack)
        yield from (f"  {name} {held} → {wished}" for name, (held, wished) in self.raised.items())
        yield from _stack(f"Stack {self.stage}-edge", self.edge)
        yield f"Secrets: {', '.join(self.secrets) + ' will be made' if self.secrets else 'all are there'}"
        yield "Functions:"
        for name, told in self.functions.items():
            yield f"  {name:<10} {'; '.join(told) or 'as it is'}"


def _stack(title: str, changes: Sequence[Change]) -> Iterator[str]:
    if not changes:
        yield f"{title}: as it is"
    elif all(one.action == "Add" for one in changes):
        kinds = Counter(one.kind.removeprefix("AWS::") for one in changes)
        yield f"{title}: {len(changes)} resources are made ({', '.join(f'{kind} {count}' for kind, count in kinds.items())})"
    else:
        yield f"{title}:"
        yield from (f"  {'!! ' if one.loses else ''}{one}" for one in sorted(changes, key=lambda one: not one.loses))
