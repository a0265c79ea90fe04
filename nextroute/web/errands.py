"""Errand: what a view has to ask elsewhere before it can answer. No transaction waits for another house's answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from nextroute.core.errors import Refused

type Answer = HttpResponse | Errand[Any]


@dataclass(frozen=True, slots=True)
class Errand[T]:
    """Returned by a view: its door lets the transaction end, `run`s this outside of any, and has what came of it
    answered by `then`, or by `refused` where it was declined, in a transaction like the view's own.
    """

    run: Callable[[], T]
    then: Callable[[T], HttpResponse]
    refused: Callable[[Refused], HttpResponse]

    def done(self, within: Callable[[Callable[[], Answer]], Answer]) -> HttpResponse:
        """Run it, and answer `within` the door's transaction."""
        try:
            found = self.run()
        except Refused as no:
            sentence = no
            answer = within(lambda: self.refused(sentence))
        else:
            answer = within(lambda: self.then(found))
        assert isinstance(answer, HttpResponse)
        return answer
