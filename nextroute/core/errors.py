"""Refusals a person can act on."""


class Refused(Exception):
    """A verb declines: `field` is the input to change ("" when it is none), `sentence` says how, in plain words.

    Audiences show the sentence beside the field; the API answers it with a 4xx.
    """

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
