"""The officer's screen, in Textual. Nothing below it imports it."""
