"""An online procedure in Django, with what signing people in takes and no more."""
