"""What people do in the workspace: the use cases behind the page and behind tests."""
