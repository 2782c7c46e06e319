"""E-mails and text messages: written with the change that causes them, delivered afterwards."""
