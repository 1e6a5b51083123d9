"""Floor 0: words that every other floor uses. It knows no cloud, no SQL, no template language."""
