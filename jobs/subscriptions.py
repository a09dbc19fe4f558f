"""What subscribers are told later."""

from bot.subscriptions.digests import Digests
from bot.subscriptions.strangers import Strangers


async def post_digests(digests: Digests) -> None:
    """Post the digests that are due."""
    await digests.post_due()


async def end_subscriptions_of_strangers(strangers: Strangers) -> None:
    """Tell those nothing more who became guests, or left."""
    await strangers.end_subscriptions()


async def delete_old_end_notices(digests: Digests) -> None:
    """Forget what subscribers were told of long ago."""
    await digests.forget_old()
