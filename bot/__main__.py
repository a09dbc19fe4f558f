"""The command line: `python -m bot` runs the bot, `python -m bot --help` lists the rest."""

from bot.cli import main

if __name__ == "__main__":
    main()
