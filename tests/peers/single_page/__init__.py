"""An application without a server: pages that call the provider from the browser, with npm oauth4webapi."""
