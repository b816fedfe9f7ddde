from datetime import date, timedelta

import pytest

from koprogo.documents.domain.dispatch import (
    MAX_ATTEMPTS,
    STUCK,
    Dispatch,
    DispatchState,
    NotInThatState,
    NotRetryable,
    NotToPost,
    PostedInFuture,
)

from .builders import AT, dispatch

DEEDS = {
    "list_for_post": lambda d: d.list_for_post(AT),
    "begin_sending": lambda d: d.begin_sending(AT),
    "confirm": lambda d: d.confirm("250", AT),
    "put_off": lambda d: d.put_off("away", AT),
    "fail": lambda d: d.fail("no", AT),
    "lose_sight": lambda d: d.lose_sight("", AT),
    "retry": lambda d: d.retry(AT),
    "post": lambda d: d.post("RR123456789BE", date(2026, 6, 1), AT),
}
ALLOWED = {
    "requested": {"list_for_post", "begin_sending", "put_off", "fail", "confirm"},
    "sending": {"confirm", "put_off", "fail", "lose_sight"},
    "sent": set(),
    "to_post": {"post"},
    "posted": set(),
    "failed": {"retry"},
    "unconfirmed": {"retry", "confirm"},
}


class TestADispatch:
    @pytest.mark.parametrize("state", list(DispatchState))
    @pytest.mark.parametrize("deed", DEEDS)
    def test_changes_only_as_it_may(self, state: DispatchState, deed: str) -> None:
        one = dispatch(state=state)
        if deed in ALLOWED[state]:
            DEEDS[deed](one)
        else:
            with pytest.raises((NotInThatState, NotRetryable, NotToPost)):
                DEEDS[deed](one)
            assert one.state is state

    def test_never_goes_back_in_time_for_those_who_are_told(self) -> None:
        one = dispatch()
        seen = [one.changed_at]
        for deed in (Dispatch.begin_sending, lambda d, at: d.lose_sight("", at), Dispatch.retry):
            deed(one, AT - timedelta(seconds=5))
            seen.append(one.changed_at)
        assert seen == sorted(set(seen))

    def test_is_stuck_after_thirty_seconds_of_sending(self) -> None:
        one = dispatch(state=DispatchState.SENDING)
        assert not one.is_stuck(AT + STUCK - timedelta(seconds=1))
        assert one.is_stuck(AT + STUCK)
        assert not dispatch().is_stuck(AT + STUCK)


class TestAMailServerThatDoesNotAnswer:
    def test_is_asked_a_bounded_number_of_times(self) -> None:
        one, asked = dispatch(), 0
        while one.state is DispatchState.REQUESTED:
            one.begin_sending(AT)
            one.put_off("away", AT)
            asked += 1
        assert (one.state, asked) == (DispatchState.FAILED, MAX_ATTEMPTS)

    def test_is_asked_as_often_again_when_a_person_wants_it(self) -> None:
        one = dispatch(state=DispatchState.FAILED, attempts=MAX_ATTEMPTS)
        one.retry(AT)
        assert (one.state, one.attempts) == (DispatchState.REQUESTED, 0)


class TestALetter:
    def test_keeps_number_and_day_as_its_proof(self) -> None:
        one = dispatch(state=DispatchState.TO_POST)
        one.post("RR123456789BE", date(2026, 6, 1), AT)
        assert one.proof == "RR123456789BE, 2026-06-01"

    def test_is_not_posted_tomorrow(self) -> None:
        with pytest.raises(PostedInFuture):
            dispatch(state=DispatchState.TO_POST).post("RR123456789BE", date(2026, 6, 2), AT)

    def test_is_posted_today_in_brussels_when_it_is_still_yesterday_in_utc(self) -> None:
        late = AT.replace(hour=22, minute=30)
        dispatch(state=DispatchState.TO_POST).post("RR123456789BE", date(2026, 6, 2), late)
