"""From a patrol request to the dispatch room, and back: what the room tells becomes the state of a case."""
