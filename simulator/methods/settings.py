"""What the bot says about itself: commands and descriptions."""

from simulator.errors import bad_request
from simulator.methods.signature import Method
from simulator.params import Params
from simulator.shapes import Json
from simulator.world import World

TEXTS = {
    "Name": ("name", 64),
    "Description": ("description", 512),
    "ShortDescription": ("short_description", 120),
}


def set_my_commands(world: World, call: Params) -> bool:
    commands = call.json("commands")
    if not isinstance(commands, list):
        raise bad_request("can't parse commands JSON object")
    world.commands.save(_scope(call), call.text("language_code"), commands)
    world.publish("commands")
    return True


def get_my_commands(world: World, call: Params) -> list[Json]:
    return world.commands.get(_scope(call), call.text("language_code"))


def delete_my_commands(world: World, call: Params) -> bool:
    world.commands.delete(_scope(call), call.text("language_code"))
    world.publish("commands")
    return True


def setter_of(field: str, longest: int) -> Method:
    def set_text(world: World, call: Params) -> bool:
        if len(call.text(field)) > longest:
            raise bad_request(f"{field.replace('_', ' ')} is too long")
        world.commands.texts[field, call.text("language_code")] = call.text(field)
        return True

    return set_text


def getter_of(field: str) -> Method:
    def get_text(world: World, call: Params) -> Json:
        texts = world.commands.texts
        own = texts.get((field, call.text("language_code")))
        return {field: own or texts.get((field, ""), "")}

    return get_text


def _scope(call: Params) -> Json:
    scope = call.json("scope") or {}
    if not isinstance(scope, dict):
        raise bad_request("can't parse BotCommandScope: Object expected")
    return scope


METHODS: dict[str, Method] = (
    {
        "setMyCommands": set_my_commands,
        "getMyCommands": get_my_commands,
        "deleteMyCommands": delete_my_commands,
    }
    | {f"setMy{name}": setter_of(field, longest) for name, (field, longest) in TEXTS.items()}
    | {f"getMy{name}": getter_of(field) for name, (field, _) in TEXTS.items()}
)
