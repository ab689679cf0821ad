"""The methods of the Bot API, by lower-case name."""

from simulator.methods import chats, edits, media, messages, queries, settings
from simulator.methods.signature import Method

METHODS: dict[str, Method] = {
    name.lower(): method
    for module in (chats, edits, media, messages, queries, settings)
    for name, method in module.METHODS.items()
}
NAMES: dict[str, str] = {
    name.lower(): name
    for module in (chats, edits, media, messages, queries, settings)
    for name in module.METHODS
} | {name.lower(): name for name in ("getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo")}
