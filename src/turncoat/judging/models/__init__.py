"""Models as judges: the rubric, the fenced transcript, the answer whose quotes are checked, the panel."""
