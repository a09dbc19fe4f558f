"""Parts that the composition root (`bot/app.py`) builds besides each package's services."""
