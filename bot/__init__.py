"""The Telegram edge of Palanta, and the command that wires everything together."""
