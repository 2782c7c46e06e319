"""The demonstration: two applications, a simulated FranceConnect, a letter box."""
