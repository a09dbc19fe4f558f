"""Forms, lists and details of tasks."""
