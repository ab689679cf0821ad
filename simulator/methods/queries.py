"""Answers to button presses, and files to download."""

from simulator.errors import bad_request
from simulator.files import MAX_DOWNLOAD
from simulator.methods.signature import Method
from simulator.params import Params
from simulator.shapes import Json
from simulator.world import World


def answer_callback_query(world: World, call: Params) -> bool:
    press = world.get_press(call.text("callback_query_id"))
    text = call.text("text")
    if len(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    if press.answer is None:
        press.answer = {"text": text, "show_alert": call.flag("show_alert")}
        press.chat.wake()
        world.publish("answer", chat_id=press.chat.id, query_id=press.query_id, **press.answer)
    return True


def get_file(world: World, call: Params) -> Json:
    file = world.files.get(call.text("file_id"))
    if len(file.body) > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return {
        "file_id": file.file_id,
        "file_unique_id": f"U{file.file_id}",
        "file_size": len(file.body),
        "file_path": file.path,
    }


METHODS: dict[str, Method] = {
    "answerCallbackQuery": answer_callback_query,
    "getFile": get_file,
}
