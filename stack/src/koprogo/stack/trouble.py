"""What goes wrong is said in one paragraph: what, and what to do."""


class Trouble(Exception):
    pass
