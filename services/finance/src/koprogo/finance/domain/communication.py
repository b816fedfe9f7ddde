"""The structured communication (communication structurée, gestructureerde mededeling): ten digits and their check."""


def structured_communication(number: int) -> str:
    """Twelve digits: `number` (1 to 9,999,999,999) and its remainder by 97, where 0 is written 97."""
    if not 0 < number < 10**10:
        raise ValueError(number)
    return f"{number:010d}{number % 97 or 97:02d}"
