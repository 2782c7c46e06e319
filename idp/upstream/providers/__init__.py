"""What is particular to each kind of upstream provider."""
