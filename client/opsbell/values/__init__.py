"""What a job hands over, made fit to be sent: plain, finite and without secrets."""
