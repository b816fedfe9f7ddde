"""What the law leaves open (a rule marked [U]) and each association may settle for itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from koprogo.kernel.errors import DomainError


@dataclass(frozen=True, slots=True)
class Policy:
    """A disputed point: what may be chosen, what holds when nothing is, and what to tell the user."""

    name: str
    options: tuple[str, ...]
    default: str
    sentence: str


NOTICE_MARGIN_DAYS = Policy(
    "notice_margin_days",
    tuple(str(days) for days in range(16)),
    "0",
    "The law asks for 15 days between the convocation and the meeting without saying whether the first and "
    "the last day count. By default the meeting is at least 15 calendar days after the day of dispatch; a "
    "margin of 1 makes them 15 clear days, a longer one also covers the post.",
)
ALL_REMOTE = Policy(
    "all_remote",
    ("physical_option_required", "allowed"),
    "physical_option_required",
    "The law lets co-owners take part remotely when the convocation says so; whether a meeting may be held "
    "without any room to go to is disputed. By default a physical place is required.",
)
SPOUSES = Policy(
    "spouses",
    ("separate_heads", "one_head"),
    "separate_heads",
    "Spouses who each own lots of their own count as two heads for the quorum by default; the law does not "
    "say so expressly.",
)
SUSPENDED_LOTS = Policy(
    "suspended_lots",
    ("kept_in_totals", "removed_from_totals"),
    "kept_in_totals",
    "A lot whose owners have not designated their mandatary never counts as present. By default it stays in "
    "the number of heads and the shares the quorum is measured against.",
)
CAPPED_BALLOTS = Policy(
    "capped_ballots",
    ("proportional", "carried_first"),
    "proportional",
    "When a person engages more votes than all others together and the ballots differ, the law does not say "
    "which of them lose weight. By default all lose the same proportion; otherwise those carried by proxy "
    "are reduced before the person's own.",
)
SOLE_PARTICIPANT = Policy(
    "sole_participant",
    ("uncapped_in_second_session", "uncapped", "literal"),
    "uncapped_in_second_session",
    "When one person engages all the votes present, the others have none and the law read literally leaves "
    "no vote at all. By default the cap is not applied in a second session, with a warning in the minutes.",
)
EXCLUDED_IN_CAP_BASE = Policy(
    "excluded_in_cap_base",
    ("left_out", "kept"),
    "left_out",
    "Votes removed for a conflict of interest are by default also left out of the sum that caps the votes of "
    "the others; the law is silent on it.",
)
ABSTENTION_DEFEATS_UNANIMITY = Policy(
    "abstention_defeats_unanimity",
    ("yes", "no"),
    "yes",
    "Whether a co-owner who abstains, or whose ballot is blank or null, defeats unanimity is disputed. By "
    "default he does.",
)

POLICIES = {
    policy.name: policy
    for policy in (
        NOTICE_MARGIN_DAYS,
        ALL_REMOTE,
        SPOUSES,
        SUSPENDED_LOTS,
        CAPPED_BALLOTS,
        SOLE_PARTICIPANT,
        EXCLUDED_IN_CAP_BASE,
        ABSTENTION_DEFEATS_UNANIMITY,
    )
}


class UnknownPolicy(DomainError):
    reason = "UNKNOWN_POLICY"


class UnknownPolicyOption(DomainError):
    reason = "UNKNOWN_POLICY_OPTION"


class Policies(Mapping[str, str]):
    """An association's choices, complete: what it has not chosen holds its default."""

    __slots__ = ("_choices",)

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        chosen = chosen or {}
        for name, option in chosen.items():
            if name not in POLICIES:
                raise UnknownPolicy(
                    f"There is no policy {name!r}. Choose one of {', '.join(sorted(POLICIES))}.",
                    field=f"policies.{name}",
                )
            if option not in POLICIES[name].options:
                raise UnknownPolicyOption(
                    f"{option!r} is no option of {name}. Choose one of {', '.join(POLICIES[name].options)}.",
                    field=f"policies.{name}",
                )
        self._choices = {name: chosen.get(name, policy.default) for name, policy in POLICIES.items()}

    def __getitem__(self, name: str) -> str:
        return self._choices[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._choices)

    def __len__(self) -> int:
        return len(self._choices)

    def __hash__(self) -> int:
        return hash(tuple(self._choices.items()))

    def __repr__(self) -> str:
        return f"Policies({self._choices!r})"

    @property
    def notice_margin_days(self) -> int:
        """Days asked for beyond the 15 of R027."""
        return int(self[NOTICE_MARGIN_DAYS.name])


DEFAULTS = Policies()
