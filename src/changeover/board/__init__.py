"""What a job seeker sees."""
