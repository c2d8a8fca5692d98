"""She is asked whether her conversation may be practised on: in the page's own words, and she can change her mind."""

from __future__ import annotations

from playwright.async_api import expect

from officer_console.model.bodies import AskConsent, Consent
from officer_console.relay.service import Running
from tests.relay.peers import Station

from .browser import PHONE, in_shared_chromium, visiting
from .officer import on_duty
from .test_help import held

pytestmark = in_shared_chromium


async def test_she_is_asked_and_answers_by_a_button_and_can_take_it_back(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, **PHONE) as visit:
        page = visit.page
        cid = await held(visit, desk)
        await expect(page.locator("#log button")).to_have_count(0)
        await desk.tell(cid, AskConsent(ts=0))
        question = page.locator("#log .desk")
        await expect(question.locator("p").last).to_contain_text("Vous pouvez dire non")
        await expect(question).to_be_in_viewport(ratio=1)
        yes, no = question.get_by_role("button", name="Oui"), question.get_by_role("button", name="Non")
        assert await yes.is_disabled(), "what comes under her finger is not pressed"
        assert desk.consents[cid] == []
        await yes.click()
        await desk.until(lambda: len(desk.consents[cid]) == 1)
        await yes.click()
        await page.click("#language")
        await expect(question.locator("p").last).to_contain_text("You can say no")
        await question.get_by_role("button", name="No,").click()
        await desk.until(lambda: len(desk.consents[cid]) > 1)
        assert [each.yes for each in desk.consents[cid]] == [True, False], "the same answer is not sent twice"
        assert {each.ask for each in desk.consents[cid]} == {f"{desk.peer.keys.kid}.0"}
        await expect(page.locator("#log .me p").last).to_have_text("No, I don’t want that")
        await desk.until(lambda: cid in desk.presence and desk.presence[cid].read == 1)
        assert await visit.width() == PHONE["viewport"]["width"]
        await expect(no).to_have_count(0)  # she reads English now


async def test_the_desk_can_not_answer_in_her_name(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        cid = await held(visit, desk)
        await desk.tell(cid, Consent(ts=0, ask=f"{desk.peer.keys.kid}.0", yes=True))
        await expect(visit.page.locator("#log .note")).to_contain_text("Un message a été refusé")
        await expect(visit.page.locator("#log .desk")).to_have_count(0)
