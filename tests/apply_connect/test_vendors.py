"""An operator sees vendors and their customers' applications, gives new secrets and ends what they may do."""

from __future__ import annotations

import re
from typing import Any

from apply_connect.wire import Wire
from changeover.database.board import BOARD
from changeover.database.chain import chain
from face import text


async def test_a_vendors_customers_go_with_it_and_the_boards_history_has_it(wire: Wire) -> None:
    face, parent, child = wire.face, wire.parent.application.client_id, wire.child.application.client_id
    page = await face.page(f"/vendors/{parent}")
    assert "1 customer" in text(await face.page("/programs"), "#vendors")
    assert [each.attributes["href"] for each in page.css("#customers h3 a")] == [f"/vendors/{child}"]
    shown = (await face.press(f"/vendors/{child}/rotate")).text
    secret = re.findall(r'<p class="key"><code>([^<]+)</code>', shown)[0]
    token = (await wire.grant(child, secret)).json()["access_token"]
    wire.tokens[child] = token
    assert (await wire.call("GET", "/v2/jobPostingStatus?ids=x")).status_code == 200
    assert "Last shown just now" in text(await face.page(f"/vendors/{child}"), "#main")
    assert "every customer" in await face.told(f"/vendors/{parent}/revoke")
    assert (await wire.grant(child, secret)).status_code == 401
    assert (await wire.call("GET", "/v2/jobPostingStatus?ids=x")).status_code == 401
    assert (await wire.grant(parent, wire.parent.secret)).status_code == 401
    made = await face.press("/vendors", {"name": "Another ATS"})
    assert "The secret of Another ATS" in made.text
    async with face.world.db.company(BOARD) as conn:
        rows = await (await conn.execute("select kind from board_revision order by revision")).fetchall()
    assert [row["kind"] for row in rows] == ["vendor_secret", "vendor_revoked", "vendor_added"]
    assert (await chain(face.world.db, BOARD)).broken_at is None
    assert (await face.person.get("/vendors/none")).status_code == 404


async def test_a_program_of_the_operator_does_the_same_and_is_told_a_secret_once(wire: Wire) -> None:
    face, parent, child = wire.face, wire.parent.application.client_id, wire.child.application.client_id

    csrf = await face.csrf()

    async def ask(method: str, path: str, body: object | None = None) -> tuple[int, Any]:
        headers = {} if method == "GET" else {"x-csrf-token": csrf, "idempotency-key": f"{method}:{path}"}
        answer = await face.person.request(method, f"/api/v1/vendors{path}", json=body, headers=headers)
        return answer.status_code, answer.json()

    assert [each["id"] for each in (await ask("GET", ""))[1]["applications"]] == [parent]
    assert [each["id"] for each in (await ask("GET", f"/{parent}"))[1]["customers"]] == [child]
    status, made = await ask("POST", "", {"name": "Another ATS"})
    assert status == 201
    assert (await wire.grant(made["id"], made["secret"])).status_code == 200
    assert (await ask("POST", "", {"name": "Another ATS"}))[1] == {"id": made["id"], "secret": None}
    renewed = (await ask("POST", f"/{made['id']}/rotate"))[1]["secret"]
    assert [(await wire.grant(made["id"], each)).status_code for each in (made["secret"], renewed)] == [200, 200]
    assert (await ask("GET", f"/{made['id']}"))[1]["secrets"] == 2
    assert (await ask("POST", f"/{made['id']}/revoke"))[0] == 200
    assert (await wire.grant(made["id"], renewed)).status_code == 401
    assert (await ask("GET", f"/{made['id']}"))[1]["secrets"] == 0
    assert (await wire.grant(child, wire.child.secret)).status_code == 200, "another vendor's goes on"
    assert (await ask("POST", "/none/rotate"))[1]["code"] == "UNKNOWN_APPLICATION"
