from apiclient.catalogue import MissedBecause


def test_the_stored_numbers_never_change() -> None:
    assert {reason.slug: int(reason) for reason in MissedBecause} == {
        "unclaimed": 1,
        "no_free_worker": 2,
        "service_limit": 3,
    }


def test_every_reason_says_what_to_do() -> None:
    assert all(reason.label and reason.advice.endswith(".") for reason in MissedBecause)
    assert MissedBecause(2) is MissedBecause.NO_FREE_WORKER
