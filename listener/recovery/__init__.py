"""Recovery of unhappy people: working hours, when a ticket is looked at, whether somebody was won back."""
