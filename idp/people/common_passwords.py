"""Words that French speakers put in passwords, most used first; the estimator's own lists are mostly English."""

_WORDS = """
azerty azertyuiop motdepasse soleil bonjour loulou doudou chouchou marseille france jetaime coucou chocolat
nicolas camille alexandre julien thomas princesse amour maman papa vacances football champion cheval poupee
poupette minou bonbon bisous lapin toulouse bordeaux bretagne corse paris lyon nantes lille strasbourg
montpellier nice rennes papillon tigrou mercredi vendredi samedi dimanche lundi janvier fevrier printemps
automne hiver secret famille enfant bebe maison jardin fleur etoile nuage montagne plage cigale tournesol
coquelicot lavande fromage baguette croissant citron cerise fraise framboise pomme caramel nounours peluche
licorne dragon pompier police ecole college lycee travail bureau entreprise association mairie commune citoyen
usager demarche compte connexion identifiant service liberte egalite fraternite republique marianne napoleon
asterix obelix zidane mbappe psg olympique quatre trois septembre octobre novembre decembre aout juillet juin
avril bienvenue connecte administrateur passe code motus qsdfgh wxcvbn azqswx aqwzsx nathalie isabelle sandrine
stephane sebastien laurent philippe patrick michel pierre
"""

FRENCH_WORDS = tuple(_WORDS.split())
