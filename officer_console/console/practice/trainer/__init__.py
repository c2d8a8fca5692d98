"""`officer-console practice board`: the trainer's screens: attempts, progress, notes in sessions, exercises."""
