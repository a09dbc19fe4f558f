"""What holds for every call to an address outside: proxies, guards, limits."""
