"""The nouns of Palanta and the one database that keeps them."""
