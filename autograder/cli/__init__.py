"""The command line; what students type often starts apart from the rest."""
