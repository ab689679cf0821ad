"""The life of one person with the bot, with all that they could have left behind."""

import json

from storage import audit, conversations, ideas, inbox, invitations, jobs, outbox, people
from storage.models import Conversation, DecidedBy, Role, RoleName, Stage, Status
from storage.outbox import Outcome
from tests.storage.builders import NOW, label, meet, propose

RINA, EKO, DESI = 77_123_456_001, 77_123_456_002, 77_123_456_003
WORDS = ("Tolong perbaiki mushalla", "Tolong perbaiki mushalla di belakang rumah saya", "mushalla")
REASON = "Rina sudah mengirim yang sama"


async def live(session):
    """A full life: ideas, edits, corrections, a role, invitations, an export, open talk."""
    rina, desi = await meet(session, RINA), await meet(session, DESI)
    people.consent(session, rina.id, version="2026-11", at=NOW)
    token = invitations.add(session, RoleName.LURAH, area="13.71.01.1001", by=desi.id, at=NOW)
    await invitations.redeem(session, token, person_id=rina.id, at=NOW)
    lurah = Role(person_id=rina.id, role=RoleName.LURAH, area="13.71.01.1001")
    people.grant(session, lurah, by=desi.id, at=NOW)
    invitations.add(session, RoleName.VOLUNTEER, area=None, by=rina.id, at=NOW)
    people.grant(session, Role(person_id=desi.id, role=RoleName.EXPERT), by=rina.id, at=NOW)

    tag = label("religion_culture", words=["mushalla"], person_id=None)
    own = await propose(session, WORDS[0], person=rina, tag=tag, role=lurah, album="album-77")
    ideas.attach(session, own, kind="photo", file_id="file-of-rina")
    ideas.revise(session, own, WORDS[1], at=NOW)
    said = label("parking", decided_by=DecidedBy.AUTHOR, person_id=rina.id, words=[])
    ideas.add_label(session, own, said, at=NOW)
    ideas.add_status(session, own, Status.REJECTED, by=desi.id, at=NOW, reason=REASON)

    other = await propose(session, "Taman bermain", person=await meet(session, EKO))
    looked = label("parking", decided_by=DecidedBy.MODERATOR, person_id=rina.id, reason="keliru")
    ideas.add_label(session, other, looked, at=NOW)
    ideas.add_status(session, other, Status.REVIEWED, by=rina.id, at=NOW, reason=None)
    await propose(session, "Terminal", person=await meet(session, EKO))
    await ideas.claim_doubtful(session, rina.id, now=NOW)

    audit.add(session, "export", by=rina.id, at=NOW, detail={"filter": []})
    talk = Conversation(person_id=rina.id, stage=Stage.EXPLAINING, data={"idea_id": own})
    conversations.save(session, talk, at=NOW)
    await say_and_hear(session, rina)
    return rina, own, other


async def say_and_hear(session, rina):
    """What went through the inbox and the outbox, and what got stuck there."""
    bodies = [(number, RINA, json.dumps({"text": WORDS[0]})) for number in (1, 2, 3)]
    inbox.add(session, bodies, at=NOW)
    done, aside, held = await inbox.claim(session, now=NOW, limit=9)
    inbox.mark_done(session, [done.seq])
    inbox.set_aside(session, aside.seq, error="ValueError")
    inbox.hold(session, [held.seq])
    rows = []
    for state in ("sent", "failed", "blocked"):
        payload = {"chat_id": RINA, "text": f"{WORDS[0]}: {state}"}
        rows.append(await outbox.add_numbered(session, "sendMessage", payload, at=NOW))
        outbox.record(session, [Outcome(rows[-1], state, NOW)])
    jobs.add(
        session,
        "export",
        arguments={"words": []},
        person_id=rina.id,
        chat_id=RINA,
        progress_row=rows[0],
        at=NOW,
    )
