from apiclient.catalogue.meaning import CATEGORY_OF_CLASS, Category, CodeClass


def test_the_words_of_the_contract() -> None:
    assert [str(each) for each in CodeClass] == ["1xx", "2xx", "3xx", "4xx", "5xx", "none"]
    assert [str(each) for each in Category] == ["success", "client_error", "server_error", "no_response"]


def test_every_word_has_a_label() -> None:
    assert all(each.label[0] in "12345N" for each in CodeClass)
    assert [each.label for each in Category] == ["Success", "Client error", "Server error", "No response"]


def test_every_class_stands_in_one_column() -> None:
    assert list(CATEGORY_OF_CLASS) == list(CodeClass)
    assert set(CATEGORY_OF_CLASS.values()) == set(Category)
