"""Things that several threads bring at once are worked on together, each gets its own result."""

from threading import Event, Thread

import pytest

from apiclient.together import Together


def test_one_thing_alone_is_done_at_once():
    assert Together(lambda things: [thing * 2 for thing in things]).do(3) == 6


def test_what_comes_while_work_is_under_way_is_done_together_afterwards():
    begun, go, groups, results = Event(), Event(), [], {}

    def work(things):
        groups.append(sorted(things))
        begun.set()
        go.wait(5)
        return [thing * 2 for thing in things]

    together = Together(work)

    def bring(number):
        results[number] = together.do(number)

    first = Thread(target=bring, args=(0,))
    first.start()
    begun.wait(5)
    others = [Thread(target=bring, args=(number,)) for number in range(1, 6)]
    for thread in others:
        thread.start()
    while len(together._line) < 5:
        pass
    go.set()
    for thread in (first, *others):
        thread.join()
    assert results == {number: number * 2 for number in range(6)}
    assert groups == [[0], [1, 2, 3, 4, 5]]


def test_nobody_suffers_from_what_another_brought():
    begun, go, results = Event(), Event(), {}

    def work(things):
        begun.set()
        go.wait(5)
        if "bad" in things:
            raise ValueError("bad")
        return [thing.upper() for thing in things]

    together = Together(work)

    def bring(thing):
        try:
            results[thing] = together.do(thing)
        except ValueError as error:
            results[thing] = error

    threads = [Thread(target=bring, args=("a",))]
    threads[0].start()
    begun.wait(5)
    threads += [Thread(target=bring, args=(thing,)) for thing in ("b", "bad", "c")]
    for thread in threads[1:]:
        thread.start()
    while len(together._line) < 3:
        pass
    go.set()
    for thread in threads:
        thread.join()
    assert (results["a"], results["b"], results["c"]) == ("A", "B", "C")
    assert isinstance(results["bad"], ValueError)


def test_nobody_is_forgotten_or_done_twice():
    done, results = [], []

    def work(things):
        done.extend(things)
        return [-thing for thing in things]

    together = Together(work)

    def bring(first):
        for number in range(first, first + 200):
            results.append(together.do(number) == -number)

    threads = [Thread(target=bring, args=(1000 * number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(results) and len(results) == len(done) == len(set(done)) == 1600


def test_what_fails_alone_says_why():
    def work(things):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Together(work).do(1)
