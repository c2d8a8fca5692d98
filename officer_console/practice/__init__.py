"""Sessions for practice: their files, the simulated visitor, feedback and debrief. No way to a relay, no screen."""
