"""Everything that the console does a program does too: each form has its operation, or a reason why not."""

from __future__ import annotations

import pytest

from changeover.web.access import WHO

_COMPANY, _V1 = "/companies/{company}", "/api/v1"
# Forms whose operation has another address.
OPERATIONS = {
    f"{_COMPANY}/applications/apply": f"{_COMPANY}/candidate-rules",
    f"{_COMPANY}/applications/notices": f"{_COMPANY}/candidate-rules",
    f"{_COMPANY}/applications/retention": f"{_COMPANY}/candidate-rules",
    f"{_COMPANY}/cases/{{case:int}}/pairs": f"{_COMPANY}/pairs",
    f"{_COMPANY}/groups": f"{_COMPANY}/pairs/groups",
    f"{_COMPANY}/pairs/ticked": f"{_COMPANY}/pairs/bulk",
    f"{_COMPANY}/words/back": f"{_COMPANY}/pairs",
    f"{_COMPANY}/review/words": f"{_COMPANY}/pairs",
    f"{_COMPANY}/slots": f"{_COMPANY}/contracts",
    f"{_COMPANY}/slots/limit": f"{_COMPANY}/applicant-limit",
    f"{_COMPANY}/slots/{{contract:int}}/change": f"{_COMPANY}/contracts/{{contract:int}}/change",
    f"{_COMPANY}/slots/{{contract:int}}/seats": f"{_COMPANY}/contracts/{{contract:int}}/seats",
    f"{_COMPANY}/sources/{{source:int}}/accept": f"{_COMPANY}/sources/{{source:int}}/accept/{{reading:int}}",
    f"{_COMPANY}/widgets": f"{_COMPANY}/clients",
    f"{_COMPANY}/widgets/{{client:int}}/origins": f"{_COMPANY}/clients/{{client:int}}/origins",
    "/subscriptions/replay": "/deliveries/replay",
    "/subscriptions/{subscription:int}/remove": "/subscriptions/{subscription:int}",
    "/programs": f"{_COMPANY}/clients",
    "/support": "/cases",
}
FORMS = sorted(
    path
    for path in WHO
    if isinstance(path, str)
    and path.startswith((_COMPANY, "/subscriptions", "/support", "/people", "/programs", "/vendors"))
)


@pytest.mark.parametrize("form", FORMS)
def test_it_has_an_operation(form: str) -> None:
    assert _V1 + OPERATIONS.get(form, form) in WHO


def test_none_is_listed_that_is_no_more() -> None:
    assert set(OPERATIONS) <= set(FORMS)
