"""The screens of practice: the very duty screen on a practice desk, unmistakable, with feedback and debrief."""
