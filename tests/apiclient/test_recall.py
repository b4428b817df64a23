"""Answers remembered until what they count has changed."""

from apiclient.recall import Recall


class Question:
    """Answers so many rows, and counts how often it was asked."""

    def __init__(self, rows=1):
        self.rows, self.asked = rows, 0

    def __call__(self):
        self.asked += 1
        return [(self.asked,)] * self.rows


def test_the_same_question_is_read_once_for_each_version():
    recall, question = Recall(), Question()
    assert recall.ask(1, "q", question) == recall.ask(1, "q", question) == ((1,),)
    assert recall.ask(2, "q", question) == ((2,),)
    assert recall.ask(1, "q", question) == ((3,),)


def test_two_questions_do_not_meet():
    recall, one, other = Recall(), Question(), Question(2)
    assert len(recall.ask(1, "one", one)) == 1
    assert len(recall.ask(1, "other", other)) == 2


def test_what_was_asked_longest_ago_makes_room():
    recall, questions = Recall(most_rows=10), {name: Question(4) for name in "abc"}
    for name in "abac":
        recall.ask(1, name, questions[name])
    for name in "ca":
        recall.ask(1, name, questions[name])
    assert [questions[name].asked for name in "abc"] == [1, 1, 1]
    recall.ask(1, "b", questions["b"])
    assert questions["b"].asked == 2


def test_a_very_long_answer_is_not_kept():
    recall, question = Recall(most_at_once=3), Question(4)
    assert len(recall.ask(1, "q", question)) == len(recall.ask(1, "q", question)) == 4
    assert question.asked == 2


def test_what_was_read_while_the_version_moved_on_is_not_kept():
    recall, question = Recall(), Question()

    def slow():
        recall.ask(2, "other", Question())
        return question()

    recall.ask(1, "q", slow)
    recall.ask(2, "q", question)
    assert question.asked == 2


def test_forgotten_is_read_again():
    recall, question = Recall(), Question()
    recall.ask(1, "q", question)
    recall.forget()
    recall.ask(1, "q", question)
    assert question.asked == 2
