"""Against what the provider itself publishes for its own libraries."""

import pytest

from nextroute.notifications.signatures import signature

ADDRESS = "https://mycompany.com/myapp.php?foo=1&bar=2"
CALL = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
    ("Caller", "+14158675309"),
]
TWICE = [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234")]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [(CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="), (TWICE, "IK+Dwps556ElfBT0I3Rgjkr1wJU=")],
)
def test_we_sign_as_the_provider_does(parameters: list[tuple[str, str]], expected: str) -> None:
    assert signature("12345", ADDRESS, parameters) == expected
    assert signature("12345", ADDRESS, reversed(parameters + parameters)) == expected


@pytest.mark.parametrize(
    ("token", "address", "parameters"),
    [("12346", ADDRESS, CALL), ("12345", ADDRESS + "&", CALL), ("12345", ADDRESS, CALL[1:])],
)
def test_everything_is_in_it(token: str, address: str, parameters: list[tuple[str, str]]) -> None:
    assert signature(token, address, parameters) != "RSOYDt4T1cUTdK1PDd93/VVr8B8="
