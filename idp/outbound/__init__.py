"""What we fetch from, or send to, addresses that applications give: everything such a call must survive is here."""
