"""What is due, and by which rule: facts and dated rules in, reminders out; it knows no vault."""
