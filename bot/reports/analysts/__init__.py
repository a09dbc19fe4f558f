"""What turns rows into words: the built-in analyst, Gemini, or an OpenAI-compatible endpoint."""
