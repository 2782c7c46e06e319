"""Why a browser is here and what must still happen before it may leave."""
