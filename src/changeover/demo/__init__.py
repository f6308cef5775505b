"""The sample board: invented employers, their sites, and the story played on them."""
