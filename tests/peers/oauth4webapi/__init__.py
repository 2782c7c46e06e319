"""npm oauth4webapi as a relying party."""
