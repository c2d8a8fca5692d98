"""The wallboard: how the queue is, on a screen that everybody sees. Its member gets no word of any conversation."""
