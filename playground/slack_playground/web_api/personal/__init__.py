"""What a person's own token reads and keeps: searches, reminders, saved items, who they are."""
