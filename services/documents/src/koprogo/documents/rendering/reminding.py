"""What a reminder may ask for besides the open amounts."""

from koprogo.documents.rendering.refusals import DocumentNotRenderable
from koprogo.documents.rendering.writing import cents
from koprogo_api.documents.events.v1.money_pb2 import Reminder


def refuse_what_the_law_forbids(reminder: Reminder) -> None:
    if cents(reminder.cost) and reminder.level == "friendly":
        raise DocumentNotRenderable("A friendly reminder is free: leave out its cost.", field="reminder.cost")
    if cents(reminder.cost) and not reminder.clause.strip():
        raise DocumentNotRenderable(
            "A cost of reminding needs the clause of the statutes that allows it (R141).", field="reminder.clause"
        )
    if cents(reminder.interest) and reminder.level != "formal":
        raise DocumentNotRenderable(
            "Legal interest runs from the formal notice (R142): leave it out before.", field="reminder.interest"
        )
