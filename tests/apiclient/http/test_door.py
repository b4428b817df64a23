"""A service at its limit: who may begin, who waits, who gives up; never more inside than allowed, nobody forgotten."""

from hypothesis import given
from hypothesis import strategies as st

from apiclient.http import Request
from apiclient.http.door import PATIENCE_S, Door, Doors
from apiclient.http.flight import Flight


def flight(door: Door | None) -> Flight:
    return Flight(Request("GET", "http://127.0.0.1/"), lambda exchange: None, door=door)


def test_without_a_door_everybody_begins_at_once() -> None:
    doors = Doors()
    assert all(doors.enter(flight(None), 0.0) for _ in range(1_000))
    assert (doors.in_line, doors.next_deadline()) == (0, None)


def test_so_many_begin_and_the_others_follow_in_the_order_they_came() -> None:
    doors, door = Doors(), Door(2)
    flights = [flight(door) for _ in range(5)]
    assert [doors.enter(one, 0.0) for one in flights] == [True, True, False, False, False]
    assert list(doors.leave(flights[1])) == [flights[2]]
    assert list(doors.leave(flights[0])) == [flights[3]]
    assert (door.inside, doors.in_line) == (2, 1)


def test_who_was_let_in_is_not_asked_to_wait_again() -> None:
    doors, door = Doors(), Door(1)
    first, second = flight(door), flight(door)
    doors.enter(first, 0.0)
    doors.enter(second, 0.0)
    (following,) = doors.leave(first)
    assert doors.enter(following, 0.1) and door.inside == 1


def test_who_waited_too_long_gives_up_and_is_not_let_in_later() -> None:
    doors, door = Doors(), Door(1)
    flights = [flight(door) for _ in range(3)]
    for second, one in enumerate(flights):
        doors.enter(one, float(second))
    assert doors.next_deadline() == 1 + PATIENCE_S
    assert list(doors.give_up(1 + PATIENCE_S - 0.01)) == []
    assert list(doors.give_up(1 + PATIENCE_S)) == [flights[1]]
    assert list(doors.leave(flights[1])) == []
    assert list(doors.leave(flights[0])) == [flights[2]]
    assert list(doors.give_up(100.0)) == []
    assert list(doors.leave(flights[2])) == []
    assert (door.inside, doors.in_line, doors.next_deadline()) == (0, 0, None)


def test_a_service_with_a_long_line_takes_no_place_of_another() -> None:
    doors, busy, quiet = Doors(), Door(1), Door(1)
    for _ in range(50_000):
        doors.enter(flight(busy), 0.0)
    assert doors.in_line == doors.most_in_line // 2
    assert sum(1 for _ in doors.give_up(0.0)) == 50_000 - 1 - doors.most_in_line // 2
    assert doors.enter(flight(quiet), 0.0)
    assert not doors.enter(flight(quiet), 0.0)
    assert list(doors.give_up(0.0)) == []  # it waits: it was not turned away


def test_a_limit_that_was_raised_lets_in_more_and_one_that_was_lowered_fewer() -> None:
    doors, door = Doors(), Door(1)
    flights = [flight(door) for _ in range(6)]
    for one in flights:
        doors.enter(one, 0.0)
    door.most = 3
    assert list(doors.leave(flights[0])) == flights[1:4]
    door.most = 1
    assert list(doors.leave(flights[1])) == [] and list(doors.leave(flights[2])) == []
    assert list(doors.leave(flights[3])) == [flights[4]]


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["enter", "leave", "wait"])), max_size=200))
def test_nobody_is_forgotten_and_no_limit_is_passed(steps: list[tuple[int, str]]) -> None:
    doors, three = Doors(), [Door(1), Door(2), Door(3)]
    doors.most_in_line = 8
    inside: list[list[Flight]] = [[], [], []]
    now, came, went = 0.0, 0, 0
    for number, step in steps:
        now += 1.0
        if step == "enter":
            one = flight(three[number])
            came += 1
            if doors.enter(one, now):
                inside[number].append(one)
        elif step == "leave" and inside[number]:
            went += 1
            for following in doors.leave(inside[number].pop(0)):
                inside[number].append(following)
        went += sum(1 for _ in doors.give_up(now))
        assert all(len(those) == door.inside <= door.most for those, door in zip(inside, three, strict=True))
        assert doors.in_line == sum(len(door.line) for door in three) <= doors.most_in_line
        assert came == went + sum(map(len, inside)) + doors.in_line
    assert sum(1 for _ in doors.give_up(now + PATIENCE_S)) == came - went - sum(map(len, inside))
