"""Stored tokens: encrypted with the first key of TOKEN_ENCRYPTION_KEY, decrypted with any."""

import importlib
from collections.abc import Sequence

from bot.errors import NoTransportError


class Vault:
    """Encrypts and decrypts tokens. https://cryptography.io/en/latest/fernet/"""

    def __init__(self, keys: Sequence[str]) -> None:
        # Loaded with the first vault: without TOKEN_ENCRYPTION_KEY it saves 8 MB of memory.
        library = importlib.import_module("cryptography.fernet")
        fernets = [library.Fernet(key) for key in keys]
        self._newest = fernets[0]
        self._all = library.MultiFernet(fernets)
        self._invalid_token: type[Exception] = library.InvalidToken

    def seal(self, token: str) -> str:
        """Return the token as it may be stored."""
        return str(self._newest.encrypt(token.encode()).decode())

    def unseal(self, sealed: str) -> str:
        """Return the token; raise `NoTransportError` if no key decrypts it."""
        try:
            return str(self._all.decrypt(sealed.encode()).decode())
        except self._invalid_token as error:
            raise NoTransportError("token_cannot_be_decrypted") from error

    def is_sealed_with_newest(self, sealed: str) -> bool:
        """Tell whether the first key alone can decrypt it."""
        try:
            self._newest.decrypt(sealed.encode())
        except self._invalid_token:
            return False
        return True


def split_keys(keys: str) -> list[str]:
    """Return the keys of TOKEN_ENCRYPTION_KEY, the one that encrypts first."""
    return [key.strip() for key in keys.split(",") if key.strip()]
