"""A person clicks a button, picks an option, or asks for a menu's options."""

from slack_playground.blocks.interactive import elements_in, find_element
from slack_playground.blocks.kinds.menus import refused_suggestions
from slack_playground.errors import PageError
from slack_playground.people.containers import Container, MessageContainer
from slack_playground.people.outcome import Outcome, failed, failure_of
from slack_playground.people.payloads import action_ts, function_fields, interaction
from slack_playground.people.permissions import is_not_interactive
from slack_playground.state import Record, User
from slack_playground.views.filling import Person, refused_value
from slack_playground.views.inputs import FIELDS, Values
from slack_playground.workspace import Workspace

# What Slack repeats of an element in the action it sends, if it was set.
_REPEATED = ("text", "value", "style", "placeholder")
CHOSEN_FROM = frozenset({*FIELDS, "overflow"})
_CHOSEN = frozenset(field for field, _ in FIELDS.values()) - {"files"}


async def act(
    workspace: Workspace, user: User, container: Container, sent: Record, filled: Values
) -> Outcome:
    """
    Send what a person did with one element to the app.

    `sent` names the element by block_id and action_id and says what was
    chosen; a button's value is taken from the stored element.
    """
    workspace.did(
        "actions", user, container=container.named(), action=sent, state={"values": filled}
    )
    element = _element(container, sent)
    channel = container.channel if isinstance(container, MessageContainer) else None
    _refuse_impossible(Person(workspace.state, user.id), container, element, sent, filled)
    if is_not_interactive(workspace, user, channel):
        return failed("interactivity_disabled")
    action = _action(workspace, element, sent)
    filled = _with_choice(filled, element, action)
    trigger_id = workspace.triggers.issue(workspace.state, user.id, container.view_id)
    payload = {
        **interaction(workspace, "block_actions", user),
        **container.fields(workspace, user, filled),
        **function_fields(workspace, user, container.execution, trigger_id),
        "trigger_id": trigger_id,
        "actions": [action],
    }
    delivery = await workspace.deliveries.deliver("interactive", payload)
    error = failure_of(delivery)
    if error is None:
        return Outcome()
    place = None if channel is None else channel.id
    workspace.tell_notice(user.id, f'The action failed with the error "{error}"', place)
    return failed(error)


async def ask_options(
    workspace: Workspace, user: User, container: Container, sent: Record
) -> Outcome:
    """Ask the app for the options of an external menu that match what was typed."""
    element = _element(container, sent)
    if is_not_interactive(workspace, user, None):
        return failed("interactivity_disabled")
    payload = {
        **interaction(workspace, "block_suggestion", user),
        **container.fields(workspace, user, {}),
        "action_id": element["action_id"],
        "block_id": sent["block_id"],
        "value": sent.get("value", ""),
    }
    payload.pop("response_url", None)
    delivery = await workspace.deliveries.deliver("interactive", payload)
    error = failure_of(delivery)
    if error is not None:
        return failed(error)
    answer = delivery.answer or {}
    options: Record = {
        name: answer[name] for name in ("options", "option_groups") if name in answer
    }
    problems = refused_suggestions(options)
    if problems:
        workspace.tell_notice(user.id, f"The menu got no options: {problems[0].message}")
        return failed("invalid_options")
    return Outcome(answer=options or {"options": []})


def _element(container: Container, sent: Record) -> Record:
    block_id, action_id = sent.get("block_id", ""), sent.get("action_id", "")
    element = find_element(container.blocks, block_id, action_id)
    if element is None:
        block_id, element = _moved(container, sent)
    if element is None:
        raise PageError(
            "element_not_found", f"No element {action_id!r} in block {block_id!r}.", status=404
        )
    return {**element, "block_id": block_id}


def _refuse_impossible(
    person: Person, container: Container, element: Record, sent: Record, filled: Values
) -> None:
    """
    Raise PageError for what nobody could have chosen in this element or in those beside it.

    What is typed may be unfinished: text is looked at when a modal is submitted.
    """
    kind = element["type"]
    field = "selected_option" if kind == "overflow" else FIELDS.get(kind, ("",))[0]
    if field and field not in sent:
        raise PageError("nothing_chosen", f"A {kind} acts when something is chosen in it.")
    said = [(element, sent.get(field))]
    for block, one in elements_in(container.blocks):
        value = filled.get(block["block_id"], {}).get(one["action_id"])
        if one["type"] in FIELDS and isinstance(value, dict):
            said.append((one, value.get(FIELDS[one["type"]][0])))
    for one, value in said:
        is_typed = one["type"].endswith("_input") or one["type"] not in CHOSEN_FROM
        if is_typed or value in (None, "", []):
            continue
        error = refused_value(one, value, person)
        if error is not None:
            raise PageError("invalid_choice", f"{one['action_id']}: {error}")


def _moved(container: Container, sent: Record) -> tuple[str, Record | None]:
    """
    Find what a person pressed while the app edited the message: ids of blocks change with it.

    That the button is still there, with the same value, is what counts; while somebody reads a
    confirmation dialog a message may be edited many times.
    """
    same = [
        (block.get("block_id", ""), element)
        for block, element in elements_in(container.blocks)
        if element["action_id"] == sent.get("action_id")
        and sent.get("value", element.get("value")) == element.get("value")
    ]
    return same[0] if len(same) == 1 else ("", None)


def _action(workspace: Workspace, element: Record, sent: Record) -> Record:
    action: Record = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": element["block_id"],
    }
    if element["type"] == "feedback_buttons":
        action.update(_feedback(element, sent))
    else:
        action.update({name: element[name] for name in _REPEATED if name in element})
        if element["type"] not in ("button", "icon_button"):
            action.update({name: sent[name] for name in _CHOSEN & sent.keys()})
    action["action_ts"] = action_ts(workspace)
    return action


def _feedback(element: Record, sent: Record) -> Record:
    """Return which of the two thumbs was pressed: the one whose value was sent."""
    for name in ("positive_button", "negative_button"):
        if element.get(name, {}).get("value") == sent.get("value"):
            return {"text": element[name]["text"], "value": element[name]["value"]}
    raise PageError("element_not_found", "Feedback is given with one of the two values.")


def _with_choice(filled: Values, element: Record, action: Record) -> Values:
    if element["type"] not in FIELDS:
        return filled
    block = {**filled.get(element["block_id"], {}), element["action_id"]: action}
    return {**filled, element["block_id"]: block}
