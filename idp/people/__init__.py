"""The people who hold an account, what they declared and what was proved."""
