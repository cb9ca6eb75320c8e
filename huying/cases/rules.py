"""How a case is called."""

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that sounds or looks like something else


def reference(number: int) -> str:
    """The name of the `number`th case: short, sayable, never twice the same."""
    digits = ""
    while number:
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits.rjust(4, ALPHABET[0])
