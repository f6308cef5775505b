"""Applications: the form that an employer asks for, who applied with it, and what became of it."""
