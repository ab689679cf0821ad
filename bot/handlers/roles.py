"""Invitations: an admin makes a link, whoever opens it first has the role."""

from telegram import Update

from bot.context import Context
from bot.conversation import excerpt
from bot.keyboards import Button, Keyboard, Press
from storage import areas, audit, invitations, people
from storage.areas import Area
from storage.errors import (
    InvitationError,
    InvitationExpired,
    InvitationNotFound,
    InvitationSpent,
)
from storage.models import Role, RoleName

INVITABLE = [role for role in RoleName if role is not RoleName.RESIDENT]
SENTENCES: dict[type[InvitationError], str] = {
    InvitationNotFound: "invitation-unknown",
    InvitationExpired: "invitation-expired",
    InvitationSpent: "invitation-spent",
}


async def invite(update: Update, context: Context) -> None:
    """``/undang``, ``/undang lurah`` or ``/undang lurah 13.71.09.1001``."""
    message = update.effective_message
    assert message, "the filters let only commands through"
    chat_id, words = message.chat.id, context.words
    if not words:
        context.say(chat_id, context.t("invite-ask"), _roles(context))
        return
    role = _read_role(context, words[0])
    if role is None:
        unknown = context.t("invite-unknown-role", role=excerpt(words[0]))
        context.say(chat_id, unknown, _roles(context))
        return
    area_words = " ".join(words[1:])
    found = areas.find(area_words) if area_words else []
    if area_words and len(found) != 1:
        context.say(chat_id, _area_question(context, area_words, found))
        return
    _send_link(context, chat_id, role, found[0] if found else None)


async def list_holders(update: Update, context: Context) -> None:
    """Show who has which role since when, each with a button to take it back."""
    granted = await people.list_granted(context.db)
    lines = [context.t("holders")]
    lines += [
        context.t(
            "holder",
            number=str(role.person_id),
            role=context.t(f"role-{role.role}"),
            where=_where(context, _area_of(role.area)),
            day=context.t.day(role.granted_at),
        )
        for role in granted
    ]
    buttons = [
        Button(
            context.t(
                "button-revoke", number=str(role.person_id), role=context.t(f"role-{role.role}")
            ),
            Press("role", role.id, "revoke").data,
        )
        for role in granted
        if role.person_id != context.person.id
    ]
    keyboard = [buttons[start : start + 2] for start in range(0, len(buttons), 2)]
    context.say(context.person.telegram_id, "\n".join(lines), keyboard)


async def press(update: Update, context: Context, press: Press) -> None:
    """A role was picked from the buttons, to give or to take back."""
    if press.act == "revoke":
        await _revoke(update, context, press.idea_id)
        return
    if press.value not in INVITABLE:
        context.answer(update, context.t("pressed-not-yours"), alert=True)
        return
    context.answer(update)
    context.edit(update)
    _send_link(context, context.person.telegram_id, RoleName(press.value), None)


def _send_link(context: Context, chat_id: int, role: RoleName, area: Area | None) -> None:
    now = context.now()
    token = invitations.add(
        context.db, role, area=area.code if area else None, by=context.person.id, at=now
    )
    audit.add(
        context.db,
        "invite",
        by=context.person.id,
        at=now,
        detail={"role": role, "area": area.code if area else None},
    )
    text = context.t(
        "invitation",
        role=context.t(f"role-{role}"),
        where=_where(context, area),
        day=context.t.day(now + invitations.LIFETIME),
        link=link(context.tools.username, token),
    )
    context.say(chat_id, text)


async def _revoke(update: Update, context: Context, role_id: int) -> None:
    now = context.now()
    revoked = await people.revoke(context.db, role_id, at=now)
    if revoked is None:
        context.answer(update, context.t("pressed-before"))
        return
    audit.add(
        context.db,
        "revoke",
        by=context.person.id,
        at=now,
        detail={"role": revoked.role, "area": revoked.area, "person": revoked.person_id},
    )
    role = context.t(f"role-{revoked.role}")
    context.answer(update, context.t("pressed-saved"))
    context.edit(update, context.t("revoked", number=str(revoked.person_id), role=role))
    holder = await people.get(context.db, revoked.person_id)
    context.say(holder.telegram_id, context.t("told-revoked", role=role))


def _area_of(code: str | None) -> Area | None:
    return areas.find(code)[0] if code else None


def link(username: str, token: str) -> str:
    return f"https://t.me/{username}?start={token}"


async def accept(context: Context, chat_id: int, *, token: str) -> None:
    """Give the role that the link carried; the same person may open it twice."""
    try:
        invitation = await invitations.redeem(
            context.db, token, person_id=context.person.id, at=context.now()
        )
    except InvitationError as error:
        context.say(chat_id, context.t(SENTENCES[type(error)]))
        return
    role = Role(person_id=context.person.id, role=invitation.role, area=invitation.area)
    held = context.person.roles
    if role not in held and invitation.used_at is not None:
        # Taken back since: an old link does not bring it back.
        context.say(chat_id, context.t("invitation-spent"))
        return
    if role not in held:
        people.grant(context.db, role, by=invitation.created_by, at=context.now())
        audit.add(
            context.db,
            "accept invitation",
            by=context.person.id,
            at=context.now(),
            detail={"role": role.role, "area": role.area},
        )
    area = _area_of(role.area)
    context.say(
        chat_id,
        context.t(
            "invitation-accepted",
            role=context.t(f"role-{role.role}"),
            where=_where(context, area),
            next=context.t(_next_step(role.role)),
        ),
    )


def _next_step(role: RoleName) -> str:
    known = (RoleName.MODERATOR, RoleName.PLANNER, RoleName.ADMIN)
    return f"invitation-next-{role if role in known else 'other'}"


def _where(context: Context, area: Area | None) -> str:
    return context.t("invitation-where", area=area.name) if area else ""


def _read_role(context: Context, word: str) -> RoleName | None:
    """Read a role by its Indonesian name, as the buttons show it."""
    names = {context.t(f"role-{role}").casefold(): role for role in INVITABLE}
    return names.get(word.casefold())


def _area_question(context: Context, words: str, found: list[Area]) -> str:
    if not found:
        return context.t("invite-unknown-area", area=excerpt(words))
    codes = ", ".join(f"{area.code} ({area.level})" for area in found)
    return context.t("invite-ambiguous-area", area=words, codes=codes)


def _roles(context: Context) -> Keyboard:
    buttons = [
        Button(context.t(f"role-{role}"), Press("role", 0, "invite", role).data)
        for role in INVITABLE
    ]
    return [buttons[start : start + 3] for start in range(0, len(buttons), 3)]
