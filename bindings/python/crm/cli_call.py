"""crm call: who has a number, and what becomes of a call, on the command line."""
import argparse
import json
from typing import Any, Dict, Optional
from zoneinfo import ZoneInfo

import crm
from crm.cli_usage import Usage

STEPS = ("answer", "miss", "end")


def login_of(me: crm.Session, user: Optional[crm.Ref]) -> Optional[str]:
    return None if user is None else me.get(user).login


def call_from(me: crm.Session, text: str) -> crm.Call:
    """The call of a number of the file, or the newest one under way that was dialled from a telephone number."""
    if text.isdecimal() and len(text) <= 18 and (known := me.calls.find(crm.Ref(int(text)))):
        return known
    number = me.calls.who(text, interactions=0).number
    under_way = (crm.field("number_key") == number) & crm.field("state").is_in(["ringing", "answered"])
    newest = list(me.calls.list(where=under_way, order="-called", limit=1)) if number else []
    if not newest:
        raise crm.NotFound(f"{text!r}: no such call is under way")
    return newest[0]


def told_of_caller(me: crm.Session, caller: crm.Caller) -> Dict[str, Any]:
    return {
        "number": caller.number, "contact": caller.contact and caller.contact.to_dict(), "party": caller.party and caller.party.to_dict(),
        "lead": caller.lead and caller.lead.to_dict(), "responsible": login_of(me, caller.responsible),
        "interactions": [each.to_dict() for each in caller.interactions], "others": [str(other) for other in caller.others],
    }


def show_caller(me: crm.Session, caller: crm.Caller) -> None:
    names = [each.name or "–" for each in (caller.contact, caller.party, caller.lead) if each]
    if not names:
        print(f"{caller.number or 'no number'}: nobody known")
        return
    print(f"{caller.number}: {', '.join(dict.fromkeys(names))}  (responsible: {login_of(me, caller.responsible)})")
    for each in caller.interactions:
        about = f": {each.result}" if each.result else ""
        start = f"{each.start_at.astimezone(ZoneInfo(me.zone)):%Y-%m-%d %H:%M}" if each.start_at else "–"
        print(f"  {start}  {each.kind}  {each.subject}{about}")
    for other in caller.others:
        print(f"  also {me.get(other).name} ({other.kind})")


def show_call(me: crm.Session, call: crm.Call) -> None:
    who = call.caller_name or call.number or "–"
    print(f"{call.id}  {call.state}  {who}  for {login_of(me, call.addressee) or '–'}")


def user_from(me: crm.Session, login: Optional[str]) -> Optional[crm.User]:
    return me.users.by_login(login) if login else None


def verb_of(options: argparse.Namespace) -> str:
    """The verb of the engine that comes first."""
    asked = (("ring", options.register), ("leave_message", options.message), ("forward", options.forward))
    return "call." + next((verb for verb, given in asked if given), str(options.step))


def stepped(me: crm.Session, options: argparse.Namespace) -> crm.Call:
    """Does what was asked for with a call that is under way, or with one just registered: all of it, or nothing."""
    to, forward = user_from(me, options.to), user_from(me, options.forward)
    known = None if options.register else call_from(me, options.number)
    fields = {name: getattr(options, name) for name in ("channel", "caller_name", "subject", "source") if getattr(options, name)}

    def steps(work: crm.Work) -> crm.Call:
        call = known or me.calls.ring(number=options.number, addressee=to, **fields)
        if options.message and to:
            me.calls.leave_message(call, to, options.message)
        if forward:
            call = me.calls.forward(call, forward)
        if options.step == "end":
            return me.calls.end(call, options.result)
        return getattr(me.calls, options.step)(call) if options.step else call

    done: crm.Call = me.work(verb_of(options), steps).value
    return done


def run_call(me: crm.Session, options: argparse.Namespace) -> int:
    if options.message and not options.to:
        raise Usage("call: --message needs --to: whom it is for")
    if options.result and options.step != "end":
        raise Usage("call: --result goes with --end")
    if options.register or options.step or options.forward or options.message:
        call = stepped(me, options)
        print(json.dumps(call.to_dict(), ensure_ascii=False, default=str)) if options.json else show_call(me, call)
        return 0
    caller = me.calls.who(options.number, interactions=options.limit)
    print(json.dumps(told_of_caller(me, caller), ensure_ascii=False, default=str)) if options.json else show_caller(me, caller)
    return 0


def add_call_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("number", metavar="NUMBER", help="telephone number, as dialled, national or international; of a call under way also its own")
    add("--limit", type=int, default=5, metavar="N", help="last interactions (5)")
    add("--register", action="store_true", help="register a call from it, which comes in now")
    add("--to", metavar="USER", help="whom it is for; without, the routing rules say it")
    add("--subject", metavar="TEXT", help="about what")
    add("--name", dest="caller_name", metavar="TEXT", help="the caller, as given")
    add("--channel", metavar="CODE", help="of the list call_channel: phone (this without), visit, web, letter, …")
    add("--source", metavar="CODE", help="of the list source: how the caller came to know of us")
    step = parser.add_mutually_exclusive_group()
    for name, text in zip(STEPS, ("it is on the line", "nobody answered: leaves a to-do to call back", "it is over")):
        step.add_argument(f"--{name}", dest="step", action="store_const", const=name, help=text)
    parser.set_defaults(step=None)
    add("--result", metavar="TEXT", help="what came of it, with --end")
    add("--forward", metavar="USER", help="hand it on")
    add("--message", metavar="TEXT", help="leave a message with the user of --to")
