"""Measures the bot from outside: it and the simulated Telegram are processes of their own."""
