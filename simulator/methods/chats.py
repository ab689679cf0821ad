"""Who the bot is, and what it may know about chats and people."""

from simulator import shapes
from simulator.errors import bad_request
from simulator.methods.signature import Method
from simulator.params import Params
from simulator.shapes import Json
from simulator.world import World


def get_me(world: World, call: Params) -> Json:
    return shapes.full_bot_user(world.bot)


def get_chat(world: World, call: Params) -> Json:
    return shapes.full_chat(world.get_chat(call.find_integer("chat_id")).raw)


def get_chat_member(world: World, call: Params) -> Json:
    chat = world.get_chat(call.find_integer("chat_id"))
    user_id = call.integer("user_id")
    person = world.users.get(user_id)
    if person is None:
        raise bad_request("user not found")
    if chat.private:
        return shapes.member(person, "member")
    return shapes.member(person, chat.members.get(user_id, "left"))


METHODS: dict[str, Method] = {
    "getMe": get_me,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
}
