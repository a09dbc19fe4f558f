"""slackLists.*: Lists, their items and who may see them."""
