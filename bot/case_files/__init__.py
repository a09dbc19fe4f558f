"""Everything that is known of one task, alert or message, as a file to hand on."""
