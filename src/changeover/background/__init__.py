"""Work that happens later: the queue, the schedule and the worker."""
